#include "log/partition_log.h"

#include "log/producer_state.h"
#include "log/uuid_text.h"
#include "log_fixture.h"

namespace odradek {
namespace {

class Watcher final : public HighWatermarkObserver {
 public:
  void high_watermark_advanced(PartitionLog&, Offset high_watermark) noexcept override {
    seen.push_back(high_watermark.value);
  }
  std::vector<int64_t> seen;
};

std::vector<int64_t> aborted_in(const PartitionLog& log, Offset from, size_t bytes_max) {
  auto outcome = log.read(from, bytes_max, ReadLimit::last_stable_offset, true, nullptr);
  REQUIRE(outcome.ok());
  std::vector<int64_t> firsts;
  for (const auto& transaction : outcome->aborted) firsts.push_back(transaction.first_offset.value);
  return firsts;
}

BatchSpec transactional(int64_t producer, int32_t sequence, int records = 1) {
  return {.records = records,
          .producer = ProducerId(producer),
          .sequence = sequence,
          .transactional = true};
}

void end_transaction(PartitionLog& log, int64_t producer, bool commit) {
  std::vector<uint8_t> marker = make_marker(ProducerId(producer), 0, commit);
  auto ended = log.append(marker, AppendOrigin::coordinator);
  REQUIRE_MESSAGE(ended.ok(), (ended.ok() ? std::string() : ended.error().detail));
}

}  // namespace

TEST_CASE("with flush.messages 1 a batch is readable once it is durable") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  Watcher watcher;
  log->add_observer(&watcher);
  const AppendOutcome first = append(*log, {.records = 3});
  append(*log);
  CHECK(first.required_high_watermark == Offset(3));
  CHECK(f.directory->unflushed_bytes() > 0);
  CHECK(log->read(Offset(0), 1000, ReadLimit::high_watermark, true, nullptr)->bytes == 0);
  CHECK(log->read(Offset(0), 1000, ReadLimit::log_end_offset, true, nullptr)->bytes > 0);
  CHECK(watcher.seen.empty());
  f.directory->run_once();
  CHECK(watcher.seen == std::vector<int64_t>{4});
  CHECK(log->durable_offset() == Offset(4));
  CHECK(f.directory->unflushed_bytes() == 0);
  log->remove_observer(&watcher);
}

TEST_CASE("with 64 MiB that are not durable a log is backed up, until its own are flushed") {
  DirectoryFixture f;
  f.config.flush_messages = 1000000;
  f.open();
  auto log = f.log();
  auto idle = f.log("idle");
  const BatchSpec big{.value = std::string(900000, 'v')};
  while (f.directory->unflushed_bytes() < 64 << 20) {
    CHECK_FALSE(log->is_backed_up());
    append(*log, big);
  }
  CHECK(log->is_backed_up());
  CHECK_FALSE(idle->is_backed_up());  // it has nothing to wait for
  CHECK(log->durable_offset() == Offset(0));
  f.directory->run_once();  // being asked, it asked for a flush
  CHECK(log->durable_offset() == log->log_end_offset());
  CHECK_FALSE(log->is_backed_up());
}

TEST_CASE("without flushes a batch is readable at once, and told on the appending thread") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  f.open();
  auto log = f.log();
  Watcher watcher;
  log->add_observer(&watcher);
  append(*log, {.records = 2});
  append(*log);
  CHECK(watcher.seen == std::vector<int64_t>{2, 3});
  f.directory->run_once();
  CHECK(log->durable_offset() == Offset(0));
  CHECK(f.directory->unflushed_bytes() == 0);
  CHECK(*log->flush() == Offset(3));
  CHECK(log->durable_offset() == Offset(3));
  log->remove_observer(&watcher);
}

TEST_CASE("flush.ms flushes what is old enough") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  f.config.flush_ms = 50;
  f.open();
  auto log = f.log();
  append(*log);
  f.clock.advance(49);
  append(*log);
  f.directory->run_once();
  CHECK(log->durable_offset() == Offset(0));
  f.clock.advance(1);
  f.directory->run_once();
  CHECK(log->durable_offset() == Offset(2));
  append(*log);
  f.clock.advance(50);
  f.directory->run_once();
  CHECK(log->durable_offset() == Offset(3));
}

