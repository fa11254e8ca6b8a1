// Damages every kind of file at every place and demands that the check names it: exactly that
// batch, that entry, that line.
#include "check_fixture.h"
#include "log/producer_snapshot.h"
#include "log/segment_format.h"

namespace odradek {
namespace {

bool overlaps(const Finding& finding, int64_t from, int64_t to) {
  return finding.from.value < to && finding.to.value > from;
}

// An entry that still leads every reader right: its batch begins no later than the offset that it
// names, and that is the last of a batch; or another offset of the same batch by its timestamp.
bool is_harmless(const std::string& suffix, const std::vector<uint8_t>& before,
                 const std::vector<uint8_t>& after, size_t entry,
                 const std::map<int64_t, BatchHeader>& batches) {
  const Offset base = batches.begin()->second.base_offset;
  if (suffix == ".index") {
    const Offset offset = base + load_be<int32_t>(after.data() + entry);
    const auto batch = batches.find(load_be<int32_t>(after.data() + entry + 4));
    return batch != batches.end() && batch->second.base_offset <= offset &&
           std::any_of(batches.begin(), batches.end(),
                       [&](const auto& item) { return item.second.last_offset == offset; });
  }
  if (suffix == ".timeindex") {
    const Offset was = base + load_be<int32_t>(before.data() + entry + 8);
    const Offset is = base + load_be<int32_t>(after.data() + entry + 8);
    return std::any_of(batches.begin(), batches.end(), [&](const auto& item) {
      return item.second.last_offset == was && item.second.base_offset <= is && is < was;
    });
  }
  return false;
}

}  // namespace

TEST_CASE("a log that was closed cleanly has no fault, and the report counts what is there") {
  DirectoryFixture fixture;
  fill(fixture);
  const auto log = fixture.log();
  const Offset end = log->log_end_offset();
  fixture.close();
  const Checked checked = check(*fixture.disk);
  CHECK(checked.words() == "");
  CHECK(checked.directory.clean);
  CHECK_FALSE(checked.directory.journal.there);
  CHECK(checked.partition.log_start == Offset(0));
  CHECK(checked.partition.log_end == end);
  CHECK(checked.partition.segments >= 3);
  CHECK(checked.partition.bytes == checked.directory.partitions[0].bytes);
  size_t batches = 0;
  for (const std::string& name : files_in(*fixture.disk, kFolder, ".log")) {
    batches += batches_of(*fixture.disk, path_of(name)).size();
  }
  CHECK(checked.partition.batches == static_cast<int64_t>(batches));
}

TEST_CASE("any flipped bit of a sealed segment names that batch, and cuts there") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  const std::vector<std::string> names = files_in(disk, kFolder, ".log");
  REQUIRE(names.size() >= 3);
  for (size_t n = 0; n + 1 < names.size(); ++n) {
    const std::string path = path_of(names[n]);
    const std::vector<uint8_t> before = content(disk, path);
    const auto batches = batches_of(disk, path);
    for (size_t at = 0; at < before.size(); ++at) {
      const auto batch = std::prev(batches.upper_bound(static_cast<int64_t>(at)));
      for (const uint8_t bit : {uint8_t{1}, uint8_t{0x40}}) {
        CAPTURE(path);
        CAPTURE(at);
        CAPTURE(bit);
        write(disk, path, at, before[at] ^ bit);
        const Checked checked = check(disk);
        CAPTURE(checked.words());
        REQUIRE(checked.partition.findings.faults() == 1);
        const Finding& finding = checked.partition.findings.kept().front();
        REQUIRE(finding.kind == FindingKind::damaged);
        // An epoch that fits its neighbours is told by the checkpoint of epochs alone.
        const size_t inside = at - static_cast<size_t>(batch->first);
        if (finding.file == "orders-0/leader-epoch-checkpoint") {
          REQUIRE((inside >= kLeaderEpochAt && inside < kMagicAt));
          REQUIRE(finding.first_offset == batch->second.base_offset);
          continue;
        }
        REQUIRE(finding.file == "orders-0/" + names[n]);
        REQUIRE(finding.from.value == batch->first);
        REQUIRE(finding.to.value == batch->first + batch->second.size_bytes);
        REQUIRE(finding.first_offset == batch->second.base_offset);
        REQUIRE(finding.next_offset == batch->second.next_offset());
        REQUIRE(checked.partition.cut.has_value());
        REQUIRE(checked.partition.cut->offset == batch->second.base_offset);
        REQUIRE(checked.partition.cut->position.value == batch->first);
      }
      write(disk, path, at, before[at]);
    }
  }
  CHECK(check(disk).words() == "");
}

