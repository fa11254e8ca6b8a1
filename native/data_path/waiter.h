// What waits on one reactor for one partition's high watermark: acknowledgements of produced
// batches, and long-poll fetches. A list ordered by the offset each needs, so that an advance
// touches only those that are ready. Pure.
//
// Threads: a list and its waiters belong to one reactor's thread.
#pragma once

#include <cstdint>

#include "base/assert.h"
#include "base/ids.h"

namespace odradek {

class WaiterList;

// One waiter, owned by the request that waits. Leaves its list on destruction.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter() { leave(); }

  bool is_waiting() const { return next_ != nullptr; }
  // The high watermark that it waits for.
  Offset required() const { return required_; }
  // Waits no more. Does nothing if it is in no list.
  void leave() {
    if (!is_waiting()) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = nullptr;
    next_ = nullptr;
  }

 protected:
  // The high watermark may have been reached, or the partition changed: look for yourself. It has
  // left the list and may join again (for a higher offset); others may leave or be destroyed.
  virtual void on_ready() = 0;

 private:
  friend class WaiterList;
  Waiter* previous_ = nullptr;
  Waiter* next_ = nullptr;
  Offset required_;
};

// The waiters of one partition on one reactor. Owns none of them: they leave when they are
// destroyed, and when the list is.
class WaiterList {
 public:
  WaiterList() {
    head_.previous_ = &head_;
    head_.next_ = &head_;
  }
  ~WaiterList() {
    while (!empty()) head_.next_->leave();
    head_.next_ = nullptr;
  }
  WaiterList(const WaiterList&) = delete;
  WaiterList& operator=(const WaiterList&) = delete;

  bool empty() const { return head_.next_ == &head_; }
  // What the first one needs. Not when empty.
  Offset front_required() const {
    ASSERT(!empty());
    return head_.next_->required_;
  }

  // Joins behind those that need as much. Appends come in order, so this looks at one, nearly
  // always; only a duplicate's answer needs less than what came before it.
  void add(Waiter& waiter, Offset required) {
    ASSERT(!waiter.is_waiting());
    waiter.required_ = required;
    Waiter* before = head_.previous_;
    while (before != &head_ && before->required_ > required) before = before->previous_;
    waiter.previous_ = before;
    waiter.next_ = before->next_;
    before->next_->previous_ = &waiter;
    before->next_ = &waiter;
  }

  // Wakes all that need no more than `high_watermark`.
  void wake(Offset high_watermark) {
    while (!empty() && head_.next_->required_ <= high_watermark) {
      Waiter& first = *head_.next_;
      first.leave();
      first.on_ready();
    }
  }
  // Wakes all that are in the list now, once.
  void wake_all() {
    WaiterList now;
    if (empty()) return;
    now.head_.next_ = head_.next_;
    now.head_.previous_ = head_.previous_;
    now.head_.next_->previous_ = &now.head_;
    now.head_.previous_->next_ = &now.head_;
    head_.next_ = &head_;
    head_.previous_ = &head_;
    now.wake(Offset(INT64_MAX));
  }

 private:
  // The ring's head, which waits for nothing.
  struct Head final : Waiter {
    void on_ready() override {}
  };
  Head head_;
};

}  // namespace odradek
