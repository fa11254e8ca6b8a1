// A repair leaves a directory that is whole and loses no whole batch before the damage; what it
// takes away is kept; what is whole is not touched.
#include "check/directory_repair.h"

#include <set>

#include "check_fixture.h"

namespace odradek {
namespace {

using Tree = std::map<std::string, std::vector<uint8_t>>;

Tree tree_of(FileSystem& fs) {
  Tree tree;
  for (const std::string folder : {"/data", kFolder, "/data/odradek-journal"}) {
    if (!fs.status(folder).ok()) continue;
    for (const std::string& name : files_in(fs, folder, "")) {
      tree[folder + "/" + name] = content(fs, folder + "/" + name);
    }
  }
  return tree;
}

DirectoryRepair repair(FileSystem& fs, RepairKeeps keeps = RepairKeeps::everything) {
  auto repaired = repair_directory(fs, "/data", {"orders-0"}, keeps);
  REQUIRE_MESSAGE(repaired.ok(), (repaired.ok() ? std::string() : repaired.error().detail));
  return std::move(*repaired);
}

// Opens the directory as a broker would and appends; how far the log went before.
Offset open_and_append(DirectoryFixture& fixture) {
  fixture.open();
  const auto log = fixture.log();
  const Offset end = log->log_end_offset();
  const AppendOutcome outcome = append(*log);
  CHECK(outcome.base_offset == end);
  fixture.close();
  return end;
}

}  // namespace

TEST_CASE("any damaged batch: the log ends before it, is whole, and goes on") {
  size_t cuts = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    DirectoryFixture fixture;
    fill(fixture, 1 + seed % 3);
    fixture.close();
    FileSystem& disk = *fixture.disk;
    const std::vector<std::string> names = files_in(disk, kFolder, ".log");
    const std::string name = names[random() % names.size()];
    const std::string path = path_of(name);
    const auto batches = batches_of(disk, path);
    const std::vector<uint8_t> before = content(disk, path);
    const size_t at = random() % before.size();
    write(disk, path, at, before[at] ^ 1);
    const Checked damaged = check(disk);
    if (!damaged.partition.cut) continue;  // a lone epoch: told by the checkpoint alone
    ++cuts;
    const auto batch = std::prev(batches.upper_bound(static_cast<int64_t>(at)));
    const DirectoryRepair done = repair(disk);
    REQUIRE(done.partitions.size() == 1);
    CHECK(done.partitions[0].log_end == batch->second.base_offset);
    const Checked checked = check(disk);
    CHECK(checked.words() == "");
    CHECK(checked.partition.log_end == batch->second.base_offset);
    // What was cut lies beside it, byte for byte.
    std::vector<uint8_t> tail = before;
    tail[at] ^= 1;
    tail.erase(tail.begin(), tail.begin() + batch->first);
    CHECK(content(disk, path + ".cut-" + std::to_string(batch->first)) == tail);
    size_t kept = 0;
    for (const std::string& later : names) {
      if (later > name) kept += files_in(disk, kFolder, later + ".cut").size();
    }
    CHECK(kept == static_cast<size_t>(std::count_if(names.begin(), names.end(),
                                                    [&](const auto& n) { return n > name; })));
    CHECK(open_and_append(fixture) == batch->second.base_offset);
    CHECK(check(disk).words() == "");
  }
  CHECK(cuts > 50);
}

TEST_CASE("what follows from the batches is made anew as it was") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  const Tree before = tree_of(disk);
  for (const std::string suffix : {".timeindex", ".txnindex", ".snapshot"}) {
    for (const std::string& name : files_in(disk, kFolder, suffix)) {
      CAPTURE(name);
      const std::string path = path_of(name);
      if (before.at(path).empty()) continue;
      write(disk, path, 0, before.at(path)[0] ^ 0x10);
      REQUIRE(check(disk).partition.findings.faults() > 0);
      const DirectoryRepair done = repair(disk);
      REQUIRE(done.partitions.size() == 1);
      CHECK_FALSE(done.partitions[0].rebuilt.empty());
      CHECK(done.partitions[0].bytes_cut == 0);
      CHECK(check(disk).words() == "");
    }
  }
  // No batch was touched.
  for (const auto& [path, bytes] : before) {
    if (path.ends_with(".log")) CHECK(content(disk, path) == bytes);
  }
}

