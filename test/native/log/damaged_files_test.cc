// Bytes that the world may break, found at the next start: judged, never met by an assertion.
#include "log/aborted_index.h"
#include "log/offset_index.h"
#include "log/time_index.h"
#include "log_fixture.h"

namespace odradek {
namespace {

const std::string kFolder = "/data/orders-0/";
const std::string kFirst = kFolder + "00000000000000000000";

std::vector<uint8_t> bytes_at(DirectoryFixture& f, const std::string& path) {
  auto bytes = read_whole_file(*f.disk, path, 1 << 20);
  REQUIRE_MESSAGE(bytes.ok(), path);
  return std::move(*bytes);
}

void replace(DirectoryFixture& f, const std::string& path, ByteView bytes) {
  REQUIRE(replace_file(*f.disk, path, bytes).ok());
}

// Shifts the base offset and, if given, the epoch of the batch at `position`; no checksum covers
// them.
void shift(DirectoryFixture& f, const std::string& path, size_t position, int64_t offsets,
           int32_t epochs = 0) {
  std::vector<uint8_t> bytes = bytes_at(f, path);
  uint8_t* at = bytes.data() + position;
  store_be<int64_t>(at + kBaseOffsetAt, load_be<int64_t>(at + kBaseOffsetAt) + offsets);
  store_be<int32_t>(at + kLeaderEpochAt, load_be<int32_t>(at + kLeaderEpochAt) + epochs);
  replace(f, path, bytes);
}

void fill(DirectoryFixture& f, int batches) {
  f.open();
  auto log = f.log();
  for (int i = 0; i < batches; ++i) append(*log);
  f.directory->run_once();
}

}  // namespace

// Found by fuzzing: test/fuzz/found/segment-1.hex.
TEST_CASE("a log whose last segment is empty ends there, behind a gap too") {
  DirectoryFixture f;
  fill(f, 5);
  f.close();
  REQUIRE(f.disk->remove_file("/data/.kafka_cleanshutdown").ok());
  // As compaction leaves it: the last offsets of the first segment are gone, the next is empty.
  REQUIRE(replace_file(*f.disk, kFolder + "00000000000000000009.log", ByteView()).ok());
  f.config.validation.compacted = true;
  f.open();
  auto log = f.log();
  CHECK(log->log_end_offset() == Offset(9));
  CHECK(append(*log).base_offset == Offset(9));
  log = nullptr;
  f.kill();
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(10));
}

TEST_CASE("index files of more batches than the log has are rebuilt after a clean stop") {
  for (const char* kind : {".index", ".timeindex", ".txnindex"}) {
    CAPTURE(kind);
    DirectoryFixture f;
    f.config.index_interval_bytes = 0;
    fill(f, 5);
    f.close();
    std::vector<uint8_t> bytes =
        kind == std::string(".txnindex") ? std::vector<uint8_t>() : bytes_at(f, kFirst + kind);
    // One more entry, far above the log end.
    uint8_t entry[kAbortedIndexEntryBytes] = {};
    size_t size = 0;
    if (kind == std::string(".index")) {
      store_be<int32_t>(entry, 1000);
      store_be<int32_t>(entry + 4, static_cast<int32_t>(make_batch().size() * 4 + 5));
      size = kOffsetIndexEntryBytes;
    } else if (kind == std::string(".timeindex")) {
      store_be<int64_t>(entry, 1800000000000);
      store_be<int32_t>(entry + 8, 1000);
      size = kTimeIndexEntryBytes;
    } else {
      store_be<int64_t>(entry + 10, 900);
      store_be<int64_t>(entry + 18, 1000);
      size = kAbortedIndexEntryBytes;
    }
    bytes.insert(bytes.end(), entry, entry + size);
    replace(f, kFirst + kind, bytes);
    f.open();
    auto log = f.log();
    CHECK(f.directory->recovery_report().segments_scanned == 1);
    CHECK(log->log_end_offset() == Offset(5));
    for (int i = 0; i < 5; ++i) append(*log, {.timestamp = 1900000000000 + i});
    log = nullptr;
    f.close();
    if (kind == std::string(".txnindex")) CHECK_FALSE(f.disk->status(kFirst + kind).ok());
  }
}