TEST_CASE("any flipped bit of an index names its entry") {
  for (const std::string suffix : {".index", ".timeindex", ".txnindex"}) {
    CAPTURE(suffix);
    const size_t entry_bytes = suffix == ".index" ? 8 : suffix == ".timeindex" ? 12 : 34;
    DirectoryFixture fixture;
    FileSystem& disk = fill_and_close(fixture);
    size_t flips = 0;
    size_t harmless = 0;
    for (const std::string& name : files_in(disk, kFolder, suffix)) {
      const std::string path = path_of(name);
      const std::vector<uint8_t> before = content(disk, path);
      for (size_t at = 0; at < before.size(); ++at) {
        for (const uint8_t bit : {uint8_t{1}, uint8_t{0x20}, uint8_t{0x80}}) {
          CAPTURE(path);
          CAPTURE(at);
          write(disk, path, at, before[at] ^ bit);
          const Checked checked = check(disk);
          CAPTURE(checked.words());
          ++flips;
          const auto entry = static_cast<int64_t>(at / entry_bytes * entry_bytes);
          if (checked.words().empty()) {
            const std::string segment = path.substr(0, path.rfind('.')) + ".log";
            REQUIRE(is_harmless(suffix, before, content(disk, path), static_cast<size_t>(entry),
                                batches_of(disk, segment)));
            ++harmless;
            continue;
          }
          REQUIRE(checked.partition.findings.faults() >= 1);
          const Finding& finding = checked.partition.findings.kept().front();
          REQUIRE(checked.partition.findings.faults() == 1);
          REQUIRE(finding.file == "orders-0/" + name);
          REQUIRE(finding.from.value == entry);
          REQUIRE_FALSE(checked.partition.cut.has_value());
        }
        write(disk, path, at, before[at]);
      }
    }
    CHECK(flips > 100);
    CHECK(harmless * 20 < flips);
  }
}

TEST_CASE("a whole snapshot with a transaction that begins behind it is damaged") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  const std::string name = files_in(disk, kFolder, ".snapshot").back();
  ProducerEntry entry;
  entry.epoch = ProducerEpoch(0);
  entry.transaction_first_offset = parse_segment_file_name(name)->base_offset;
  ProducerState state;
  state.restore(ProducerId(9), entry);
  const auto bytes = encode_producer_snapshot(state);
  REQUIRE(replace_file(disk, path_of(name), bytes).ok());
  CHECK(check(disk).words() ==
        "damaged orders-0/" + name + ": no log that ends there can have what it tells\n");
}

TEST_CASE("any flipped bit of a producer snapshot names the file") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  for (const std::string& name : files_in(disk, kFolder, ".snapshot")) {
    const std::string path = path_of(name);
    const std::vector<uint8_t> before = content(disk, path);
    for (size_t at = 0; at < before.size(); ++at) {
      write(disk, path, at, before[at] ^ 4);
      const Checked checked = check(disk);
      CAPTURE(checked.words());
      REQUIRE(checked.words() ==
              "damaged orders-0/" + name + ": version, length or checksum is wrong\n");
      write(disk, path, at, before[at]);
    }
  }
}

TEST_CASE("a flipped byte of a text file is told, or the file still says what is true") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  size_t told = 0;
  size_t silent = 0;
  for (const std::string path :
       {"/data/orders-0/leader-epoch-checkpoint", "/data/orders-0/partition.metadata",
        "/data/recovery-point-offset-checkpoint", "/data/replication-offset-checkpoint",
        "/data/log-start-offset-checkpoint", "/data/.kafka_cleanshutdown"}) {
    const std::vector<uint8_t> before = content(disk, path);
    for (size_t at = 0; at < before.size(); ++at) {
      CAPTURE(path);
      CAPTURE(at);
      write(disk, path, at, before[at] ^ 0x41);  // a digit becomes no digit
      const Checked checked = check(disk);
      CAPTURE(checked.words());
      const bool is_letter = before[at] >= 'A';
      if (checked.words().empty()) {
        // Another topic's name, or another topic's id.
        const bool is_id = path.ends_with("metadata") && at >= before.size() - 22;
        REQUIRE((is_letter || is_id));
        ++silent;
      } else {
        REQUIRE(checked.words().find(path.substr(6)) != std::string::npos);
        ++told;
      }
      write(disk, path, at, before[at]);
    }
  }
  CHECK(told > 100);
  CHECK(silent < 60);
}

