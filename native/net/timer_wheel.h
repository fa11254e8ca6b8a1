// Timers in a hierarchical wheel: setting, cancelling and firing cost the same whatever their
// number. Pure: the time is passed in, in whole milliseconds.
//
// Six levels of 64 slots. Level 0 holds the timers of the next 64 ms, one slot a millisecond; each
// level above covers 64 times as much with slots 64 times as long. A timer moves down as its time
// comes nearer. A timer never fires early, and late only by as much as advance() is called late.
//
// Threads: belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/assert.h"

namespace odradek {

class TimerWheel;

// One timer, owned by whoever waits. Must be cancelled or have fired before it is destroyed.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { ASSERT(!is_set()); }

  bool is_set() const { return next_ != nullptr; }
  int64_t due_ms() const { return due_ms_; }

 protected:
  // Called by advance(). The timer is no longer set; it may be set again, and others may be set,
  // cancelled or destroyed.
  virtual void on_timer() = 0;

 private:
  friend class TimerWheel;
  Timer* previous_ = nullptr;
  Timer* next_ = nullptr;
  int64_t due_ms_ = 0;
  int8_t level_ = -1;  // -1: about to fire
  int8_t slot_ = 0;
};

// All timers of one thread. Those still set when it is destroyed are no longer set, and never fire.
class TimerWheel {
 public:
  explicit TimerWheel(int64_t now_ms);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  // Sets `timer`, which must not be set, to fire at `due_ms`; the past means at the next advance().
  void set(Timer& timer, int64_t due_ms);
  // Does nothing to a timer that is not set.
  void cancel(Timer& timer);
  // Fires what is due at `now_ms`, which never goes backwards.
  void advance(int64_t now_ms);
  // A time before which nothing is due: when to call advance() next. Nothing if no timer is set.
  std::optional<int64_t> next_due_ms() const;
  size_t size() const { return size_; }

 private:
  static constexpr int kLevels = 6;
  static constexpr int kSlotBits = 6;
  static constexpr int kSlots = 1 << kSlotBits;
  static_assert(kSlots == 64);              // a bit each in Level::occupied
  static_assert(kLevels * kSlotBits < 63);  // shifts stay inside an int64

  // A ring of timers; the head is a timer that never fires.
  struct Ring final : Timer {
    Ring();
    ~Ring() override;
    bool empty() const;
    void on_timer() override {}
  };
  struct Level {
    std::array<Ring, kSlots> slots;
    uint64_t occupied = 0;  // bit per slot that has timers
  };
  struct Expiry {
    int level;
    int slot;
    int64_t at_ms;
  };

  static void link(Ring& ring, Timer& timer);
  static void unlink(Timer& timer);
  // Links the timer into the slot of its due time, as seen from now.
  void place(Timer& timer);
  std::optional<Expiry> next_expiry() const;

  std::array<Level, kLevels> levels_;
  int64_t now_ms_;
  size_t size_ = 0;
};

}  // namespace odradek
