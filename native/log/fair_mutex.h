// A mutex that is given in the order in which it was asked for. One who locks it again at once, as
// the flusher does under load, would otherwise keep everybody else out for seconds.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace odradek {

class FairMutex {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    const uint64_t ticket = next_++;
    turn_.wait(lock, [&] { return serving_ == ticket; });
  }
  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      ++serving_;
    }
    turn_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable turn_;
  uint64_t next_ = 0;
  uint64_t serving_ = 0;
};

}  // namespace odradek
