#include "log/segment_summaries.h"

#include "log_fixture.h"

namespace odradek {
namespace {

// Three batches a segment.
constexpr int64_t kSegmentBytes = 400;

std::vector<int64_t> largest_of(const PartitionLog& log) {
  std::vector<int64_t> largest;
  const auto segments = log.segments();
  REQUIRE(segments.ok());
  for (const SegmentSummary& segment : *segments) {
    largest.push_back(segment.largest_timestamp.value);
  }
  return largest;
}

}  // namespace

TEST_CASE("an empty log has one segment, as old as its file") {
  DirectoryFixture f;
  f.disk->set_time(TimestampMs(1234));
  f.open();
  const auto segments = f.log()->segments();
  REQUIRE(segments.ok());
  REQUIRE(segments->size() == 1);
  CHECK(segments->front().base_offset == Offset(0));
  CHECK(segments->front().next_offset == Offset(0));
  CHECK(segments->front().size_bytes == 0);
  CHECK(segments->front().largest_timestamp == TimestampMs(1234));
  CHECK(segments->front().active);
}

TEST_CASE("segments tell their bounds, sizes and largest timestamps, after a restart too") {
  DirectoryFixture f;
  f.config.segment_bytes = kSegmentBytes;
  f.open();
  auto log = f.log();
  // The largest is not the last.
  for (const int64_t timestamp : {5, 900, 7, 30, 20, 10, 40, 41}) {
    append(*log, {.timestamp = timestamp, .value = std::string(40, 'x')});
  }
  const auto check = [&] {
    const auto segments = log->segments();
    REQUIRE(segments.ok());
    REQUIRE(segments->size() == 3);
    int64_t size = 0;
    for (size_t i = 0; i < 3; ++i) {
      CHECK((*segments)[i].base_offset == Offset(static_cast<int64_t>(3 * i)));
      CHECK((*segments)[i].next_offset == Offset(i == 2 ? 8 : static_cast<int64_t>(3 * i + 3)));
      CHECK((*segments)[i].active == (i == 2));
      size += (*segments)[i].size_bytes;
    }
    CHECK(size == log->size_bytes());
    CHECK(largest_of(*log) == std::vector<int64_t>{900, 30, 41});
  };
  check();
  f.directory->run_once();
  check();  // by index files
  log = nullptr;
  f.close();
  f.open();
  log = f.log();
  check();
  log = nullptr;
  f.kill();
  f.open();
  log = f.log();
  check();
}

TEST_CASE("the index of a sealed segment is read once") {
  DirectoryFixture f;
  f.config.segment_bytes = kSegmentBytes;
  f.open();
  for (int i = 0; i < 10; ++i) append(*f.log(), {.value = std::string(40, 'x')});
  f.close();
  f.open();
  auto log = f.log();
  int looks = 0;
  f.disk->before_each_look([&](const FileCall& call) {
    if (call.path.ends_with(".timeindex")) ++looks;
    return FaultDecision::proceed();
  });
  const auto first = largest_of(*log);
  CHECK(looks > 0);
  looks = 0;
  CHECK(largest_of(*log) == first);
  CHECK(looks == 0);
}

TEST_CASE("a segment whose records have no timestamp is as old as its file") {
  DirectoryFixture f;
  f.config.segment_bytes = kSegmentBytes;
  f.open();
  auto log = f.log();
  f.disk->set_time(TimestampMs(5000));
  for (int i = 0; i < 4; ++i) {
    append(*log, {.timestamp = -1, .value = std::string(40, 'x')});
  }
  f.disk->set_time(TimestampMs(9000));
  append(*log, {.timestamp = -1, .value = std::string(40, 'x')});
  CHECK(largest_of(*log) == std::vector<int64_t>{5000, 9000});
}

TEST_CASE("a segment that cannot be looked at is an error, and a failing disk ends the directory") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  f.disk->before_each_look([&](const FileCall& call) {
    return call.kind == FileCallKind::status ? FaultDecision::fail(FileErrorKind::io)
                                             : FaultDecision::proceed();
  });
  const auto segments = log->segments();
  REQUIRE_FALSE(segments.ok());
  CHECK(segments.error().code == ErrorCode::kafka_storage_error);
  CHECK_FALSE(log->online());
}

TEST_CASE("a roll begins a segment at the log end, and leaves an empty one alone") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  CHECK(*log->roll() == Offset(0));
  append(*log, {.records = 3});
  const int64_t size = log->size_bytes();
  CHECK(*log->roll() == Offset(3));
  CHECK(*log->roll() == Offset(3));
  CHECK(log->segment_count() == 2);
  CHECK(log->size_bytes() == size);
  CHECK(log->log_end_offset() == Offset(3));
  CHECK(log->high_watermark() == Offset(0));  // the roll flushed nothing
  f.directory->run_once();
  CHECK(log->high_watermark() == Offset(3));
  CHECK(append(*log).base_offset == Offset(3));
  auto read = log->read(Offset(0), 1 << 20, ReadLimit::log_end_offset, true, nullptr);
  REQUIRE(read.ok());
  CHECK(read->next_offset == Offset(3));
  log = nullptr;
  f.close();
  f.open();
  CHECK(f.directory->recovery_report().clean);
  CHECK(f.log()->segment_count() == 2);
  CHECK(f.log()->log_end_offset() == Offset(4));
}

TEST_CASE("what was just sealed is deleted at once, to the last record") {
  DirectoryFixture f;
  f.config.segment_bytes = kSegmentBytes;
  f.config.file_delete_delay_ms = 500;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 8; ++i) append(*log, {.value = std::string(40, 'x')});
  f.directory->run_once();
  REQUIRE(log->roll().ok());
  CHECK(*log->delete_up_to(Offset(8)) == Offset(8));
  CHECK(log->segment_count() == 1);
  CHECK(log->size_bytes() == 0);
  const auto file_exists = [&](const std::string& name) {
    return f.disk->status("/data/orders-0/" + name).ok();
  };
  CHECK_FALSE(file_exists("00000000000000000006.log"));
  CHECK(file_exists("00000000000000000006.log.deleted"));
  CHECK(file_exists("00000000000000000008.log"));
  f.clock.advance(499);
  f.directory->run_once();
  CHECK(file_exists("00000000000000000006.log.deleted"));
  f.clock.advance(1);
  f.directory->run_once();
  CHECK_FALSE(file_exists("00000000000000000006.log.deleted"));
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_start_offset() == Offset(8));
  CHECK(f.log()->log_end_offset() == Offset(8));
  CHECK(append(*f.log()).base_offset == Offset(8));
}

TEST_CASE("a roll without room changes nothing") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  append(*log);
  f.disk->before_each_change([](const FileCall& call) {
    return call.kind == FileCallKind::create ? FaultDecision::fail(FileErrorKind::no_space)
                                             : FaultDecision::proceed();
  });
  const auto rolled = log->roll();
  REQUIRE_FALSE(rolled.ok());
  CHECK(rolled.error().code == ErrorCode::kafka_storage_error);
  CHECK(log->online());
  CHECK(log->segment_count() == 1);
  f.disk->before_each_change(nullptr);
  CHECK(*log->roll() == Offset(1));
}

}  // namespace odradek
