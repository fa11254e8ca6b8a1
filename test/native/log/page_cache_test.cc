// Logs in page-cache mode: checkpoints by bytes and starts sync nothing, a kill loses nothing, and
// a power cut nothing that a checkpoint synced.
#include "log/flush_turn.h"
#include "log/partition_folder.h"
#include "log/segment_format.h"
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

std::string segment_path(Offset base, SegmentFileKind kind) {
  return segment_file_path("/data/orders-0", base, kind);
}

// From here on the disk has no room for files whose names end so.
void refuse(CacheFixture& f, const std::string& ending) {
  f.disk->before_each_change([ending](const FileCall& call) {
    return call.path.ends_with(ending) ? FaultDecision::fail(FileErrorKind::no_space)
                                       : FaultDecision::proceed();
  });
}

Offset newest_segment(CacheFixture& f) {
  const auto entries = f.disk->list("/data/orders-0");
  std::string newest;
  for (const auto& entry : *entries) {
    if (entry.name.ends_with(".log")) newest = entry.name;
  }
  return Offset(std::stoll(newest));
}

// Twenty batches in segments that nobody finished, the last one torn by the kill; recovered.
std::shared_ptr<PartitionLog> log_that_was_cut(CacheFixture& f) {
  f.config.segment_bytes = 500;
  f.open();
  auto log = f.log();
  REQUIRE(f.directory->checkpoint().ok());
  for (int i = 0; i < 20; ++i) append(*log);
  const auto last = log->read(Offset(19), 1, ReadLimit::log_end_offset, true, nullptr);
  REQUIRE(last.ok());
  const Position torn = last->position + static_cast<int64_t>(last->bytes) - 1;
  const size_t before = log->segment_count();
  REQUIRE(before > 3);
  log = nullptr;
  f.kill();
  const std::string newest = segment_path(newest_segment(f), SegmentFileKind::log);
  auto file = f.disk->open(newest, OpenMode::read_write);
  REQUIRE((*file)->write_at(torn, std::vector<uint8_t>{0xee}).ok());
  f.open();
  log = f.log();
  REQUIRE(log->log_end_offset() == Offset(19));
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
  REQUIRE(f.directory->checkpoint().ok());
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
  for (int i = 0; i < 60; ++i) {
    if (i == 10) refuse(f, "index.tmp");
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

TEST_CASE("after some checkpoints by bytes one syncs, for whom the page cache is lost") {
  CacheFixture f;
  f.checkpoint_bytes = 100;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 6; ++i) f.directory->run_once();
  for (int i = 0; i < 8; ++i) {
    append(*log, {.value = std::string(100, 'x')});
    f.directory->run_once();
    CHECK(log->recovery_point() == Offset(0));
  }
  append(*log, {.value = std::string(100, 'x')});
  f.directory->run_once();
  CHECK(log->recovery_point() == Offset(9));
  CHECK(log->durable_offset() == Offset(9));
}

TEST_CASE("where most is synced, a checkpoint by bytes may as well be") {
  CacheFixture f;
  f.config.flush_messages = 1;
  f.journal = {1 << 20, 4};
  f.checkpoint_bytes = 1000;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 6; ++i) f.directory->run_once();
  for (int i = 0; i < 20; ++i) {
    append(*log);
    f.directory->run_once();
  }
  CHECK(log->recovery_point() > Offset(0));
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
  append(*log);
  CHECK(log->durable_offset() < Offset(21));
  log = nullptr;
  f.kill();
  f.open();
  log = f.log();
  CHECK(log->log_end_offset() == Offset(21));
  CHECK(log->durable_offset() == Offset(21));
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(21));
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

TEST_CASE("what flush() answers after a start that cut is on the disk") {
  CacheFixture f;
  auto log = log_that_was_cut(f);
  REQUIRE(*log->flush() == Offset(19));
  CHECK(log->durable_offset() == Offset(19));
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(19));
}

TEST_CASE("what is acknowledged after a start that cut survives, with all before it") {
  CacheFixture f;
  auto log = log_that_was_cut(f);
  f.config.flush_messages = 1;
  log->configure(f.config);
  for (int i = 0; i < 6; ++i) f.directory->run_once();
  FlushTurn turn;
  std::vector<uint8_t> batch = make_batch();
  const auto appended = log->append(batch, AppendOrigin::client, &turn);
  REQUIRE(appended.ok());
  turn.carry_out();
  f.directory->run_once();
  REQUIRE(log->high_watermark() >= appended->required_high_watermark);
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(20));
}

// The recovery point must pass them: above it they are holes.
TEST_CASE("gaps that compaction left outlive any number of starts") {
  for (const bool from_kafka : {true, false}) {
    for (const bool within_segment : {true, false}) {
      CAPTURE(from_kafka);
      CAPTURE(within_segment);
      CacheFixture f;
      f.config.segment_bytes = 200;
      f.config.validation.compacted = true;
      f.open();
      auto log = f.log();
      for (int i = 0; i < 12; ++i) append(*log);
      for (int i = 0; i < 6; ++i) f.directory->run_once();
      REQUIRE(f.directory->checkpoint().ok());
      log = nullptr;
      f.kill();
      const Offset cleaned(4);
      if (within_segment) {
        auto file = f.disk->open(segment_path(cleaned, SegmentFileKind::log), OpenMode::read_write);
        REQUIRE(file.ok());
        REQUIRE((*file)->truncate(static_cast<int64_t>(make_batch().size())).ok());
      } else {
        for (const auto kind : {SegmentFileKind::log, SegmentFileKind::offset_index,
                                SegmentFileKind::time_index, SegmentFileKind::snapshot}) {
          REQUIRE(remove_if_there(*f.disk, segment_path(cleaned, kind)).ok());
        }
      }
      REQUIRE(f.disk->remove_file("/data/recovery-point-offset-checkpoint").ok());
      if (from_kafka) {
        const std::string journal = "/data/odradek-journal";
        const auto entries = f.disk->list(journal);
        for (const auto& entry : *entries) {
          REQUIRE(f.disk->remove_file(journal + "/" + entry.name).ok());
        }
        REQUIRE(f.disk->remove_directory(journal).ok());
      }
      for (int start = 0; start < 3; ++start) {
        f.open();
        CHECK(f.log()->log_end_offset() == Offset(12));
        CHECK(f.directory->recovery_report().bytes_cut == 0);
        f.kill();
      }
    }
  }
}

