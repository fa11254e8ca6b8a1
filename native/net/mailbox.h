// Work handed to a reactor by other threads. A burst of posts costs one wake-up.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "net/wake_up.h"

namespace odradek {

// Something to run once on a reactor's thread. Dropped without running if the reactor stops first.
class ReactorTask {
 public:
  virtual ~ReactorTask() = default;
  virtual void run() = 0;
};

// Wraps a callable, which may own things that can only be moved.
template <class Callable>
std::unique_ptr<ReactorTask> make_task(Callable callable) {
  class CallableTask final : public ReactorTask {
   public:
    explicit CallableTask(Callable given) : callable_(std::move(given)) {}
    void run() override { callable_(); }

   private:
    Callable callable_;
  };
  return std::make_unique<CallableTask>(std::move(callable));
}

// post() may be called from any thread, the rest from the reactor's thread only.
class Mailbox {
 public:
  void post(std::unique_ptr<ReactorTask> task);

  // Announces that the owner is about to wait for wake_up(). False if there is mail: do not wait.
  bool may_sleep();
  // A hint: false may be late.
  bool has_mail() const { return has_mail_.load(std::memory_order_acquire); }
  // The owner stopped waiting.
  void woke() { asleep_.store(false, std::memory_order_relaxed); }
  // Appends all mail to *tasks, in the order of the posts.
  void take(std::vector<std::unique_ptr<ReactorTask>>* tasks);

  WakeUp& wake_up() { return wake_up_; }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<ReactorTask>> tasks_;  // guarded by mutex_
  std::atomic<bool> has_mail_{false};
  std::atomic<bool> asleep_{false};
  WakeUp wake_up_;
};

}  // namespace odradek
