// A partition that is made anew under the name of an earlier one begins at nothing: whatever the
// checkpoints said of the earlier one is gone before its first batch.
#include "log/directory_checkpoints.h"
#include "log_fixture.h"

namespace odradek {
namespace {

const TopicPartition kId{"orders", PartitionIndex(0)};

void append_many(PartitionLog& log, int count) {
  for (int i = 0; i < count; ++i) append(log);
}

// A log of 40 batches that starts at 30, in checkpoints that are on the disk.
void make_old(DirectoryFixture& f) {
  f.open();
  auto log = f.log();
  append_many(*log, 40);
  f.directory->run_once();
  REQUIRE(log->delete_up_to(Offset(30)).ok());
  REQUIRE(f.directory->checkpoint().ok());
  CHECK(log->recovery_point() == Offset(40));
}

void check_ten_batches(DirectoryFixture& f) {
  f.open();
  auto log = f.log();
  CHECK(log->log_start_offset() == Offset(0));
  CHECK(log->log_end_offset() == Offset(10));
  CHECK(log->read(Offset(0), 100, ReadLimit::high_watermark, true, nullptr).ok());
}

}  // namespace

TEST_CASE("a partition that is deleted and made anew survives a crash before the next checkpoint") {
  for (const bool power : {false, true}) {
    DirectoryFixture f;
    f.config.segment_bytes = 500;
    make_old(f);
    REQUIRE(f.directory->delete_partition(kId).ok());
    auto log = f.log();
    append_many(*log, 10);
    f.directory->run_once();
    CHECK(log->high_watermark() == Offset(10));
    log = nullptr;
    if (power) {
      f.power_cut(CrashKind::lost);
    } else {
      f.kill();
    }
    check_ten_batches(f);
  }
}

TEST_CASE("a crash between deletion and checkpoint leaves nothing for the next of that name") {
  DirectoryFixture f;
  make_old(f);
  REQUIRE(f.directory->delete_partition(kId).ok());
  f.kill();
  f.open();
  auto log = f.log();
  CHECK(log->log_start_offset() == Offset(0));
  CHECK(log->recovery_point() == Offset(0));
  append_many(*log, 10);
  f.directory->run_once();
  log = nullptr;
  f.kill();
  check_ten_batches(f);
}

TEST_CASE("a folder that vanished while the directory was closed takes its checkpoints along") {
  DirectoryFixture f;
  make_old(f);
  f.kill();
  REQUIRE(f.disk->rename("/data/orders-0", "/elsewhere").ok());
  f.open();
  auto log = f.log();
  CHECK(log->log_start_offset() == Offset(0));
  append_many(*log, 10);
  f.directory->run_once();
  log = nullptr;
  f.kill();
  check_ten_batches(f);
}

TEST_CASE("entries without a folder are not written back") {
  DirectoryFixture f;
  make_old(f);
  append(*f.log("kept"));
  REQUIRE(f.directory->checkpoint().ok());
  f.kill();
  REQUIRE(f.disk->rename("/data/orders-0", "/elsewhere").ok());
  f.open();
  f.log("kept");
  REQUIRE(f.directory->checkpoint().ok());
  const auto text = read_whole_file(*f.disk, "/data/recovery-point-offset-checkpoint", 1000);
  REQUIRE(text.ok());
  CHECK(text_of(*text) == "0\n1\nkept 0 1\n");
}

TEST_CASE("no partition is made while the old entries cannot be taken off the disk") {
  DirectoryFixture f;
  make_old(f);
  REQUIRE(f.directory->delete_partition(kId).ok());
  f.disk->before_each_change([](const FileCall& call) {
    const bool full = call.kind == FileCallKind::write && call.path.find("checkpoint") < 200;
    return full ? FaultDecision::fail(FileErrorKind::no_space) : FaultDecision::proceed();
  });
  CHECK_FALSE(f.try_log().ok());
  CHECK_FALSE(f.disk->status("/data/orders-0").ok());
  CHECK(f.directory->offline_reason().empty());
  f.disk->before_each_change(nullptr);
  CHECK(f.log()->log_start_offset() == Offset(0));
}

TEST_CASE("a log that ends below its recovery point takes that down before it goes on") {
  DirectoryFixture f;
  f.open();
  append_many(*f.log(), 5);
  REQUIRE(f.directory->checkpoint().ok());
  f.kill();
  const auto size = static_cast<int64_t>(make_batch().size());
  {
    // As Kafka leaves it after a truncation: the file ends early, the checkpoint is older.
    auto file = f.disk->open("/data/orders-0/00000000000000000000.log", OpenMode::read_write);
    REQUIRE((*file)->truncate(2 * size).ok());
  }
  f.open();
  auto log = f.log();
  CHECK(log->log_end_offset() == Offset(2));
  CHECK(log->recovery_point() == Offset(2));
  append(*log);
  log = nullptr;
  f.kill();
  {
    auto file = f.disk->open("/data/orders-0/00000000000000000000.log", OpenMode::read_write);
    const uint8_t wrong = 0xee;
    REQUIRE((*file)->write_at(Position(3 * size - 1), ByteView(&wrong, 1)).ok());
  }
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(2));  // a torn tail, no damage
}

TEST_CASE("a partition folder whose creation was interrupted is durable with its first batch") {
  DirectoryFixture f;
  f.open();
  f.disk->before_each_change([](const FileCall& call) {
    const bool full = call.kind == FileCallKind::write && call.path.find("partition.meta") < 200;
    return full ? FaultDecision::fail(FileErrorKind::no_space) : FaultDecision::proceed();
  });
  CHECK_FALSE(f.try_log().ok());
  f.disk->before_each_change(nullptr);
  auto log = f.log();
  append(*log);
  f.directory->run_once();
  CHECK(log->high_watermark() == Offset(1));
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(1));
}

}  // namespace odradek
