// What a repair makes anew is what was there; what it cannot know it leaves.
#include "check/partition_repair.h"

#include "check_fixture.h"

namespace odradek {
namespace {

PartitionFacts facts_of(int64_t end) {
  PartitionFacts facts;
  facts.folder = "orders-0";
  facts.clean = true;
  facts.recovery_point = Offset(end);
  facts.high_watermark = Offset(end);
  return facts;
}

// Checks the partition by itself and repairs what was found.
PartitionRepair mend(FileSystem& disk, const PartitionFacts& facts) {
  auto report = check_partition(disk, "/data", facts, nullptr);
  REQUIRE(report.ok());
  auto done = repair_partition(disk, "/data", facts, *report, RepairKeeps::everything);
  REQUIRE_MESSAGE(done.ok(), (done.ok() ? std::string() : done.error().detail));
  return std::move(*done);
}

}  // namespace

TEST_CASE("indexes of a segment come back byte for byte where the interval is Kafka's") {
  DirectoryFixture fixture;
  fixture.config.segment_bytes = 40000;
  fixture.open();
  REQUIRE(fixture.directory->format({std::string(22, 'c'), 1, std::string(22, 'd')}).ok());
  const auto log = fixture.log();
  for (int i = 0; i < 200; ++i) {
    append(*log, {.timestamp = 1700000000000 + i, .value = std::string(500, 'v')});
  }
  const int64_t end = log->log_end_offset().value;
  fixture.close();
  FileSystem& disk = *fixture.disk;
  for (const std::string suffix : {".index", ".timeindex"}) {
    for (const std::string& name : files_in(disk, kFolder, suffix)) {
      CAPTURE(name);
      const std::string path = path_of(name);
      const std::vector<uint8_t> before = content(disk, path);
      REQUIRE(before.size() > 8);
      REQUIRE(disk.remove_file(path).ok());
      const PartitionRepair done = mend(disk, facts_of(end));
      CHECK(done.rebuilt.size() == 1);
      CHECK(done.kept.empty());
      CHECK(content(disk, path) == before);
    }
  }
}

TEST_CASE("a transaction that a cut leaves open stays open in the snapshot and the next index") {
  DirectoryFixture fixture;
  fixture.open();
  REQUIRE(fixture.directory->format({std::string(22, 'c'), 1, std::string(22, 'd')}).ok());
  const auto log = fixture.log();
  append(*log, {.producer = ProducerId(7), .transactional = true});
  append(*log, {.producer = ProducerId(7), .sequence = 1, .transactional = true});
  std::vector<uint8_t> marker = make_marker(ProducerId(7), 0, false);
  REQUIRE(log->append(marker, AppendOrigin::coordinator).ok());
  const int64_t end = log->log_end_offset().value;
  fixture.close();
  FileSystem& disk = *fixture.disk;
  const std::string path = path_of(files_in(disk, kFolder, ".log")[0]);
  const std::vector<uint8_t> before = content(disk, path);
  REQUIRE(files_in(disk, kFolder, ".txnindex").size() == 1);
  write(disk, path, before.size() - 1, before.back() ^ 1);
  const PartitionRepair done = mend(disk, facts_of(end));
  CHECK(done.log_end == Offset(2));
  CHECK(files_in(disk, kFolder, ".txnindex").empty());
  fixture.open();
  const auto again = fixture.log();
  CHECK(again->log_end_offset() == Offset(2));
  CHECK(again->last_stable_offset() == Offset(0));
}

TEST_CASE("an empty log after a cut at its very first batch") {
  DirectoryFixture fixture;
  fill(fixture);
  const int64_t end = fixture.log()->log_end_offset().value;
  fixture.close();
  FileSystem& disk = *fixture.disk;
  const std::string path = path_of(files_in(disk, kFolder, ".log")[0]);
  write(disk, path, 70, content(disk, path)[70] ^ 1);
  const PartitionRepair done = mend(disk, facts_of(end));
  CHECK(done.log_end == Offset(0));
  CHECK(files_in(disk, kFolder, ".log").size() == 1);
  CHECK(content(disk, path).empty());
  const auto report = check_partition(disk, "/data", facts_of(0), nullptr);
  REQUIRE(report.ok());
  CHECK(words_of(report->findings) == "");
}

TEST_CASE("missing batches alone are told, and what lies behind them is left") {
  DirectoryFixture fixture;
  fill(fixture);
  const int64_t end = fixture.log()->log_end_offset().value;
  fixture.close();
  FileSystem& disk = *fixture.disk;
  const std::vector<std::string> names = files_in(disk, kFolder, ".log");
  REQUIRE(disk.remove_file(path_of(names[1])).ok());
  const PartitionRepair done = mend(disk, facts_of(end));
  CHECK(done.bytes_cut == 0);
  CHECK(done.log_end == Offset(end));
  CHECK(files_in(disk, kFolder, ".log").size() == names.size() - 1);
}

}  // namespace odradek
