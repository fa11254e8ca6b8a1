#include "net/timer_wheel.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"

namespace odradek {

TimerWheel::Ring::Ring() {
  previous_ = this;
  next_ = this;
}
TimerWheel::Ring::~Ring() {
  // Timers that are still set may live longer than the wheel; they must not point into it.
  while (!empty()) unlink(*next_);
  next_ = nullptr;
}
bool TimerWheel::Ring::empty() const { return next_ == this; }

TimerWheel::TimerWheel(int64_t now_ms) : now_ms_(now_ms) { ASSERT(now_ms >= 0); }

void TimerWheel::set(Timer& timer, int64_t due_ms) {
  ASSERT(!timer.is_set());
  timer.due_ms_ = std::max(due_ms, now_ms_ + 1);
  place(timer);
  ++size_;
}

void TimerWheel::cancel(Timer& timer) {
  if (!timer.is_set()) return;
  ASSERT(size_ > 0);
  unlink(timer);
  --size_;
  if (timer.level_ < 0) return;
  Level& level = levels_[timer.level_];
  if (level.slots[timer.slot_].empty()) level.occupied &= ~(uint64_t{1} << timer.slot_);
}

void TimerWheel::advance(int64_t now_ms) {
  ASSERT(now_ms >= now_ms_);
  Ring due;
  for (auto expiry = next_expiry(); expiry && expiry->at_ms <= now_ms; expiry = next_expiry()) {
    now_ms_ = std::max(now_ms_, expiry->at_ms);
    Level& level = levels_[expiry->level];
    Ring& slot = level.slots[expiry->slot];
    ASSERT(!slot.empty());
    level.occupied &= ~(uint64_t{1} << expiry->slot);
    while (!slot.empty()) {
      Timer& timer = *slot.next_;
      unlink(timer);
      if (timer.due_ms_ <= now_ms_) {
        timer.level_ = -1;
        link(due, timer);
      } else {
        place(timer);
      }
    }
  }
  now_ms_ = now_ms;
  while (!due.empty()) {
    Timer& timer = *due.next_;
    ASSERT(timer.due_ms_ <= now_ms_ && size_ > 0);
    unlink(timer);
    --size_;
    timer.on_timer();
  }
}

std::optional<int64_t> TimerWheel::next_due_ms() const {
  const auto expiry = next_expiry();
  if (!expiry) return std::nullopt;
  return expiry->at_ms;
}

void TimerWheel::link(Ring& ring, Timer& timer) {
  ASSERT(timer.next_ == nullptr && timer.previous_ == nullptr);
  timer.previous_ = ring.previous_;
  timer.next_ = &ring;
  ring.previous_->next_ = &timer;
  ring.previous_ = &timer;
}

void TimerWheel::unlink(Timer& timer) {
  ASSERT(timer.next_->previous_ == &timer && timer.previous_->next_ == &timer);
  timer.previous_->next_ = timer.next_;
  timer.next_->previous_ = timer.previous_;
  timer.previous_ = nullptr;
  timer.next_ = nullptr;
}

// The level is that of the highest bit in which the due time differs from now, so that a slot
// never holds timers of two rounds. The top level turns for ever; what lies further away than its
// last slot waits there and is placed again.
void TimerWheel::place(Timer& timer) {
  ASSERT(timer.due_ms_ > now_ms_);
  constexpr int kTop = kLevels - 1;
  constexpr int64_t kAheadMax = int64_t{kSlots - 1} << (kTop * kSlotBits);
  const int64_t due = std::min(timer.due_ms_, now_ms_ + kAheadMax);
  const auto differs = static_cast<uint64_t>(due ^ now_ms_) | 1U;
  const int level = std::min((static_cast<int>(std::bit_width(differs)) - 1) / kSlotBits, kTop);
  const int slot = static_cast<int>((due >> (level * kSlotBits)) & (kSlots - 1));
  ASSERT(level >= 0 && level < kLevels && slot >= 0 && slot < kSlots);
  timer.level_ = static_cast<int8_t>(level);
  timer.slot_ = static_cast<int8_t>(slot);
  levels_[level].occupied |= uint64_t{1} << slot;
  link(levels_[level].slots[slot], timer);
}

// The first occupied slot of the lowest level that has one: lower levels are always nearer.
std::optional<TimerWheel::Expiry> TimerWheel::next_expiry() const {
  for (int level = 0; level < kLevels; ++level) {
    const uint64_t occupied = levels_[level].occupied;
    if (occupied == 0) continue;
    const int shift = level * kSlotBits;
    const int here = static_cast<int>((now_ms_ >> shift) & (kSlots - 1));
    const int ahead = std::countr_zero(std::rotr(occupied, here));
    const int slot = (here + ahead) & (kSlots - 1);
    const int64_t at_ms = ((now_ms_ >> shift) + ahead) << shift;
    ASSERT((occupied >> slot & 1) != 0 && !levels_[level].slots[slot].empty());
    return Expiry{level, slot, at_ms};
  }
  return std::nullopt;
}

}  // namespace odradek