TEST_CASE("a base offset that cannot belong to its segment is damage, not an abort") {
  DirectoryFixture f;
  fill(f, 3);
  f.kill();
  shift(f, kFirst + ".log", make_batch().size(), int64_t{1} << 40);
  f.open();
  auto log = f.log();
  CHECK(log->log_end_offset() == Offset(1));
  append(*log);
}

TEST_CASE("a base offset that leaves a gap above the recovery point is damage") {
  // Without recovery points nobody knows how far a compacted log is.
  struct Case {
    bool compacted, known;
  };
  for (const auto& [compacted, known] : {Case{false, true}, Case{true, true}, Case{true, false}}) {
    DirectoryFixture f;
    fill(f, 2);
    REQUIRE(f.directory->checkpoint().ok());
    for (int i = 0; i < 3; ++i) append(*f.log());
    f.kill();
    shift(f, kFirst + ".log", 4 * make_batch().size(), 64);
    if (!known) REQUIRE(f.disk->remove_file("/data/recovery-point-offset-checkpoint").ok());
    f.config.validation.compacted = compacted;
    for (int start = 0; start < 2; ++start) {
      f.open();
      CHECK(f.log()->log_end_offset() == Offset(known ? 4 : 69));
      REQUIRE(f.directory->checkpoint().ok());
      f.kill();
    }
  }
}

TEST_CASE("a leader epoch that a flipped bit raised does not stop the next leader") {
  DirectoryFixture f;
  fill(f, 3);
  f.kill();
  shift(f, kFirst + ".log", 2 * make_batch().size(), 0, 1 << 20);
  f.open();
  auto log = f.log();
  CHECK(log->log_end_offset() == Offset(3));
  log->become_leader(LeaderEpoch(1));
  CHECK(log->leader_epoch() == LeaderEpoch(1 << 20));
  append(*log);
  f.directory->run_once();
  CHECK(log->high_watermark() == Offset(4));
}

TEST_CASE("damage after a clean stop is never cut, with or without a recovery point") {
  DirectoryFixture f;
  fill(f, 5);
  f.close();
  std::vector<uint8_t> bytes = bytes_at(f, kFirst + ".log");
  bytes[3 * make_batch().size() + 65] ^= 1;
  replace(f, kFirst + ".log", bytes);
  REQUIRE(f.disk->remove_file(kFirst + ".index").ok());
  REQUIRE(f.disk->remove_file("/data/recovery-point-offset-checkpoint").ok());
  f.open();
  auto refused = f.try_log();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().detail.find("last stop was clean") != std::string::npos);
  CHECK(text_of(bytes_at(f, kFirst + ".log")) == text_of(bytes));
}

TEST_CASE("leader epochs that recovery found in the batches are written at the close") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  append(*log);
  log->become_leader(LeaderEpoch(4));
  append(*log);
  f.directory->run_once();
  log = nullptr;
  f.kill();
  REQUIRE_FALSE(f.disk->status(kFolder + "leader-epoch-checkpoint").ok());
  f.open();
  f.log();
  f.close();
  CHECK(text_of(bytes_at(f, kFolder + "leader-epoch-checkpoint")) == "0\n2\n0 0\n4 1\n");
}

TEST_CASE("a missing leader epoch checkpoint is made again from the batches after any stop") {
  for (const bool clean : {false, true}) {
    DirectoryFixture f;
    f.config.segment_bytes = 300;
    f.open();
    auto log = f.log();
    for (int epoch = 0; epoch < 6; ++epoch) {
      log->become_leader(LeaderEpoch(epoch));
      append(*log);
    }
    f.directory->run_once();
    REQUIRE(f.directory->checkpoint().ok());
    log = nullptr;
    if (clean) {
      f.close();
    } else {
      f.kill();
    }
    REQUIRE(f.disk->remove_file(kFolder + "leader-epoch-checkpoint").ok());
    f.open();
    log = f.log();
    CHECK(log->leader_epoch() == LeaderEpoch(5));
    for (int i = 0; i < 6; ++i) CHECK(log->leader_epoch_at(Offset(i)) == LeaderEpoch(i));
    log = nullptr;
    f.close();
    CHECK(f.disk->status(kFolder + "leader-epoch-checkpoint").ok());
  }
}

