#include "log/reserve_file.h"

#include "log_fixture.h"

namespace odradek {
namespace {

const std::string kReserve = "/data/odradek-journal/reserve";
constexpr int64_t kBytes = 64 << 10;

DirectoryFixture& with_reserve(DirectoryFixture& f) {
  f.reserve_bytes = kBytes;
  f.open();
  return f;
}

// Takes what room is left on a disk of that capacity.
void fill(DirectoryFixture& f, int64_t capacity) {
  const auto free = f.disk->free_bytes("/data");
  REQUIRE(free.ok());
  f.disk->set_capacity(capacity - *free);
}

// Appends until the disk refuses.
void append_until_full(PartitionLog& log) {
  for (int i = 0; i < 2000; ++i) {
    auto batch = make_batch({.records = 10});
    if (!log.append(batch, AppendOrigin::client).ok()) return;
  }
  FAIL("the disk is never full");
}

void settle(DirectoryFixture& f) {
  for (int i = 0; i < 6; ++i) f.directory->run_once();
}

}  // namespace

TEST_CASE("room is held back while there is plenty, and goes with a clean stop") {
  DirectoryFixture f;
  f.disk->set_capacity(100 * kBytes);
  with_reserve(f).log();
  settle(f);
  REQUIRE(f.disk->status(kReserve).ok());
  CHECK(f.disk->status(kReserve)->size == kBytes);
  f.close();
  CHECK_FALSE(f.disk->status("/data/odradek-journal").ok());
}

TEST_CASE("a small disk is left to the batches") {
  DirectoryFixture f;
  f.disk->set_capacity(4 * kBytes);
  with_reserve(f).log();
  settle(f);
  CHECK_FALSE(f.disk->status(kReserve).ok());
}

TEST_CASE("a full disk refuses appends, and deletes, starts and stops by what was held back") {
  DirectoryFixture f;
  f.disk->set_capacity(200 * kBytes);
  f.config.segment_bytes = 2000;
  with_reserve(f);
  auto log = f.log();
  for (int i = 0; i < 60; ++i) append(*log);
  settle(f);
  REQUIRE(f.disk->status(kReserve).ok());
  fill(f, 200 * kBytes);
  append_until_full(*log);
  CHECK(f.directory->offline_reason().empty());
  CHECK(f.disk->status(kReserve).ok());
  const auto deleted = log->delete_up_to(Offset(30));
  REQUIRE_MESSAGE(deleted.ok(), (deleted.ok() ? std::string() : deleted.error().detail));
  CHECK(*deleted == Offset(30));
  CHECK_FALSE(f.disk->status(kReserve).ok());
  log = nullptr;
  f.kill();
  f.open();
  CHECK(f.log()->log_start_offset() == Offset(30));
  f.close();
}

TEST_CASE("the metadata log, and that of the queues, go on when the disk is full") {
  for (const char* topic : {"__cluster_metadata", "__odradek_queues"}) {
    DirectoryFixture f;
    f.disk->set_capacity(200 * kBytes);
    with_reserve(f);
    auto going_on = f.log(topic);
    auto log = f.log();
    settle(f);
    fill(f, 200 * kBytes);
    append_until_full(*log);
    for (int i = 0; i < 100; ++i) append(*going_on, {.records = 10});
    CHECK(f.directory->offline_reason().empty());
  }
}

}  // namespace odradek
