#include "net/mailbox.h"

#include <iterator>

#include "base/assert.h"

namespace odradek {

void Mailbox::post(std::unique_ptr<ReactorTask> task) {
  ASSERT(task != nullptr);
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    has_mail_.store(true, std::memory_order_release);
  }
  // The first post after may_sleep() signals, the others of the burst find the owner awake.
  if (asleep_.exchange(false, std::memory_order_acq_rel)) wake_up_.signal();
}

bool Mailbox::may_sleep() {
  // Before the look at the tasks: a post that comes after the look then sees it and signals.
  asleep_.store(true, std::memory_order_seq_cst);
  const std::lock_guard lock(mutex_);
  if (tasks_.empty()) return true;
  asleep_.store(false, std::memory_order_relaxed);
  return false;
}

void Mailbox::take(std::vector<std::unique_ptr<ReactorTask>>* tasks) {
  ASSERT(tasks != nullptr);
  const std::lock_guard lock(mutex_);
  has_mail_.store(false, std::memory_order_release);
  if (tasks->empty()) {
    tasks->swap(tasks_);
    return;
  }
  std::move(tasks_.begin(), tasks_.end(), std::back_inserter(*tasks));
  tasks_.clear();
}

}  // namespace odradek