TEST_CASE("a wrong number in a checkpoint is told where the batches contradict it") {
  DirectoryFixture fixture;
  fill(fixture);
  const Offset end = fixture.log()->log_end_offset();
  fixture.close();
  FileSystem& disk = *fixture.disk;
  const std::string after = std::to_string(end.value + 1);
  for (const auto& [file, what] :
       {std::pair{"recovery-point-offset-checkpoint", "the recovery point"},
        std::pair{"replication-offset-checkpoint", "the high watermark"},
        std::pair{"log-start-offset-checkpoint", "the log start"}}) {
    const std::string path = std::string("/data/") + file;
    const std::vector<uint8_t> before = content(disk, path);
    REQUIRE(replace_file(disk, path, as_bytes("0\n1\norders 0 " + after + "\n")).ok());
    CHECK(check(disk).words() == "missing " + std::string(file) + " offsets [" +
                                     std::to_string(end.value) + ", " + after + "): " + what +
                                     " of orders-0 is " + after + ", but its batches end at " +
                                     std::to_string(end.value) + "\n");
    REQUIRE(replace_file(disk, path, before).ok());
  }
  const std::string epochs = std::string(kFolder) + "/leader-epoch-checkpoint";
  REQUIRE(replace_file(disk, epochs, as_bytes("0\n1\n5 0\n")).ok());
  CHECK(check(disk).words() ==
        "damaged orders-0/leader-epoch-checkpoint offsets [0, -1): says leader epoch 5 at offset "
        "0; the batch there says 0\n");
}

TEST_CASE("gaps of a log that was ever cleaned are explained up to the active segment") {
  DirectoryFixture fixture;
  fixture.config.segment_bytes = 400;
  fixture.config.validation.compacted = true;
  fixture.open();
  REQUIRE(fixture.directory->format({std::string(22, 'c'), 1, std::string(22, 'd')}).ok());
  auto log = fixture.log();
  std::map<int, std::vector<uint8_t>> stored;
  for (int i = 0; i < 11; ++i) {
    if (i == 4) log->become_leader(LeaderEpoch(1));  // the cleaning takes what it begins with
    stored[i] = make_batch({.timestamp = 1000 + i, .value = std::string(40, 'x')});
    REQUIRE(log->append(stored[i], AppendOrigin::client).ok());
  }
  fixture.directory->run_once();
  REQUIRE(fixture.directory->checkpoint().ok());
  auto replacement = log->replace_segments(Offset(3), Offset(6));
  REQUIRE(replacement.ok());
  REQUIRE((*replacement)->append(stored[5]).ok());
  REQUIRE(*(*replacement)->commit());
  *replacement = nullptr;
  fixture.directory->run_once();
  log = nullptr;
  fixture.close();
  FileSystem& disk = *fixture.disk;
  const std::string told = check(disk).words();
  CHECK(told.find("no batch holds these offsets") != std::string::npos);
  CHECK(told.find("leader-epoch-checkpoint") != std::string::npos);
  const auto checkpoint = [&](const std::string& entry) {
    const std::string text = "0\n1\n" + entry + "\n";
    REQUIRE(replace_file(disk, "/data/cleaner-offset-checkpoint", as_bytes(text)).ok());
  };
  checkpoint("orders 0 0");  // written before the first cleaning
  CHECK(check(disk).words() == "");
  checkpoint("orders 0 6");
  CHECK(check(disk).words() == "");
  checkpoint("others 0 6");
  CHECK(check(disk).words() == told);

  checkpoint("orders 0 6");
  const std::string active = files_in(disk, kFolder, ".log").back();
  const auto batches = batches_of(disk, path_of(active));
  REQUIRE(batches.size() >= 2);
  std::vector<uint8_t> bytes = content(disk, path_of(active));
  bytes.erase(bytes.begin(), bytes.begin() + std::next(batches.begin())->first);
  REQUIRE(replace_file(disk, path_of(active), bytes).ok());
  CHECK(check(disk).words().find("no batch holds these offsets") != std::string::npos);
}

