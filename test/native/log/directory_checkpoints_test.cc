#include "log/directory_checkpoints.h"

#include <doctest/doctest.h>

#include "file/memory_file_system.h"

namespace odradek {
namespace {

const TopicPartition kOrders{"orders", PartitionIndex(0)};
const TopicPartition kOthers{"others", PartitionIndex(0)};

struct Fixture {
  Fixture() { REQUIRE(disk.create_directories("/data").ok()); }

  void put(const TopicPartition& id, int64_t recovery_point) {
    checkpoints.put({id, Offset(recovery_point), Offset(0), std::nullopt});
  }
  // What a start would read.
  Offset on_disk(const TopicPartition& id) {
    DirectoryCheckpoints read(disk, health, "/data");
    REQUIRE(read.load().ok());
    return read.recovery_point(id);
  }

  MemoryFileSystem disk;
  DirectoryHealth health;
  DirectoryCheckpoints checkpoints{disk, health, "/data"};
};

}  // namespace

TEST_CASE("a recovery point is known by its entry, and disowned ones only count once") {
  Fixture f;
  f.put(kOrders, 30);
  REQUIRE(f.checkpoints.write(false).ok());
  DirectoryCheckpoints second(f.disk, f.health, "/data");
  REQUIRE(second.load().ok());
  CHECK(second.knows_recovery_point(kOrders));
  CHECK_FALSE(second.knows_recovery_point(kOthers));
  REQUIRE(second.disown_recovery_points().ok());
  CHECK_FALSE(second.knows_recovery_point(kOrders));
  CHECK(second.recovery_point(kOrders) == Offset(30));
  second.add_recovery_point(kOthers, Offset(5));
  REQUIRE(second.write_recovery_points().ok());
  CHECK(f.on_disk(kOthers) == Offset(5));
  CHECK(f.on_disk(kOrders) == Offset(0));
}

TEST_CASE("a lowered recovery point is lower on the disk at once") {
  Fixture f;
  f.put(kOrders, 351);
  f.put(kOthers, 20);
  REQUIRE(f.checkpoints.write(false).ok());
  REQUIRE(f.checkpoints.lower_recovery_point(kOrders, Offset(307)).ok());
  CHECK(f.on_disk(kOrders) == Offset(307));
  CHECK(f.on_disk(kOthers) == Offset(20));
  CHECK(f.checkpoints.recovery_point(kOrders) == Offset(307));
}

TEST_CASE("a recovery point that is low enough costs no write") {
  Fixture f;
  f.put(kOrders, 300);
  REQUIRE(f.checkpoints.write(false).ok());
  const uint64_t calls = f.disk.calls();
  REQUIRE(f.checkpoints.lower_recovery_point(kOrders, Offset(300)).ok());
  REQUIRE(f.checkpoints.lower_recovery_point(kOthers, Offset(0)).ok());
  CHECK(f.disk.calls() == calls);
}

TEST_CASE("a put takes no recovery point back: gaps below it would become holes") {
  Fixture f;
  f.put(kOrders, 351);
  REQUIRE(f.checkpoints.write(false).ok());
  f.put(kOrders, 270);
  CHECK(f.checkpoints.recovery_point(kOrders) == Offset(351));
  REQUIRE(f.checkpoints.write(false).ok());
  CHECK(f.on_disk(kOrders) == Offset(351));
  REQUIRE(f.checkpoints.lower_recovery_point(kOrders, Offset(307)).ok());
  CHECK(f.on_disk(kOrders) == Offset(307));
}

// After a power cut the partition would refuse to open: the file above the end of its log.
TEST_CASE("a recovery point is lowered on the disk where memory has none any more") {
  Fixture f;
  f.put(kOrders, 351);
  REQUIRE(f.checkpoints.write(false).ok());
  f.checkpoints.remove(kOrders);
  REQUIRE(f.checkpoints.lower_recovery_point(kOrders, Offset(307)).ok());
  CHECK(f.on_disk(kOrders) == Offset(0));
}

TEST_CASE("what was put above a lowered recovery point does not reach the disk with another's") {
  Fixture f;
  f.put(kOrders, 300);
  REQUIRE(f.checkpoints.write(false).ok());
  f.put(kOrders, 351);
  REQUIRE(f.checkpoints.lower_recovery_point(kOrders, Offset(320)).ok());
  REQUIRE(f.checkpoints.write_log_start(kOthers, Offset(5)).ok());
  REQUIRE(f.checkpoints.write(false).ok());
  CHECK(f.on_disk(kOrders) == Offset(320));
}

TEST_CASE("a start knows what the file says") {
  Fixture f;
  f.put(kOrders, 351);
  REQUIRE(f.checkpoints.write(false).ok());
  DirectoryCheckpoints next(f.disk, f.health, "/data");
  REQUIRE(next.load().ok());
  next.put({kOrders, Offset(100), Offset(0), std::nullopt});
  REQUIRE(next.lower_recovery_point(kOrders, Offset(200)).ok());
  CHECK(f.on_disk(kOrders) == Offset(200));
}

}  // namespace odradek
