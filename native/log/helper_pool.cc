#include "log/helper_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace odradek {
namespace {

constexpr int64_t kNsPerMs = 1000000;

}  // namespace

bool HelperPool::start(int threads) {
  while (threads_.size() < static_cast<size_t>(threads)) {
    auto thread = BackgroundThread::start("odradek-helper", [this] { run(); });
    if (!thread) return false;
    threads_.push_back(std::move(thread));
  }
  return true;
}

void HelperPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ready_.clear();
    delayed_.clear();
  }
  wake_.notify_all();
  threads_.clear();
}

void HelperPool::post_after(int64_t delay_ms, std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (delay_ms <= 0) {
      ready_.push_back(std::move(job));
    } else {
      delayed_.emplace(clock_.monotonic_ns() + delay_ms * kNsPerMs, std::move(job));
    }
  }
  wake_.notify_one();
}

void HelperPool::run_due() {
  for (;;) {
    std::function<void()> job;
    {
      const std::lock_guard lock(mutex_);
      job = take_due(clock_.monotonic_ns());
    }
    if (!job) return;
    job();
  }
}

std::function<void()> HelperPool::take_due(int64_t now_ns) {
  std::function<void()> job;
  if (!ready_.empty()) {
    job = std::move(ready_.front());
    ready_.pop_front();
  } else if (!delayed_.empty() && delayed_.begin()->first <= now_ns) {
    job = std::move(delayed_.begin()->second);
    delayed_.erase(delayed_.begin());
  }
  return job;
}

void HelperPool::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const int64_t now_ns = clock_.monotonic_ns();
    if (std::function<void()> job = take_due(now_ns)) {
      lock.unlock();
      job();
      job = nullptr;  // what it holds is released outside the lock
      lock.lock();
    } else if (delayed_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, std::chrono::nanoseconds(delayed_.begin()->first - now_ns));
    }
  }
}

}  // namespace odradek