TEST_CASE("many logs are made durable in one round") {
  DirectoryFixture f;
  f.journal.part_bytes = 1 << 20;
  f.open();
  std::vector<std::shared_ptr<PartitionLog>> logs;
  for (int i = 0; i < 300; ++i) logs.push_back(f.log("orders", i));
  f.directory->run_once();
  for (const auto& log : logs) append(*log);
  int syncs = 0;
  f.disk->before_each_change([&](const FileCall& call) {
    // Not those of a spare part that is made ahead.
    const bool of_interest = call.path.ends_with(".log") || call.path.ends_with("part-0");
    const bool is_sync =
        call.kind == FileCallKind::sync_data || call.kind == FileCallKind::sync_file_system;
    if (is_sync && of_interest) ++syncs;
    return FaultDecision::proceed();
  });
  f.directory->run_once();
  CHECK(syncs == 1);  // that of the journal
  for (const auto& log : logs) CHECK(log->high_watermark() == Offset(1));
}

TEST_CASE("a repeated batch is answered with the first one's offsets and not stored") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  const BatchSpec spec{.records = 2, .producer = ProducerId(5), .sequence = 0};
  append(*log, spec);
  append(*log, {.producer = ProducerId(5), .sequence = 2});
  const AppendOutcome again = append(*log, spec);
  CHECK(again.duplicate);
  CHECK(again.base_offset == Offset(0));
  CHECK(again.last_offset == Offset(1));
  CHECK(again.required_high_watermark == Offset(2));
  CHECK(again.log_append_time != kNoTimestamp);  // the batch's own time, as Kafka tells it
  CHECK(log->log_end_offset() == Offset(3));
  std::vector<uint8_t> gap = make_batch({.producer = ProducerId(5), .sequence = 9});
  auto refused = log->append(gap, AppendOrigin::client);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::out_of_order_sequence_number);
  CHECK(log->log_end_offset() == Offset(3));
}

TEST_CASE("producers go on after every kind of restart") {
  for (int how = 0; how < 3; ++how) {
    CAPTURE(how);
    DirectoryFixture f;
    f.config.segment_bytes = 400;
    f.open();
    for (int32_t sequence = 0; sequence < 20; ++sequence) {
      auto log = f.log();
      const BatchSpec spec{
          .value = std::string(60, 'v'), .producer = ProducerId(5), .sequence = sequence};
      append(*log, spec);
      REQUIRE(log->flush().ok());
      log = nullptr;
      if (how == 0) f.close();
      if (how == 1) f.kill();
      if (how == 2) f.power_cut(CrashKind::lost);
      f.open();
      log = f.log();
      CHECK(append(*log, spec).duplicate);
      REQUIRE(log->producers().size() == 1);
      CHECK(log->producers()[0].last_sequence == Sequence(sequence));
    }
    CHECK(f.log()->segment_count() > 5);
  }
}

TEST_CASE("a batch larger than a segment is refused") {
  DirectoryFixture f;
  f.config.segment_bytes = 200;
  f.open();
  auto log = f.log();
  std::vector<uint8_t> large = make_batch({.value = std::string(300, 'x')});
  auto refused = log->append(large, AppendOrigin::client);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::record_list_too_large);
  append(*log);
}

TEST_CASE("batches carry the leader epoch, and its start is found again") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  log->become_leader(LeaderEpoch(3));
  append(*log, {.records = 2});
  log->become_leader(LeaderEpoch(7));
  append(*log);
  for (int restart = 0; restart < 3; ++restart) {
    CAPTURE(restart);
    LeaderEpoch found;
    CHECK(log->end_offset_of(LeaderEpoch(3), &found) == Offset(2));
    CHECK(log->end_offset_of(LeaderEpoch(7), &found) == Offset(3));
    CHECK(log->leader_epoch_at(Offset(1)) == LeaderEpoch(3));
    CHECK(log->leader_epoch_at(Offset(2)) == LeaderEpoch(7));
    CHECK(log->leader_epoch() == LeaderEpoch(7));
    auto outcome = log->read(Offset(0), 1000, ReadLimit::log_end_offset, true, nullptr);
    const auto bytes = bytes_of(*outcome);
    CHECK(batches_in(bytes)[1].leader_epoch() == LeaderEpoch(7));
    log = nullptr;
    if (restart == 0) f.close();
    if (restart == 1) f.kill();
    if (restart < 2) f.open();
    if (restart < 2) log = f.log();
    if (restart == 2) break;
  }
}

