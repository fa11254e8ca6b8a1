#include "log/flush_turn.h"

#include <atomic>
#include <thread>

#include "../file/temporary_directory.h"
#include "log_fixture.h"

namespace odradek {
namespace {

AppendOutcome append_in(FlushTurn& turn, PartitionLog& log, const BatchSpec& spec = {}) {
  std::vector<uint8_t> batch = make_batch(spec);
  auto outcome = log.append(batch, AppendOrigin::client, &turn);
  REQUIRE_MESSAGE(outcome.ok(), (outcome.ok() ? std::string() : outcome.error().detail));
  return *outcome;
}

// Directory and log with a journal that has room; no thread runs but the test's.
std::shared_ptr<PartitionLog> ready_log(DirectoryFixture& f) {
  f.open();
  auto log = f.log();
  for (int i = 0; i < 6; ++i) f.directory->run_once();
  return log;
}

std::shared_ptr<int> count_syncs(DirectoryFixture& f) {
  auto syncs = std::make_shared<int>(0);
  f.disk->before_each_change([syncs](const FileCall& call) {
    *syncs += call.kind == FileCallKind::sync_data ? 1 : 0;
    return FaultDecision::proceed();
  });
  return syncs;
}

}  // namespace

TEST_CASE("a turn commits what its appends asked for, on its own thread and all together") {
  DirectoryFixture f;
  auto orders = ready_log(f);
  auto users = f.log("orders", 1);
  const auto syncs = count_syncs(f);
  FlushTurn turn;
  CHECK(turn.empty());
  append_in(turn, *orders);
  append_in(turn, *users, {.records = 3});
  append_in(turn, *orders);
  CHECK_FALSE(turn.empty());
  CHECK(orders->high_watermark() == Offset(0));
  turn.carry_out();
  CHECK(turn.empty());
  CHECK(orders->high_watermark() == Offset(2));
  CHECK(users->durable_offset() == Offset(3));
  CHECK(*syncs == 1);
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(2));
  CHECK(f.log("orders", 1)->log_end_offset() == Offset(3));
}

TEST_CASE("what a turn hands over is the flusher's") {
  DirectoryFixture f;
  auto log = ready_log(f);
  {
    FlushTurn turn;
    append_in(turn, *log);
    turn.hand_over();
    CHECK(turn.empty());
    CHECK(log->durable_offset() == Offset(0));
    // The flusher is on its way: it takes this one, too.
    append_in(turn, *log);
    turn.carry_out();
    CHECK(log->durable_offset() == Offset(0));
  }
  f.directory->run_once();
  CHECK(log->durable_offset() == Offset(2));
  {  // One that ends without a word hands over.
    FlushTurn turn;
    append_in(turn, *log);
  }
  f.directory->run_once();
  CHECK(log->durable_offset() == Offset(3));
}

TEST_CASE("more than a commit holds is left to the flusher, which syncs the segment") {
  DirectoryFixture f;
  f.config.segment_bytes = 8 << 20;
  auto log = ready_log(f);
  FlushTurn turn;
  append_in(turn, *log, {.value = std::string((1 << 20) + 1, 'x')});
  turn.carry_out();
  CHECK(turn.empty());
  CHECK(log->durable_offset() == Offset(0));
  f.directory->run_once();
  CHECK(log->durable_offset() == Offset(1));
}

TEST_CASE("a turn makes one commit, and leaves what does not fit to the flusher") {
  DirectoryFixture f;
  f.journal = {4 << 20, 16};
  f.open();
  std::vector<std::shared_ptr<PartitionLog>> logs;
  for (int32_t i = 0; i < 6; ++i) logs.push_back(f.log("orders", i));
  for (int i = 0; i < 12; ++i) f.directory->run_once();
  const auto syncs = count_syncs(f);
  FlushTurn turn;
  for (const auto& log : logs) append_in(turn, *log, {.value = std::string(400000, 'x')});
  turn.carry_out();
  CHECK(*syncs == 1);
  CHECK(logs[1]->durable_offset() == Offset(1));
  CHECK(logs[2]->durable_offset() == Offset(0));
  f.directory->run_once();
  for (const auto& log : logs) CHECK(log->durable_offset() == Offset(1));
}