TEST_CASE("files that are missing or cut are told") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  const std::vector<std::string> logs = files_in(disk, kFolder, ".log");
  const std::string stem = logs[0].substr(0, 20);
  for (const std::string& name :
       {stem + ".index", stem + ".timeindex", std::string("leader-epoch-checkpoint"),
        std::string("partition.metadata")}) {
    const std::string path = path_of(name);
    const std::vector<uint8_t> before = content(disk, path);
    REQUIRE(disk.remove_file(path).ok());
    CHECK(check(disk).words() == "missing orders-0/" + name + ": the file is missing\n");
    REQUIRE(replace_file(disk, path, before).ok());
  }
  const std::string index = path_of(stem + ".index");
  const std::vector<uint8_t> before = content(disk, index);
  cut(disk, index, static_cast<int64_t>(before.size()) - 3);
  CHECK(check(disk).words().find("5 bytes behind the last whole entry") != std::string::npos);
  REQUIRE(replace_file(disk, index, before).ok());
  const std::string times = path_of(stem + ".timeindex");
  const std::vector<uint8_t> times_before = content(disk, times);
  cut(disk, times, static_cast<int64_t>(times_before.size()) - 12);
  CHECK(check(disk).words().find("its last entry is missing") != std::string::npos);
  REQUIRE(replace_file(disk, times, times_before).ok());
  // A whole segment: the offsets that are not there.
  REQUIRE(disk.remove_file(path_of(logs[1])).ok());
  const Checked checked = check(disk);
  const int64_t from = std::stoll(logs[1].substr(0, 20));
  const int64_t to = std::stoll(logs[2].substr(0, 20));
  CHECK(checked.words().find("offsets [" + std::to_string(from) + ", " + std::to_string(to) +
                             "): no batch holds these offsets") != std::string::npos);
  CHECK_FALSE(checked.partition.cut.has_value());
}

TEST_CASE("a clean log without any segment, and a directory without its identity, are told") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  for (const std::string& name : files_in(disk, kFolder, "")) {
    if (name != "partition.metadata") REQUIRE(disk.remove_file(path_of(name)).ok());
  }
  REQUIRE(disk.remove_file("/data/meta.properties").ok());
  const Checked checked = check(disk);
  CHECK(checked.words().find("missing meta.properties: the file is missing\n") !=
        std::string::npos);
  CHECK(checked.words().find("missing orders-0: holds no segment\n") != std::string::npos);
  CHECK(checked.partition.segments == 0);
  CHECK(checked.partition.log_end == Offset(0));
}

TEST_CASE("the quorum's state is a JSON object, whole") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  const std::string path = path_of("quorum-state");
  const std::string whole = R"({"leaderId":1,"leaderEpoch":7,"data_version":1})";
  REQUIRE(replace_file(disk, path, as_bytes(whole)).ok());
  CHECK(check(disk).words() == "");
  for (size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    REQUIRE(replace_file(disk, path, as_bytes(whole.substr(0, size))).ok());
    CHECK(check(disk).words() == "damaged orders-0/quorum-state: this is no JSON object\n");
  }
}

TEST_CASE("a segment cut anywhere: the rest is whole, and what is gone is told") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture);
  const std::vector<std::string> names = files_in(disk, kFolder, ".log");
  const std::string path = path_of(names.back());
  const auto batches = batches_of(disk, path);
  const std::vector<uint8_t> before = content(disk, path);
  for (size_t size = 0; size < before.size(); ++size) {
    CAPTURE(size);
    cut(disk, path, static_cast<int64_t>(size));
    const Checked checked = check(disk);
    CAPTURE(checked.words());
    Offset expected(std::stoll(names.back().substr(0, 20)));
    for (const auto& [at, header] : batches) {
      if (at + header.size_bytes <= static_cast<int64_t>(size)) expected = header.next_offset();
    }
    REQUIRE(checked.partition.log_end == expected);
    REQUIRE(checked.partition.findings.faults() >= 1);
    const Finding& finding = checked.partition.findings.kept().front();
    REQUIRE(finding.first_offset.value >= 0);
    auto file = disk.open(path, OpenMode::read_write);
    REQUIRE((*file)->write_at(Position(0), before).ok());
  }
  CHECK(check(disk).words() == "");
}

TEST_CASE("an unclean directory is not damaged: reserved zeros, missing indexes, a torn end") {
  DirectoryFixture fixture;
  fill(fixture);
  const Offset end = fixture.log()->log_end_offset();
  fixture.kill();
  FileSystem& disk = *fixture.disk;
  Checked checked = check(disk);
  CHECK(checked.words() == "");
  CHECK_FALSE(checked.directory.clean);
  CHECK(checked.directory.journal.there);
  CHECK(checked.partition.log_end == end);
  const std::vector<std::string> names = files_in(disk, kFolder, ".log");
  const std::string path = path_of(names.back());
  auto file = disk.open(path, OpenMode::read_write);
  REQUIRE(file.ok());
  // The end of the batches: zeros follow.
  const std::vector<uint8_t> bytes = content(disk, path);
  size_t used = bytes.size();
  while (used > 0 && bytes[used - 1] == 0) --used;
  REQUIRE(used < bytes.size());
  std::vector<uint8_t> torn = make_batch({.records = 2});
  torn.resize(torn.size() / 2);
  REQUIRE((*file)->write_at(Position(static_cast<int64_t>(used)), torn).ok());
  checked = check(disk);
  CHECK(checked.partition.findings.faults() == 0);
  CHECK(checked.partition.findings.unclean() == 1);
  CHECK(checked.partition.log_end == end);
  CHECK_FALSE(checked.partition.cut.has_value());
}