TEST_CASE("read_committed ends at the oldest open transaction and names the aborted ones") {
  DirectoryFixture f;
  f.config.segment_bytes = 500;
  f.open();
  auto log = f.log();
  append(*log, {.records = 2});                    // 0, 1
  append(*log, transactional(5, 0, 2));            // 2, 3
  append(*log, transactional(6, 0));               // 4
  append(*log, {.value = std::string(200, 'x')});  // 5
  f.directory->run_once();
  CHECK(log->high_watermark() == Offset(6));
  CHECK(log->last_stable_offset() == Offset(2));
  auto stable = log->read(Offset(0), 10000, ReadLimit::last_stable_offset, true, nullptr);
  CHECK(stable->next_offset == Offset(2));
  CHECK(stable->last_stable_offset == Offset(2));

  end_transaction(*log, 6, false);  // 6
  f.directory->run_once();
  CHECK(log->last_stable_offset() == Offset(2));
  end_transaction(*log, 5, true);                 // 7
  CHECK(log->last_stable_offset() == Offset(2));  // the marker is not durable yet
  f.directory->run_once();
  CHECK(log->last_stable_offset() == Offset(8));
  CHECK(log->segment_count() > 1);
  for (int restart = 0; restart < 3; ++restart) {
    CAPTURE(restart);
    CHECK(aborted_in(*log, Offset(0), 10000) == std::vector<int64_t>{4});
    CHECK(aborted_in(*log, Offset(4), 1) == std::vector<int64_t>{4});
    CHECK(aborted_in(*log, Offset(0), 1).empty());
    CHECK(aborted_in(*log, Offset(7), 1000).empty());
    log = nullptr;
    restart == 0 ? f.close() : f.kill();
    f.open();
    log = f.log();
    CHECK(log->last_stable_offset() == Offset(8));
  }
}

TEST_CASE("a producer whose records are deleted is told of its duplicates") {
  for (int how = 0; how < 4; ++how) {
    CAPTURE(how);
    DirectoryFixture f;
    f.config.segment_bytes = 400;
    f.config.file_delete_delay_ms = 0;
    f.open();
    auto log = f.log();
    const auto spec = [](int32_t sequence) {
      return BatchSpec{
          .value = std::string(100, 'v'), .producer = ProducerId(5), .sequence = sequence};
    };
    for (int32_t i = 0; i < 7; ++i) append(*log, spec(i));
    f.directory->run_once();
    REQUIRE(*log->delete_up_to(Offset(7)) == Offset(7));
    f.directory->run_once();
    REQUIRE(log->segment_count() == 1);
    log = nullptr;
    if (how == 1) f.close();
    if (how == 2) f.kill();
    if (how == 3) f.power_cut(CrashKind::lost);
    if (how > 0) f.open();
    log = f.log();
    REQUIRE(log->log_start_offset() == Offset(7));
    // The last five; in the snapshot that a start reads the last one is, as in Kafka's.
    for (int32_t i = how == 0 ? 2 : 6; i < 7; ++i) {
      const AppendOutcome again = append(*log, spec(i));
      CHECK(again.duplicate);
      CHECK(again.base_offset == Offset(i));
    }
    CHECK(log->log_end_offset() == Offset(7));
    CHECK(append(*log, spec(7)).base_offset == Offset(7));
  }
}