TEST_CASE("a log without its beginning keeps what it knew of transactions that began there") {
  size_t compared = 0;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    DirectoryFixture fixture;
    fill(fixture, seed);
    const auto log = fixture.log();
    const Offset start = Offset(log->log_end_offset().value / 2 + static_cast<int64_t>(seed));
    fixture.directory->run_once();  // finishes the sealed segments
    REQUIRE(log->delete_up_to(start).ok());
    fixture.close();
    FileSystem& disk = *fixture.disk;
    REQUIRE(files_in(disk, kFolder, ".log")[0] != std::string(20, '0') + ".log");
    REQUIRE(check(disk).words() == "");
    const Tree before = tree_of(disk);
    for (const std::string suffix : {".txnindex", ".snapshot"}) {
      const std::vector<std::string> names = files_in(disk, kFolder, suffix);
      for (const std::string& name : names) {
        CAPTURE(name);
        const std::string path = path_of(name);
        // Nothing tells anew what the oldest snapshot says.
        if (before.at(path).empty() || (suffix == ".snapshot" && name == names[0])) continue;
        write(disk, path, 0, before.at(path)[0] ^ 0x10);
        CHECK(check(disk).partition.findings.faults() > 0);
        repair(disk);
        CHECK(content(disk, path) == before.at(path));
        ++compared;
      }
    }
  }
  CHECK(compared > 24);
}

TEST_CASE("a missing or broken index, checkpoint or list of epochs is written anew") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  const std::string stem = files_in(disk, kFolder, ".log")[1].substr(0, 20);
  const std::string epochs = std::string(kFolder) + "/leader-epoch-checkpoint";
  const std::vector<uint8_t> epochs_before = content(disk, epochs);
  REQUIRE(disk.remove_file(path_of(stem + ".index")).ok());
  write(disk, epochs, 0, 'x');
  write(disk, "/data/replication-offset-checkpoint", 0, '7');
  write(disk, "/data/.kafka_cleanshutdown", 0, 'x');
  REQUIRE(check(disk).words() != "");
  const DirectoryRepair done = repair(disk);
  CHECK(done.checkpoints.size() == 2);
  CHECK(done.kept == std::vector<std::string>{"replication-offset-checkpoint.damaged"});
  CHECK(check(disk).words() == "");
  CHECK(content(disk, epochs) == epochs_before);
  CHECK(text_of(content(disk, "/data/replication-offset-checkpoint")).find("orders 0 ") !=
        std::string::npos);
}

TEST_CASE("a whole directory is left as it is, byte for byte") {
  DirectoryFixture fixture;
  fill_and_close(fixture);
  const Tree before = tree_of(*fixture.disk);
  const DirectoryRepair done = repair(*fixture.disk);
  CHECK(done.partitions.empty());
  CHECK(done.checkpoints.empty());
  CHECK(tree_of(*fixture.disk) == before);
}

TEST_CASE("told so, a repair keeps nothing") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  const std::string path = path_of(files_in(disk, kFolder, ".log")[0]);
  write(disk, path, 200, content(disk, path)[200] ^ 1);
  const DirectoryRepair done = repair(disk, RepairKeeps::nothing);
  REQUIRE(done.partitions.size() == 1);
  CHECK(done.partitions[0].kept.empty());
  CHECK(done.partitions[0].bytes_cut > 0);
  for (const std::string& name : files_in(disk, kFolder, "")) {
    CHECK(name.find("cut") == std::string::npos);
  }
  CHECK(check(disk).words() == "");
}

TEST_CASE("an unclean directory that recovery refuses: the journal first, then the cut") {
  DirectoryFixture fixture;
  fill_and_close(fixture);
  fixture.open();
  const auto log = fixture.log();
  for (int i = 0; i < 20; ++i) {
    append(*log);
    fixture.directory->run_once();
  }
  REQUIRE(log->durable_offset() == log->log_end_offset());
  fixture.kill();
  FileSystem& disk = *fixture.disk;
  const std::string path = path_of(files_in(disk, kFolder, ".log")[0]);
  const auto batches = batches_of(disk, path);
  const auto batch = std::next(batches.begin(), 2);
  const auto at = static_cast<size_t>(batch->first) + 70;
  write(disk, path, at, content(disk, path)[at] ^ 1);
  CHECK(check(disk).partition.findings.faults() == 1);
  const DirectoryRepair done = repair(disk);
  CHECK(done.journal_entries > 0);
  CHECK(check(disk).partition.findings.faults() == 0);
  CHECK_FALSE(check(disk).directory.clean);
  CHECK(open_and_append(fixture) == batch->second.base_offset);
  CHECK(check(disk).words() == "");
}