// Takes the second batch out of a segment that ends at `end`: a gap, as Kafka's cleaner leaves one.
void remove_second_batch(CacheFixture& f, Offset base, Offset end) {
  const auto batch = static_cast<int64_t>(make_batch().size());
  const int64_t bytes = (end.value - base.value) * batch;
  auto file = f.disk->open(segment_path(base, SegmentFileKind::log), OpenMode::read_write);
  std::vector<uint8_t> behind(static_cast<size_t>(bytes - 2 * batch));
  REQUIRE((*file)->read_at(Position(2 * batch), behind).ok());
  REQUIRE((*file)->write_at(Position(batch), behind).ok());
  REQUIRE((*file)->truncate(bytes - batch).ok());
}

// Above the recovery point a gap is a hole, so that the point must never go back over one.
TEST_CASE("a gap below the recovery point outlives a start from a point before it") {
  for (const bool full : {false, true}) {
    CAPTURE(full);
    CacheFixture f;
    f.config.segment_bytes = 500;
    f.open();
    auto log = f.log();
    for (int i = 0; i < 3; ++i) append(*log);
    REQUIRE(f.directory->checkpoint().ok());
    for (int i = 3; i < 10; ++i) append(*log);
    for (int i = 0; i < 6; ++i) f.directory->run_once();
    REQUIRE(log->segment_count() == 2);
    // The point of the next checkpoint finds no room, its recovery point does.
    refuse(f, "index");
    REQUIRE(f.directory->checkpoint().ok());
    REQUIRE(log->recovery_point() == Offset(10));
    log = nullptr;
    f.kill();
    f.disk->before_each_change(nullptr);
    remove_second_batch(f, newest_segment(f), Offset(10));
    if (full) refuse(f, "index.tmp");
    for (int start = 0; start < 3; ++start) {
      CAPTURE(start);
      f.open();
      CHECK(f.directory->recovery_report().bytes_cut == 0);
      CHECK(f.log()->log_end_offset() == Offset(10));
      CHECK(f.log()->recovery_point() == Offset(10));
      REQUIRE(f.directory->checkpoint().ok());
      f.kill();
    }
  }
}

TEST_CASE("a gap below the recovery point outlives a roll that is not finished") {
  CacheFixture f;
  f.config.segment_bytes = 500;
  f.open();
  for (int i = 0; i < 5; ++i) append(*f.log());
  REQUIRE(f.directory->checkpoint().ok());
  f.kill();
  remove_second_batch(f, Offset(0), Offset(5));
  refuse(f, "index.tmp");
  f.open();
  auto log = f.log();
  while (log->segment_count() < 2) append(*log);
  for (int i = 0; i < 6; ++i) f.directory->run_once();
  const Offset end = log->log_end_offset();
  log = nullptr;
  for (int start = 0; start < 3; ++start) {
    CAPTURE(start);
    REQUIRE(f.directory->checkpoint().ok());
    CHECK(f.log()->recovery_point() >= Offset(5));
    f.kill();
    f.open();
    CHECK(f.directory->recovery_report().bytes_cut == 0);
    CHECK(f.log()->log_end_offset() == end);
  }
}

TEST_CASE("starts after kills do not read more and more") {
  CacheFixture f;
  f.checkpoint_bytes = 1000;
  f.open();
  const auto batch = static_cast<int64_t>(make_batch().size());
  for (int life = 0; life < 40; ++life) {
    auto log = f.log();
    for (int i = 0; i < 3; ++i) append(*log);  // of themselves too few for a checkpoint
    f.directory->run_once();
    log = nullptr;
    f.kill();
    f.open();
    CHECK(f.log()->log_end_offset() == Offset(3 * (life + 1)));
    CHECK(f.directory->recovery_report().bytes_scanned <= 1000 + 4 * batch);
    f.directory->run_once();
  }
}

// The kernel tells of a page that it could not write once, and shows it as it was before.
TEST_CASE("after a failed sync no point on the page cache is believed") {
  CacheFixture f;
  f.checkpoint_bytes = 500;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 20; ++i) {
    append(*log);
    f.directory->run_once();
  }
  f.disk->before_each_change([](const FileCall& call) {
    const bool hit = call.kind == FileCallKind::sync_data && call.path.ends_with(".log");
    return hit ? FaultDecision::fail(FileErrorKind::io) : FaultDecision::proceed();
  });
  CHECK_FALSE(f.directory->checkpoint().ok());
  CHECK_FALSE(log->online());
  f.disk->before_each_change(nullptr);
  log = nullptr;
  f.kill();
  const auto batch = static_cast<int64_t>(make_batch().size());
  {
    auto file = f.disk->open(segment_path(Offset(0), SegmentFileKind::log), OpenMode::read_write);
    REQUIRE((*file)->write_at(Position(5 * batch), std::vector<uint8_t>(300)).ok());
  }
  f.open();
  log = f.log();
  CHECK(log->log_end_offset() == Offset(5));
  REQUIRE(f.directory->checkpoint().ok());
  CHECK(log->recovery_point() == Offset(5));
}

}  // namespace odradek
