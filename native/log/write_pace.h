// Decides which logs are worth a write window: those that take about 1 MiB/s of small batches for a
// while. Pure. Guarded by the log's lock.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace odradek {

// Batches from this size on are written by pwrite: there the mapping saves nothing.
inline constexpr int64_t kSmallBatchBytes = 16 << 10;
inline constexpr int64_t kBusyBytesPerSecond = 1 << 20;

class WritePace {
 public:
  // Counts an appended batch. `now` may jump; a jump starts the measurement anew.
  void note(TimestampMs now, int64_t batch_bytes);
  // Small batches came at kBusyBytesPerSecond or more in the last second measured, which is not
  // long ago; once busy, half of that is enough to stay so.
  bool busy(TimestampMs now) const;
  // As last measured.
  int64_t bytes_per_second() const { return bytes_per_second_; }

 private:
  TimestampMs since_ = kNoTimestamp;
  int64_t bytes_ = 0;
  int64_t bytes_per_second_ = 0;
  bool busy_ = false;
};

}  // namespace odradek