TEST_CASE("a gap between segments that was on the disk is kept whatever the policy is now") {
  for (const bool opened : {true, false}) {
    CAPTURE(opened);
    DirectoryFixture f;
    f.config.segment_bytes = 200;
    fill(f, 12);
    REQUIRE(f.directory->checkpoint().ok());
    f.kill();
    // Compaction took everything of the third segment.
    const auto entries = f.disk->list(kFolder);
    std::vector<std::string> logs;
    for (const auto& entry : *entries) {
      if (entry.name.ends_with(".log")) logs.push_back(entry.name);
    }
    REQUIRE(logs.size() > 4);
    REQUIRE(f.disk->remove_file(kFolder + logs[2]).ok());
    // All is scanned again.
    REQUIRE(f.disk->remove_file(kFolder + logs[0].substr(0, 20) + ".index").ok());
    f.open();
    if (opened) {
      CHECK(f.log()->log_end_offset() == Offset(12));
    } else {
      // Nobody opens it before the close, which recovers it; nothing says where it was synced.
      f.kill();
      REQUIRE(f.disk->remove_file("/data/recovery-point-offset-checkpoint").ok());
      f.open();
      f.log("others");
    }
    f.close();
    f.open();
    CHECK(f.log()->log_end_offset() == Offset(12));
  }
}

TEST_CASE("a truncation into a gap before a segment ends at the segment's first offset") {
  DirectoryFixture f;
  f.config.segment_bytes = 200;
  fill(f, 12);
  f.directory->run_once();
  f.close();
  const std::string gone = kFolder + "00000000000000000004";
  for (const char* kind : {".log", ".index", ".timeindex", ".snapshot"}) {
    REQUIRE(f.disk->remove_file(gone + kind).ok());
  }
  f.open();
  auto log = f.log();
  auto end = log->truncate_to(Offset(4));
  REQUIRE(end.ok());
  CHECK(*end == Offset(6));
  CHECK(append(*log).base_offset == Offset(6));
  f.directory->run_once();
  log = nullptr;
  f.kill();
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(7));
}

TEST_CASE("an index that is made again below the recovery point is there whole or not at all") {
  for (uint64_t n = 1; n < 40; ++n) {
    for (uint64_t seed = 0; seed < 8; ++seed) {
      DirectoryFixture f;
      f.config.segment_bytes = 700;
      f.config.index_interval_bytes = 100;
      f.open();
      auto log = f.log();
      for (int i = 0; i < 14; ++i) append(*log, {.timestamp = 1700000000000 + i});
      for (int i = 0; i < 4; ++i) f.directory->run_once();
      REQUIRE(f.directory->checkpoint().ok());
      REQUIRE(log->recovery_point() == Offset(14));
      log = nullptr;
      f.kill();
      REQUIRE(f.disk->remove_file("/data/orders-0/00000000000000000000.index").ok());
      REQUIRE(f.disk->sync_directory("/data/orders-0").ok());
      const uint64_t last = f.disk->calls() + n;
      f.disk->before_each_change([last](const FileCall& call) {
        return call.number == last ? FaultDecision::crash() : FaultDecision::proceed();
      });
      auto opened = f.try_open();
      if (opened.ok()) f.directory = std::move(*opened);
      if (opened.ok()) static_cast<void>(f.try_log().ok());
      f.power_cut(CrashKind::reordered, n * 100 + seed);
      f.open();
      log = f.log();
      for (int i = 0; i < 14; ++i) {
        const auto read = log->read(Offset(i), 1, ReadLimit::log_end_offset, true, nullptr);
        REQUIRE(read.ok());
        CHECK(read->next_offset == Offset(i + 1));
        const auto found =
            log->lookup_timestamp(TimestampMs(1700000000000 + i), ReadLimit::log_end_offset);
        REQUIRE(found.ok());
        CHECK(found->offset == Offset(i));
      }
    }
  }
}

}  // namespace odradek