TEST_CASE("a producer of old records is told of its duplicates until the next look for idle ones") {
  for (int how = 0; how < 4; ++how) {
    CAPTURE(how);
    DirectoryFixture f;
    f.producer_check_interval_ms = 300000;
    f.open();
    auto log = f.log();
    const BatchSpec old{.timestamp = 1600000000000, .producer = ProducerId(5)};
    append(*log, old);
    REQUIRE(log->flush().ok());
    for (int64_t waited = 0; waited + 60000 < 300000; waited += 60000) {
      f.clock.advance(60000);
      f.directory->run_once();
    }
    CHECK(append(*log, old).duplicate);
    log = nullptr;
    if (how == 1) f.close();
    if (how == 2) f.kill();
    if (how == 3) f.power_cut(CrashKind::lost);
    if (how > 0) f.open();
    log = f.log();
    CHECK(append(*log, old).duplicate);
    append(*log, {.producer = ProducerId(6)});
    f.clock.advance(300000);
    f.directory->run_once();
    REQUIRE(log->producers().size() == 1);  // whose records are new stays
    CHECK(log->producers()[0].producer_id == ProducerId(6));
    CHECK(append(*log, old).base_offset == Offset(2));
  }
}

TEST_CASE("a transaction stays open over restarts and is found where it began") {
  for (int how = 0; how < 3; ++how) {
    CAPTURE(how);
    DirectoryFixture f;
    f.config.segment_bytes = 400;
    f.open();
    auto log = f.log();
    append(*log, {.records = 3});
    append(*log, transactional(5, 0));  // 3
    for (int i = 0; i < 6; ++i) append(*log, {.value = std::string(150, 'x')});
    REQUIRE(log->flush().ok());
    log = nullptr;
    if (how == 0) f.close();
    if (how == 1) f.kill();
    if (how == 2) f.power_cut(CrashKind::reordered, 3);
    f.open();
    log = f.log();
    CHECK(log->last_stable_offset() == Offset(3));
    ReadHint hint;
    auto stable = log->read(Offset(0), 10000, ReadLimit::last_stable_offset, true, &hint);
    REQUIRE(stable.ok());
    CHECK(stable->next_offset == Offset(3));
    CHECK(stable->bytes == make_batch({.records = 3}).size());
    // A producer in a transaction is not forgotten, however long it is idle.
    f.clock.advance(100LL * 86400000);
    f.directory->run_once();
    end_transaction(*log, 5, false);
    f.directory->run_once();
    CHECK(log->last_stable_offset() == log->log_end_offset());
    CHECK(aborted_in(*log, Offset(3), 10) == std::vector<int64_t>{3});
  }
}

TEST_CASE("truncation takes transactions, epochs and producers back") {
  DirectoryFixture f;
  f.config.segment_bytes = 400;
  f.open();
  auto log = f.log();
  append(*log, transactional(5, 0));                         // 0
  append(*log, {.producer = ProducerId(6), .sequence = 0});  // 1
  log->become_leader(LeaderEpoch(2));
  end_transaction(*log, 5, false);  // 2
  for (int i = 0; i < 5; ++i) append(*log, {.value = std::string(100, 'x')});
  append(*log, {.producer = ProducerId(6), .sequence = 1});
  f.directory->run_once();
  CHECK(log->last_stable_offset() == Offset(9));
  CHECK(*log->truncate_to(Offset(2)) == Offset(2));
  CHECK(log->last_stable_offset() == Offset(0));
  CHECK(log->leader_epoch_at(Offset(2)) == LeaderEpoch(0));
  CHECK(append(*log, {.producer = ProducerId(6), .sequence = 1}).base_offset == Offset(2));
  end_transaction(*log, 5, true);
  f.directory->run_once();
  CHECK(log->last_stable_offset() == Offset(4));
  CHECK(aborted_in(*log, Offset(0), 10000).empty());
}

