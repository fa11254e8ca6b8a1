// Time comes from outside, so that tests and the simulator own it.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace odradek {

// Source of time. Implementations are safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock, for timestamps that are written or compared with written ones.
  virtual TimestampMs now() const = 0;
  // Never goes backwards; for timeouts. Nanoseconds since an arbitrary start.
  virtual int64_t monotonic_ns() const = 0;
};

// Another clock with its wall clock set a fixed time ahead or, if negative, behind; durations are
// those of the other clock, which must outlive it.
class ShiftedClock final : public Clock {
 public:
  ShiftedClock(const Clock& clock, int64_t ahead_ms) : clock_(clock), ahead_ms_(ahead_ms) {}
  TimestampMs now() const override { return clock_.now() + ahead_ms_; }
  int64_t monotonic_ns() const override { return clock_.monotonic_ns(); }

 private:
  const Clock& clock_;
  const int64_t ahead_ms_;
};

// The machine's clocks. One shared instance without state; lives for the whole process.
const Clock& system_clock();

}  // namespace odradek
