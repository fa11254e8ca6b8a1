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

// The machine's clocks. One shared instance without state; lives for the whole process.
const Clock& system_clock();

}  // namespace odradek
