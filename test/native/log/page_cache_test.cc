// Logs in page-cache mode: checkpoints by bytes and starts sync nothing, a kill loses nothing, and
// a power cut nothing that a checkpoint synced.
#include "log_fixture.h"

namespace odradek {
namespace {

// Logs that nobody asks to flush.
struct CacheFixture : DirectoryFixture {
  CacheFixture() {
    config.flush_messages = INT64_MAX;
    config.index_interval_bytes = 100;
  }
};

// Twenty batches of about 80 bytes, of which the last few came after a checkpoint by bytes.
std::shared_ptr<PartitionLog> log_in_cache(CacheFixture& f) {
  f.checkpoint_bytes = 1000;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 20; ++i) {
    append(*log, {.timestamp = 1700000000000 + i});
    f.directory->run_once();
  }
  return log;
}

}  // namespace

TEST_CASE("a checkpoint by bytes syncs nothing, and recovery begins there after a kill") {
  CacheFixture f;
  f.checkpoint_bytes = 1000;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 6; ++i) f.directory->run_once();
  int synced = 0;
  f.disk->before_each_change([&](const FileCall& call) {
    const bool syncs =
        call.kind == FileCallKind::sync_data || call.kind == FileCallKind::sync_file_system;
    synced += syncs && call.path.ends_with(".log") ? 1 : 0;
    return FaultDecision::proceed();
  });
  for (int i = 0; i < 30; ++i) {
    append(*log, {.timestamp = 1700000000000 + i});
    f.directory->run_once();
  }
  CHECK(synced == 0);
  CHECK(log->recovery_point() == Offset(0));
  CHECK(log->high_watermark() == Offset(30));
  const int64_t bytes = log->size_bytes();
  log = nullptr;
  f.kill();
  f.open();
  log = f.log();
  CHECK(log->log_end_offset() == Offset(30));
  CHECK(log->high_watermark() == Offset(30));
  CHECK(log->durable_offset() == Offset(0));
  CHECK(f.directory->recovery_report().bytes_scanned > 0);
  CHECK(f.directory->recovery_report().bytes_scanned < 1000 + bytes / 30);
  CHECK(synced == 0);
  // What a start does not sync the next checkpoint does.
  f.disk->before_each_change(nullptr);
  REQUIRE(f.directory->checkpoint().ok());
  CHECK(log->durable_offset() == Offset(30));
  CHECK(log->recovery_point() == Offset(30));
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(30));
}

TEST_CASE(
    "a power cut leaves of a point on the page cache nothing, and of the batches what there is") {
  for (const CrashKind kind : {CrashKind::lost, CrashKind::torn, CrashKind::reordered}) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      CacheFixture f;
      log_in_cache(f);
      REQUIRE(f.directory->checkpoint().ok());
      {
        auto log = f.log();
        for (int i = 0; i < 20; ++i) {
          append(*log);
          f.directory->run_once();
        }
      }
      f.power_cut(kind, seed);
      f.open();
      auto log = f.log();
      CHECK(log->log_end_offset() >= Offset(20));
      CHECK(log->high_watermark() == log->log_end_offset());
      for (Offset at(0); at < log->log_end_offset(); at = at + 1) {
        auto outcome = log->read(at, 1, ReadLimit::high_watermark, true, nullptr);
        REQUIRE(outcome.ok());
        REQUIRE(batches_in(bytes_of(*outcome)).at(0).base_offset() == at);
      }
    }
  }
}

TEST_CASE("rolls before a kill are finished after the start, which syncs nothing for them") {
  CacheFixture f;
  f.config.segment_bytes = 500;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 20; ++i) {
    append(*log, {.timestamp = 1700000000000 + i, .producer = ProducerId(7), .sequence = i});
  }
  const size_t segments = log->segment_count();
  REQUIRE(segments > 3);
  log = nullptr;
  f.kill();
  f.open();
  int synced = 0;
  f.disk->before_each_change([&](const FileCall& call) {
    const bool syncs =
        call.kind == FileCallKind::sync_data || call.kind == FileCallKind::sync_directory;
    synced += syncs && call.path.find("/orders-0") != std::string::npos ? 1 : 0;
    return FaultDecision::proceed();
  });
  log = f.log();
  CHECK(synced == 0);
  CHECK(log->log_end_offset() == Offset(20));
  CHECK(log->high_watermark() == Offset(20));
  CHECK(log->segment_count() == segments);
  CHECK(log->producers().size() == 1);
  for (int i = 0; i < 6; ++i) f.directory->run_once();
  CHECK(synced > 0);
  REQUIRE(f.directory->checkpoint().ok());
  CHECK(log->recovery_point() == Offset(20));
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  log = f.log();
  CHECK(log->log_end_offset() == Offset(20));
  CHECK(log->segment_count() == segments);
  CHECK(f.directory->recovery_report().bytes_scanned == 0);
  CHECK(log->producers().at(0).last_sequence == Sequence(19));
  for (int i = 0; i < 20; ++i) {
    const auto found =
        log->lookup_timestamp(TimestampMs(1700000000000 + i), ReadLimit::high_watermark);
    CHECK(found->offset == Offset(i));
  }
}

// Half an index looks like a whole one.
TEST_CASE("no point on the page cache is made above a segment whose index files lack entries") {
  CacheFixture f;
  f.config.segment_bytes = 2500;
  f.checkpoint_bytes = 1000;
  f.open();
  auto log = f.log();
  bool full = false;
  f.disk->before_each_change([&](const FileCall& call) {
    const bool hit = full && call.path.ends_with("index.tmp");
    return hit ? FaultDecision::fail(FileErrorKind::no_space) : FaultDecision::proceed();
  });
  for (int i = 0; i < 60; ++i) {
    full = i >= 10;
    append(*log, {.timestamp = 1700000000000 + i});
    f.directory->run_once();
  }
  REQUIRE(log->segment_count() == 2);
  log = nullptr;
  f.kill();
  f.open();
  log = f.log();
  CHECK(log->log_end_offset() == Offset(60));
  for (int i = 0; i < 60; ++i) {
    const auto found =
        log->lookup_timestamp(TimestampMs(1700000000000 + i), ReadLimit::high_watermark);
    REQUIRE(found.ok());
    CHECK(found->offset == Offset(i));
  }
}

TEST_CASE("where the cache has no name, a checkpoint by bytes syncs") {
  CacheFixture f;
  f.disk->hide_cache_identity();
  auto log = log_in_cache(f);
  CHECK(log->recovery_point() > Offset(0));
  CHECK(log->durable_offset() == log->recovery_point());
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() > Offset(0));
}

TEST_CASE("where flushes are asked for, a start makes durable what it shows") {
  CacheFixture f;
  f.config.flush_messages = 3;
  auto log = log_in_cache(f);
  CHECK(log->durable_offset() < Offset(20));
  log = nullptr;
  f.kill();
  f.open();
  log = f.log();
  CHECK(log->log_end_offset() == Offset(20));
  CHECK(log->durable_offset() == Offset(20));
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(20));
}

TEST_CASE("a topic that is told to flush gets what was appended before on the disk") {
  for (const bool by_time : {true, false}) {
    CacheFixture f;
    auto log = log_in_cache(f);
    log = nullptr;
    f.kill();
    f.open();
    log = f.log();
    CHECK(log->durable_offset() == Offset(0));
    if (by_time) {
      f.config.flush_ms = 10;
    } else {
      f.config.flush_messages = 1;
    }
    log->configure(f.config);
    f.clock.advance(11);
    f.directory->run_once();
    CHECK(log->durable_offset() == Offset(20));
  }
}

}  // namespace odradek
