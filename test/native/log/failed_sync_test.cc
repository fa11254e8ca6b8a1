// A sync or write that failed ends the directory wherever it happened; a shortage refuses one call.
#include "log_fixture.h"

namespace odradek {
namespace {

LogConfig small_segments() {
  LogConfig config;
  config.segment_bytes = 500;
  config.index_interval_bytes = 100;
  return config;
}

// Fails calls of one kind on paths that contain `part`.
FaultHook failing(FileCallKind kind, const std::string& part, FileErrorKind error) {
  return [=](const FileCall& call) {
    const bool hit = call.kind == kind && call.path.find(part) != std::string::npos;
    return hit ? FaultDecision::fail(error) : FaultDecision::proceed();
  };
}

}  // namespace

TEST_CASE("a sealed segment whose sync fails for want of room ends the directory, not retried") {
  DirectoryFixture f;
  f.config = small_segments();
  f.config.flush_messages = INT64_MAX;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 10; ++i) append(*log);
  REQUIRE(log->segment_count() > 1);
  f.disk->before_each_change(failing(FileCallKind::sync_data, ".log", FileErrorKind::no_space));
  f.directory->run_once();
  f.disk->before_each_change(nullptr);
  CHECK_FALSE(f.directory->offline_reason().empty());
  CHECK_FALSE(log->online());
}

TEST_CASE("a sealed segment whose index has no room is finished later") {
  DirectoryFixture f;
  f.config = small_segments();
  f.open();
  auto log = f.log();
  for (int i = 0; i < 10; ++i) append(*log);
  f.disk->before_each_change(failing(FileCallKind::write, "index", FileErrorKind::no_space));
  f.directory->run_once();
  CHECK(f.directory->offline_reason().empty());
  f.disk->before_each_change(nullptr);
  f.clock.advance(1000);
  f.directory->run_once();
  CHECK(f.disk->status("/data/orders-0/00000000000000000000.timeindex").ok());
}

TEST_CASE("a sync that fails in recovery ends the directory") {
  DirectoryFixture f;
  f.config = small_segments();
  f.open();
  for (int i = 0; i < 10; ++i) append(*f.log());
  f.kill();
  f.open();
  f.disk->before_each_change(failing(FileCallKind::sync_data, ".log", FileErrorKind::io));
  CHECK_FALSE(f.try_log().ok());
  CHECK_FALSE(f.directory->offline_reason().empty());
  f.disk->before_each_change(nullptr);
  CHECK_FALSE(f.try_log().ok());
}

TEST_CASE("recovery opens a partition though the disk has no room for its indexes") {
  DirectoryFixture f;
  f.config = small_segments();
  f.open();
  for (int i = 0; i < 10; ++i) append(*f.log());
  f.kill();
  f.open();
  f.disk->before_each_change(failing(FileCallKind::write, "index", FileErrorKind::no_space));
  auto log = f.log();
  CHECK(log->log_end_offset() == Offset(10));
  CHECK(log->segment_count() == 2);
  CHECK(f.directory->offline_reason().empty());
  CHECK(f.directory->checkpoint().ok());
  // Recovery has to find the indexes missing again.
  CHECK(log->recovery_point() < Offset(10));
  log = nullptr;
  f.kill();
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(10));
  CHECK(f.directory->recovery_report().segments_scanned == 2);
  f.disk->before_each_change(nullptr);
  f.close();
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(10));
  CHECK(f.directory->recovery_report().segments_scanned == 0);
}

TEST_CASE("a checkpoint that cannot be written ends the directory, but for want of room") {
  for (const FileErrorKind kind : {FileErrorKind::io, FileErrorKind::no_space}) {
    DirectoryFixture f;
    f.open();
    append(*f.log());
    f.disk->before_each_change(failing(FileCallKind::write, "offset-checkpoint", kind));
    f.clock.advance(60000);
    f.directory->run_once();
    CHECK(f.directory->offline_reason().empty() == (kind == FileErrorKind::no_space));
  }
}

TEST_CASE("a file that cannot be written at the close ends the directory") {
  DirectoryFixture f;
  f.open();
  append(*f.log());
  f.disk->before_each_change(failing(FileCallKind::write, ".snapshot", FileErrorKind::io));
  append(*f.log(), {.producer = ProducerId(1)});
  CHECK_FALSE(f.directory->close().ok());
  CHECK_FALSE(f.directory->offline_reason().empty());
}

TEST_CASE("a missing file beside the partitions is the caller's error, a failed write is not") {
  DirectoryFixture f;
  f.open();
  CHECK_FALSE(f.directory->remove_file("quorum-state").ok());
  CHECK(f.directory->offline_reason().empty());
  f.disk->before_each_change(failing(FileCallKind::sync_data, "quorum", FileErrorKind::io));
  CHECK_FALSE(f.directory->write_file("quorum-state", as_bytes("{}")).ok());
  CHECK_FALSE(f.directory->offline_reason().empty());
}

TEST_CASE("a deletion that the full disk refuses changes nothing and can be tried again") {
  DirectoryFixture f;
  f.config = small_segments();
  f.open();
  auto log = f.log();
  for (int i = 0; i < 10; ++i) append(*log);
  f.directory->run_once();
  const size_t segments = log->segment_count();
  const std::string name = "log-start-offset-checkpoint";
  f.disk->before_each_change(failing(FileCallKind::write, name, FileErrorKind::no_space));
  CHECK_FALSE(log->delete_up_to(Offset(8)).ok());
  CHECK(log->log_start_offset() == Offset(0));
  CHECK(log->segment_count() == segments);
  f.disk->before_each_change(nullptr);
  // Nor does the refused start get to the disk with that of another partition.
  auto other = f.log("others");
  append(*other);
  f.directory->run_once();
  REQUIRE(other->delete_up_to(Offset(1)).ok());
  other = nullptr;
  log = nullptr;
  f.kill();
  f.open();
  log = f.log();
  CHECK(log->log_start_offset() == Offset(0));
  REQUIRE(log->delete_up_to(Offset(8)).ok());
  CHECK(log->log_start_offset() == Offset(8));
  CHECK(log->segment_count() < segments);
}

TEST_CASE("a partition deleted before its flush leaves nothing counted and the directory online") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  append(*log);
  CHECK(f.directory->unflushed_bytes() > 0);
  REQUIRE(f.directory->delete_partition({"orders", PartitionIndex(0)}).ok());
  CHECK(f.directory->unflushed_bytes() == 0);
  f.directory->run_once();
  CHECK(f.directory->offline_reason().empty());
  log = nullptr;
  CHECK(f.directory->unflushed_bytes() == 0);
}

TEST_CASE("segments that were unfinished when their records were deleted go later") {
  DirectoryFixture f;
  f.config = small_segments();
  f.config.flush_messages = INT64_MAX;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 10; ++i) append(*log);
  REQUIRE(log->delete_up_to(Offset(10)).ok());
  f.directory->run_once();
  REQUIRE(log->delete_up_to(Offset(10)).ok());
  CHECK(log->segment_count() == 1);
  f.clock.advance(60000);
  f.directory->run_once();
  int files = 0;
  const auto entries = f.disk->list("/data/orders-0");
  for (const auto& entry : *entries) {
    files += entry.name.find(".log") != std::string::npos ? 1 : 0;
  }
  CHECK(files == 1);
}

}  // namespace odradek
