#include "log/roll_policy.h"

#include "log_fixture.h"

namespace odradek {
namespace {

BatchHeader header(int64_t offset, int64_t size, int64_t timestamp) {
  BatchHeader made;
  made.base_offset = Offset(offset);
  made.last_offset = Offset(offset);
  made.size_bytes = size;
  made.max_timestamp = TimestampMs(timestamp);
  return made;
}

struct Segment1000 {
  Segment1000() : segment(*ActiveSegment::create(disk, "", Offset(100), TimestampMs(50))) {
    config.segment_bytes = 1000;
    config.segment_ms = 500;
  }
  bool rolls(const BatchHeader& batch, int64_t now = 60, int64_t jitter = 0) {
    return must_roll(*segment, batch, config, jitter, TimestampMs(now));
  }
  MemoryFileSystem disk;
  std::shared_ptr<ActiveSegment> segment;
  LogConfig config;
};

}  // namespace

TEST_CASE("an empty segment is never rolled") {
  Segment1000 f;
  CHECK_FALSE(f.rolls(header(100, 5000, 1 << 20), 1 << 20));
}

TEST_CASE("a segment rolls when the batch does not fit") {
  Segment1000 f;
  f.segment->record(header(100, 600, 0), 4096);
  CHECK_FALSE(f.rolls(header(101, 400, 0)));
  CHECK(f.rolls(header(101, 401, 0)));
}

TEST_CASE("a segment rolls by the age of its first batch, in the batches' own time") {
  Segment1000 f;
  f.segment->record(header(100, 10, 2000), 4096);
  CHECK_FALSE(f.rolls(header(101, 10, 2500), 1 << 20));
  CHECK(f.rolls(header(101, 10, 2501)));
  CHECK(f.rolls(header(101, 10, 2451), 60, 50));
  // Without timestamps the wall clock counts, from the segment's creation.
  CHECK_FALSE(f.rolls(header(101, 10, -1), 550));
  CHECK(f.rolls(header(101, 10, -1), 551));
}

TEST_CASE("a segment rolls when an index is full or an offset does not fit") {
  Segment1000 f;
  f.config.segment_bytes = 1 << 30;
  f.config.segment_index_bytes = 40;  // five offset entries, or two time entries and one
  for (int64_t i = 0; i < 5; ++i) f.segment->record(header(100 + i, 10, 1), 0);
  CHECK_FALSE(f.rolls(header(105, 10, 1)));  // four offset entries, one time entry
  f.segment->record(header(105, 10, 1), 0);
  CHECK(f.rolls(header(106, 10, 1)));
  f.config.segment_index_bytes = 48;
  CHECK_FALSE(f.rolls(header(106, 10, 1)));
  f.segment->record(header(106, 10, 2), 0);
  f.segment->record(header(107, 10, 3), 0);
  CHECK(f.rolls(header(108, 10, 3)));
  f.config.segment_index_bytes = 10 << 20;
  CHECK_FALSE(f.rolls(header(108, 10, 1)));
  CHECK_FALSE(f.rolls(header(100 + int64_t{INT32_MAX}, 10, 1)));
  CHECK(f.rolls(header(101 + int64_t{INT32_MAX}, 10, 1)));
}

TEST_CASE("jitter is bounded, spread, and the same at every start") {
  LogConfig config;
  CHECK(roll_jitter_ms(config, 1, Offset(0)) == 0);
  config.segment_jitter_ms = 1000;
  int64_t low = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    const int64_t jitter = roll_jitter_ms(config, 77, Offset(i));
    CHECK(jitter == roll_jitter_ms(config, 77, Offset(i)));
    REQUIRE(jitter >= 0);
    REQUIRE(jitter < 1000);
    if (jitter < 500) ++low;
  }
  CHECK(low > 400);
  CHECK(low < 600);
}

}  // namespace odradek
