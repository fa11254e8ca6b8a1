#include <condition_variable>
#include <deque>
#include <mutex>

#include "addon/background_task.h"
#include "log/background_thread.h"

namespace odradek {
namespace {

constexpr int kThreadsMax = 4;

struct Pool {
  std::mutex mutex;
  std::condition_variable wanted;
  std::deque<std::function<void()>> jobs;
  int threads = 0;
  int idle = 0;
};

void work(Pool& pool) {
  std::unique_lock lock(pool.mutex);
  for (;;) {
    pool.idle += 1;
    pool.wanted.wait(lock, [&] { return !pool.jobs.empty(); });
    pool.idle -= 1;
    auto job = std::move(pool.jobs.front());
    pool.jobs.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds is released before the next wait, not after it
    lock.lock();
  }
}

// Adds a thread that lives as long as the process. False if the system has none left.
bool add_thread(Pool& pool) {
  auto thread = BackgroundThread::start("odradek-task", [&pool] { work(pool); });
  return thread.release() != nullptr;
}

}  // namespace

void run_in_background(std::function<void()> job) {
  static auto* const pool = new Pool();  // never destroyed: its threads do not end
  std::unique_lock lock(pool->mutex);
  pool->jobs.push_back(std::move(job));
  if (pool->idle < static_cast<int>(pool->jobs.size()) && pool->threads < kThreadsMax) {
    if (add_thread(*pool)) {
      pool->threads += 1;
    } else if (pool->threads == 0) {
      // Nobody would ever run it. To wait for the disk here is the lesser evil.
      auto stranded = std::move(pool->jobs.back());
      pool->jobs.pop_back();
      lock.unlock();
      stranded();
      return;
    }
  }
  pool->wanted.notify_one();
}

}  // namespace odradek
