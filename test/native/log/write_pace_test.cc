#include "log/write_pace.h"

#include "log_fixture.h"

namespace odradek {
namespace {

// `bytes` in batches of 1 KiB, spread over [from, from + ms).
void feed(WritePace* pace, int64_t from, int64_t ms, int64_t bytes, int64_t batch = 1024) {
  const int64_t count = bytes / batch;
  for (int64_t i = 0; i < count; ++i) pace->note(TimestampMs(from + i * ms / count), batch);
}

}  // namespace

TEST_CASE("a log is busy after a second of 1 MiB/s and no sooner") {
  WritePace pace;
  feed(&pace, 5000, 999, 2 << 20);
  CHECK_FALSE(pace.busy(TimestampMs(5999)));
  pace.note(TimestampMs(6000), 1024);
  CHECK(pace.busy(TimestampMs(6000)));
  CHECK(pace.bytes_per_second() == 2 << 20);
  // It stays so at half the pace, and not below, nor after a pause.
  feed(&pace, 6001, 998, 600 << 10);
  pace.note(TimestampMs(7000), 1024);
  CHECK(pace.busy(TimestampMs(7000)));
  CHECK(pace.busy(TimestampMs(9000)));
  CHECK_FALSE(pace.busy(TimestampMs(9001)));
  feed(&pace, 7001, 998, 400 << 10);
  pace.note(TimestampMs(8000), 1024);
  CHECK_FALSE(pace.busy(TimestampMs(8000)));
}

TEST_CASE("large batches do not make a log busy, nor does a clock that jumps") {
  WritePace pace;
  feed(&pace, 5000, 1500, 50 << 20, 1 << 20);
  CHECK_FALSE(pace.busy(TimestampMs(6500)));
  feed(&pace, 100, 900, 5 << 20);  // back in time
  CHECK_FALSE(pace.busy(TimestampMs(1000)));
  pace.note(TimestampMs(1 << 30), 1024);
  CHECK_FALSE(pace.busy(TimestampMs(1 << 30)));
}

}  // namespace odradek