TEST_CASE("deleted records are gone for good, and whole segments with them") {
  DirectoryFixture f;
  f.config.segment_bytes = 300;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 10; ++i) append(*log, {.value = std::string(50, 'x')});
  CHECK(*log->delete_up_to(Offset(4)) == Offset(0));  // nothing is below the high watermark
  f.directory->run_once();
  const size_t segments = log->segment_count();
  const int64_t size = log->size_bytes();
  CHECK(*log->delete_up_to(Offset(4)) == Offset(4));
  CHECK(*log->delete_up_to(Offset(2)) == Offset(4));  // never back
  CHECK(log->segment_count() < segments);
  CHECK(log->size_bytes() < size);
  auto outside = log->read(Offset(3), 100, ReadLimit::high_watermark, true, nullptr);
  REQUIRE_FALSE(outside.ok());
  CHECK(outside.error().code == ErrorCode::offset_out_of_range);
  auto inside = log->read(Offset(4), 100, ReadLimit::high_watermark, true, nullptr);
  const auto deleted_files = [&] {
    int count = 0;
    const auto entries = f.disk->list("/data/orders-0");
    for (const auto& entry : *entries) {
      if (entry.name.ends_with(".deleted")) ++count;
    }
    return count;
  };
  CHECK(deleted_files() > 0);
  f.directory->run_once();
  CHECK(deleted_files() > 0);  // kept for file.delete.delay.ms
  f.clock.advance(60000);
  f.directory->run_once();
  CHECK(deleted_files() == 0);
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_start_offset() == Offset(4));
}

TEST_CASE("a file that is being read is not removed under the reader") {
  DirectoryFixture f;
  f.config.segment_bytes = 300;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 10; ++i) append(*log, {.value = std::string(50, 'x')});
  f.directory->run_once();
  auto held = log->read(Offset(0), 1 << 20, ReadLimit::high_watermark, true, nullptr);
  REQUIRE(held.ok());
  REQUIRE(log->delete_up_to(Offset(10)).ok());
  f.clock.advance(60000);
  f.directory->run_once();
  CHECK(batches_in(bytes_of(*held)).size() >= 1);
  CHECK(f.disk->status("/data/orders-0/00000000000000000000.log.deleted").ok());
  held->file = nullptr;
  f.clock.advance(1000);
  f.directory->run_once();
  CHECK_FALSE(f.disk->status("/data/orders-0/00000000000000000000.log.deleted").ok());
}

TEST_CASE("a sequential reader looks nothing up") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  f.config.segment_bytes = 2000;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 60; ++i) append(*log);
  ReadHint hint;
  Offset at(0);
  while (at < Offset(60)) {
    auto outcome = log->read(at, 500, ReadLimit::high_watermark, true, &hint);
    REQUIRE(outcome.ok());
    REQUIRE(outcome->bytes > 0);
    CHECK(hint.offset == outcome->next_offset);
    CHECK(hint.position == outcome->position + static_cast<int64_t>(outcome->bytes));
    at = outcome->next_offset;
  }
  // A position that was noted before a truncation is not trusted after it.
  REQUIRE(log->truncate_to(Offset(57)).ok());
  append(*log, {.records = 9, .value = "a much longer value than before"});
  hint.offset = Offset(60);
  auto outcome = log->read(Offset(60), 500, ReadLimit::high_watermark, true, &hint);
  REQUIRE(outcome.ok());
  const auto bytes = bytes_of(*outcome);
  CHECK(batches_in(bytes)[0].base_offset() == Offset(57));
}

TEST_CASE("a log that is closed or deleted says so, also to its observers") {
  DirectoryFixture f;
  f.open();
  auto kept = f.log("kept");
  auto gone = f.log("gone");
  Watcher kept_watcher;
  Watcher gone_watcher;
  kept->add_observer(&kept_watcher);
  gone->add_observer(&gone_watcher);
  append(*gone);
  REQUIRE(f.directory->delete_partition({"gone", PartitionIndex(0)}).ok());
  CHECK(gone_watcher.seen == std::vector<int64_t>{-1});
  CHECK_FALSE(gone->online());
  std::vector<uint8_t> batch = make_batch();
  CHECK(gone->append(batch, AppendOrigin::client).error().code ==
        ErrorCode::not_leader_or_follower);
  CHECK(gone->read(Offset(0), 1, ReadLimit::high_watermark, true, nullptr).error().code ==
        ErrorCode::not_leader_or_follower);
  f.directory->run_once();
  REQUIRE(f.directory->close().ok());
  CHECK(kept_watcher.seen == std::vector<int64_t>{-1});
  CHECK(kept->append(batch, AppendOrigin::client).error().code == ErrorCode::kafka_storage_error);
  kept->remove_observer(&kept_watcher);
  gone->remove_observer(&gone_watcher);
}

}  // namespace odradek
