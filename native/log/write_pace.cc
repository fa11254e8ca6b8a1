#include "log/write_pace.h"

#include "base/assert.h"

namespace odradek {
namespace {

constexpr int64_t kMeasureMs = 1000;
// After a longer pause the average says nothing about now.
constexpr int64_t kPauseMs = 2 * kMeasureMs;

}  // namespace

void WritePace::note(TimestampMs now, int64_t batch_bytes) {
  ASSERT(batch_bytes > 0);
  const int64_t elapsed_ms = now - since_;
  if (since_ == kNoTimestamp || elapsed_ms < 0 || elapsed_ms > kPauseMs) {
    since_ = now;
    bytes_ = 0;
    bytes_per_second_ = 0;
    busy_ = false;
  } else if (elapsed_ms >= kMeasureMs) {
    bytes_per_second_ = bytes_ * 1000 / elapsed_ms;
    busy_ = bytes_per_second_ >= (busy_ ? kBusyBytesPerSecond / 2 : kBusyBytesPerSecond);
    since_ = now;
    bytes_ = 0;
  }
  if (batch_bytes < kSmallBatchBytes) bytes_ += batch_bytes;
}

bool WritePace::busy(TimestampMs now) const { return busy_ && now - since_ <= kPauseMs; }

}  // namespace odradek