TEST_CASE("below the recovery point of an unclean directory damage is damage") {
  DirectoryFixture fixture;
  fill_and_close(fixture);
  fixture.open();
  append(*fixture.log());
  fixture.kill();
  FileSystem& disk = *fixture.disk;
  const std::vector<std::string> names = files_in(disk, kFolder, ".log");
  const std::string path = path_of(names.front());
  const std::vector<uint8_t> before = content(disk, path);
  write(disk, path, 100, before[100] ^ 1);
  const Checked checked = check(disk);
  CAPTURE(checked.words());
  CHECK(checked.partition.findings.faults() == 1);
  REQUIRE(checked.partition.cut.has_value());
}

TEST_CASE("zeros, noise and lost pages in the middle: what lies behind is still found") {
  DirectoryFixture fixture;
  FileSystem& disk = fill_and_close(fixture, 3);
  const std::vector<std::string> names = files_in(disk, kFolder, ".log");
  const std::string path = path_of(names.front());
  const std::vector<uint8_t> before = content(disk, path);
  const auto batches = batches_of(disk, path);
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    CAPTURE(round);
    std::vector<uint8_t> bytes = before;
    const size_t from = random() % bytes.size();
    const size_t to = std::min(bytes.size(), from + 1 + random() % 400);
    bool changed = false;
    for (size_t i = from; i < to; ++i) {
      bytes[i] = round % 2 == 0 ? 0 : static_cast<uint8_t>(random());
      changed = changed || bytes[i] != before[i];
    }
    if (!changed) continue;
    REQUIRE(replace_file(disk, path, bytes).ok());
    const Checked checked = check(disk);
    CAPTURE(checked.words());
    REQUIRE(checked.partition.findings.faults() >= 1);
    int64_t whole = 0;
    for (const auto& [at, header] : batches) {
      bool touched = false;
      for (int64_t i = at; i < at + header.size_bytes; ++i) {
        touched = touched || bytes[static_cast<size_t>(i)] != before[static_cast<size_t>(i)];
      }
      bool told = false;
      for (const Finding& finding : checked.partition.findings.kept()) {
        if (finding.file != "orders-0/" + names.front()) continue;
        told = told || overlaps(finding, at, at + header.size_bytes);
      }
      REQUIRE(told == touched);
      whole += touched ? 0 : 1;
    }
    REQUIRE(checked.partition.cut.has_value());
  }
}

TEST_CASE("a check changes nothing, and nobody may use the directory meanwhile") {
  DirectoryFixture fixture;
  fill(fixture);
  CHECK_FALSE(DirectoryCheck::open(*fixture.disk, "/data").ok());
  fixture.close();
  uint64_t changes = 0;
  fixture.disk->before_each_change([&](const FileCall&) {
    ++changes;
    return FaultDecision();
  });
  auto first = DirectoryCheck::open(*fixture.disk, "/data");
  REQUIRE(first.ok());
  REQUIRE((*first)->check(0).ok());
  CHECK(DirectoryCheck::open(*fixture.disk, "/data").ok());
  CHECK(changes == 0);
  CHECK((*first)->bytes_checked() == (*first)->report().partitions[0].bytes);
  CHECK_FALSE(fixture.try_open().ok());
  *first = nullptr;
  fixture.disk->before_each_change(nullptr);
  fixture.open();
}

TEST_CASE("what is no log directory is refused with a sentence") {
  MemoryFileSystem disk;
  const auto missing = DirectoryCheck::open(disk, "/nowhere");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().detail == "there is no directory /nowhere");
  REQUIRE(disk.create_directories("/empty").ok());
  const auto empty = DirectoryCheck::open(disk, "/empty");
  REQUIRE_FALSE(empty.ok());
  CHECK(empty.error().detail.find("is no log directory") != std::string::npos);
  REQUIRE(disk.open("/file", OpenMode::create).ok());
  const auto file = DirectoryCheck::open(disk, "/file");
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().detail.find("is not a directory") != std::string::npos);
}

}  // namespace odradek