TEST_CASE("after a slow commit the flusher has the next one, until it is fast again") {
  DirectoryFixture f;
  auto log = ready_log(f);
  int64_t sync_ms = 5;
  f.disk->before_each_change([&](const FileCall& call) {
    if (call.kind == FileCallKind::sync_data) f.clock.advance(sync_ms);
    return FaultDecision::proceed();
  });
  FlushTurn turn;
  append_in(turn, *log);
  turn.carry_out();
  CHECK(log->durable_offset() == Offset(1));  // nobody knew
  append_in(turn, *log);
  turn.carry_out();
  CHECK(log->durable_offset() == Offset(1));
  sync_ms = 0;
  f.directory->run_once();
  CHECK(log->durable_offset() == Offset(2));
  append_in(turn, *log);
  turn.carry_out();
  CHECK(log->durable_offset() == Offset(3));
}

TEST_CASE("of several directories one is seen to here, the others by their flushers") {
  DirectoryFixture a;
  DirectoryFixture b;
  auto first = ready_log(a);
  auto second = ready_log(b);
  FlushTurn turn;
  append_in(turn, *first);
  append_in(turn, *second);
  turn.carry_out();
  CHECK(turn.empty());
  CHECK(first->durable_offset() == Offset(1));
  CHECK(second->durable_offset() == Offset(0));
  b.directory->run_once();
  CHECK(second->durable_offset() == Offset(1));
}

TEST_CASE("a commit that fails in a turn takes the directory offline and acknowledges nothing") {
  DirectoryFixture f;
  auto log = ready_log(f);
  f.disk->before_each_change([](const FileCall& call) {
    const bool hit = call.kind == FileCallKind::sync_data;
    return hit ? FaultDecision::fail(FileErrorKind::io) : FaultDecision::proceed();
  });
  FlushTurn turn;
  append_in(turn, *log);
  turn.carry_out();
  CHECK(turn.empty());
  CHECK(log->durable_offset() == Offset(0));
  CHECK(log->high_watermark() == Offset(0));
  CHECK(f.directory->offline_reason().find("a flush failed") != std::string::npos);
  f.disk->before_each_change(nullptr);
  turn.carry_out();
  CHECK(log->high_watermark() == Offset(0));
}

TEST_CASE("a turn outlives its directory") {
  DirectoryFixture f;
  auto log = ready_log(f);
  FlushTurn turn;
  append_in(turn, *log);
  f.kill();
  turn.carry_out();
  CHECK(turn.empty());
  CHECK(log->durable_offset() == Offset(0));
  log = nullptr;
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(1));
}

TEST_CASE("turns of several threads, the flusher and the end of the directory") {
  TemporaryDirectory folder;
  LogDirectoryOptions options = on_real_disk(folder.path() + "/data");
  options.journal = {1 << 16, 4};  // is filled many times
  auto opened = LogDirectory::open(options);
  REQUIRE(opened.ok());
  std::atomic<bool> stop{false};
  std::atomic<int64_t> acknowledged{0};
  const auto work = [&](int32_t partition) {
    auto log = (*opened)->open_partition({"orders", PartitionIndex(partition)}, make_uuid(1), {});
    REQUIRE(log.ok());
    FlushTurn turn;
    for (int i = 0; !stop.load(); ++i) {
      std::vector<uint8_t> batch = make_batch({.value = std::string(200, 'x')});
      auto outcome = (*log)->append(batch, AppendOrigin::client, &turn);
      if (!outcome.ok()) break;  // closed
      if (i % 3 == 0) continue;
      i % 2 == 0 ? turn.carry_out() : turn.hand_over();
      while ((*log)->high_watermark() < outcome->required_high_watermark && (*log)->online()) {
        std::this_thread::yield();
      }
      if ((*log)->online()) acknowledged.fetch_add(1);
    }
  };
  std::vector<std::thread> threads;
  for (int32_t i = 0; i < 3; ++i) threads.emplace_back(work, i);
  while (acknowledged.load() < 300) std::this_thread::yield();
  const auto closed = (*opened)->close();
  CHECK_MESSAGE(closed.ok(), (closed.ok() ? std::string() : closed.error().detail));
  stop.store(true);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace odradek
