#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <pthread.h>
#include <signal.h>

#include "background_task.h"

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
    job = nullptr;   // what it holds is released before the next wait, not after it
    lock.lock();
  }
}

// Threads of ours take no signals: those belong to the host program. SIGBUS stays, it is raised by
// the thread's own access and must reach the handler of native/file.
void start_thread(Pool& pool) {
  sigset_t all, before;
  sigfillset(&all);
  sigdelset(&all, SIGBUS);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread([&pool] {
#if defined(__linux__)
    pthread_setname_np(pthread_self(), "odradek-task");
#endif
    work(pool);
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  thread.detach();   // lives as long as the process; the pool is never destroyed
}

}  // namespace

void run_in_background(std::function<void()> job) {
  static auto* const pool = new Pool();
  std::lock_guard lock(pool->mutex);
  pool->jobs.push_back(std::move(job));
  if (pool->idle < static_cast<int>(pool->jobs.size()) && pool->threads < kThreadsMax) {
    pool->threads += 1;
    start_thread(*pool);
  }
  pool->wanted.notify_one();
}

}  // namespace odradek