TEST_CASE("a power cut at any call of a repair: another repair ends the same") {
  DirectoryFixture fixture;
  fill_and_close(fixture);
  REQUIRE(fixture.disk->sync_file_system("/data").ok());
  const std::string path = path_of(files_in(*fixture.disk, kFolder, ".log")[1]);
  write(*fixture.disk, path, 80, content(*fixture.disk, path)[80] ^ 1);
  REQUIRE(fixture.disk->sync_file_system("/data").ok());
  const Offset expected = check(*fixture.disk).partition.cut->offset;
  auto start = [&] { return fixture.disk->after_crash(CrashKind::kept); };
  uint64_t calls = 0;
  auto whole = start();
  whole->before_each_change([&](const FileCall& call) {
    calls = call.number;
    return FaultDecision::proceed();
  });
  repair(*whole);
  REQUIRE(calls > 10);
  for (uint64_t crash_at = 1; crash_at <= calls; ++crash_at) {
    for (const CrashKind kind :
         {CrashKind::kept, CrashKind::lost, CrashKind::torn, CrashKind::reordered}) {
      CAPTURE(crash_at);
      auto disk = start();
      disk->before_each_change([&](const FileCall& call) {
        return call.number >= crash_at ? FaultDecision::crash() : FaultDecision::proceed();
      });
      CHECK_FALSE(repair_directory(*disk, "/data", {"orders-0"}, RepairKeeps::everything).ok());
      auto again = disk->after_crash(kind, crash_at);
      if (check(*again).partition.findings.faults() > 0) repair(*again);
      const Checked checked = check(*again);
      CHECK(checked.words() == "");
      CHECK(checked.partition.log_end == expected);
    }
  }
}

namespace {

// Flips a bit, sets some bytes, cuts the file or makes it longer.
void damage(FileSystem& disk, const std::string& path, std::mt19937_64& random) {
  std::vector<uint8_t> bytes = content(disk, path);
  if (bytes.empty()) return;
  const size_t at = random() % bytes.size();
  switch (random() % 5) {
    case 0:
      bytes.resize(at);
      break;
    case 1:
      std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(at),
                  std::min<size_t>(bytes.size() - at, 1 + random() % 300),
                  static_cast<uint8_t>(random() % 2 * random()));
      break;
    case 2:
      bytes.insert(bytes.end(), 1 + random() % 100, static_cast<uint8_t>(random() % 3));
      break;
    default:
      bytes[at] ^= static_cast<uint8_t>(1U << (random() % 8));
  }
  REQUIRE(replace_file(disk, path, bytes).ok());
}

// What a repair has to leave: it stands nowhere else, or is told but not cut for.
bool is_beyond_repair(const Finding& finding) {
  return finding.file.ends_with("partition.metadata") || finding.file == "meta.properties" ||
         finding.file.starts_with("odradek-journal") ||
         finding.file == "log-start-offset-checkpoint" || finding.kind == FindingKind::unclean ||
         finding.reason == "no batch holds these offsets";
}

}  // namespace

TEST_CASE("any damage of any files: a check answers, a repair mends, and no call crashes") {
  size_t mended = 0;
  size_t refused = 0;
  for (uint64_t seed = 0; seed < 1200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    DirectoryFixture fixture;
    fill(fixture, 1 + seed % 5);
    if (random() % 2 == 0) {
      fixture.close();
    } else {
      fixture.kill();
    }
    FileSystem& disk = *fixture.disk;
    for (uint64_t n = 1 + random() % 3; n > 0; --n) {
      const Tree tree = tree_of(disk);
      const auto file = std::next(tree.begin(), static_cast<ptrdiff_t>(random() % tree.size()));
      CAPTURE(file->first);
      if (!file->first.ends_with(".lock")) damage(disk, file->first, random);
    }
    const Checked before = check(disk);
    CAPTURE(before.words());
    auto done = repair_directory(disk, "/data", {"orders-0"}, RepairKeeps::everything);
    if (!done.ok()) {
      // Only what the journal is brought to may refuse it.
      REQUIRE(before.directory.journal.there);
      REQUIRE_FALSE(done.error().detail.empty());
      ++refused;
      continue;
    }
    const Checked after = check(disk);
    CAPTURE(after.words());
    for (const Finding& finding : after.directory.findings.kept()) {
      REQUIRE(is_beyond_repair(finding));
    }
    for (const Finding& finding : after.partition.findings.kept()) {
      REQUIRE(is_beyond_repair(finding));
    }
    // Nothing before the first damage is given up.
    const auto& [cut, end] = std::pair(before.partition.cut, before.partition.log_end);
    REQUIRE(after.partition.log_end >= (cut ? cut->offset : end));
    if (!before.words().empty() && after.words().empty()) ++mended;
  }
  CHECK(mended > 300);
  MESSAGE(mended, " mended, ", refused, " refused");
}

}  // namespace odradek
