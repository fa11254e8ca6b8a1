// A short workload that meets one failed call, or loses power before one, for every call that it
// makes; then the next start, with every way in which a power cut may fall.
#include <optional>
#include <set>

#include "log_fixture.h"

namespace odradek {
namespace {

// What the workload was promised.
struct Promises {
  std::vector<std::vector<uint8_t>> stored;  // by batch, as appended
  std::vector<Offset> ends;                  // log end behind each
  Offset acknowledged{0};                    // high watermark that was seen
  Offset log_start{0};                       // that was answered
  Offset asked_start{0};                     // that may have been reached
  bool refused = false;                      // an append was refused for want of room
  bool failed = false;                       // some call answered an error
};

LogConfig small_segments() {
  LogConfig config;
  config.segment_bytes = 1200;
  config.index_interval_bytes = 200;
  return config;
}

struct Workload {
  explicit Workload(DirectoryFixture* fixture) : f(*fixture) { f.config = small_segments(); }

  bool note(bool ok) {
    if (!ok) promises.failed = true;
    return ok;
  }
  bool append_some(PartitionLog& log, int count) {
    for (int i = 0; i < count; ++i) {
      const int sequence = static_cast<int>(promises.stored.size());
      std::vector<uint8_t> batch = make_batch({.timestamp = 1700000000000 + sequence,
                                               .value = std::string(150, 'v'),
                                               .producer = ProducerId(7),
                                               .sequence = sequence});
      auto outcome = log.append(batch, AppendOrigin::client);
      if (!outcome.ok() && log.online()) {
        // Refused, and nothing else: the same batch goes in once there is room.
        promises.refused = true;
        outcome = log.append(batch, AppendOrigin::client);
      }
      if (!note(outcome.ok())) return false;
      promises.stored.push_back(std::move(batch));
      promises.ends.push_back(outcome->last_offset + 1);
    }
    return true;
  }
  void run() {
    auto opened = f.try_open();
    if (!note(opened.ok())) return;
    f.directory = std::move(*opened);
    MetaProperties meta{"uwSoqIjGSyubxNe3U9eC7w", 1, "DZy79DGRS4WFeyfHuGA19A"};
    if (!note(f.directory->format(meta).ok())) return;
    auto log = f.try_log();
    if (!note(log.ok())) return;
    use(**log);
    if (promises.failed) return;
    *log = nullptr;
    note(f.directory->close().ok());
  }
  void use(PartitionLog& log) {
    if (!append_some(log, 9)) return;
    f.directory->run_once();
    seen(log);
    if (!append_some(log, 4)) return;
    if (!note(f.directory->checkpoint().ok())) return;
    seen(log);
    promises.asked_start = Offset(8);
    auto start = log.delete_up_to(Offset(8));
    if (!note(start.ok())) return;
    promises.log_start = *start;
    if (!append_some(log, 3)) return;
    f.directory->run_once();
    seen(log);
  }
  void seen(const PartitionLog& log) {
    promises.acknowledged = std::max(promises.acknowledged, log.high_watermark());
  }

  DirectoryFixture& f;
  Promises promises;
};

// Opens what the stop left and holds it against the promises.
void check_kept(std::unique_ptr<MemoryFileSystem> disk, const Promises& promises) {
  DirectoryFixture f;
  f.config = small_segments();
  f.disk = std::move(disk);
  f.open();
  auto log = f.log();
  CHECK(log->log_end_offset() >= promises.acknowledged);
  CHECK(log->log_start_offset() >= promises.log_start);
  CHECK(log->log_start_offset() <= promises.asked_start);
  CHECK(log->durable_offset() == log->log_end_offset());
  CHECK(log->high_watermark() == log->log_end_offset());
  Offset at = log->log_start_offset();
  while (at < log->log_end_offset()) {
    auto outcome = log->read(at, 1, ReadLimit::high_watermark, true, nullptr);
    REQUIRE(outcome.ok());
    const auto index = static_cast<size_t>(at.value);
    REQUIRE(index < promises.stored.size());
    CHECK(text_of(bytes_of(*outcome)) == text_of(promises.stored[index]));
    at = outcome->next_offset;
  }
  // The producer goes on where it was.
  if (log->log_end_offset() > log->log_start_offset()) {
    const auto next = static_cast<int>(log->log_end_offset().value);
    std::vector<uint8_t> gap = make_batch({.producer = ProducerId(7), .sequence = next + 1});
    auto refused = log->append(gap, AppendOrigin::client);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::out_of_order_sequence_number);
    append(*log, {.producer = ProducerId(7), .sequence = next});
  } else {
    append(*log);
  }
  log = nullptr;
  f.close();
}

constexpr CrashKind kCrashKinds[] = {CrashKind::lost, CrashKind::kept, CrashKind::torn,
                                     CrashKind::reordered};

uint64_t calls_of_workload() {
  DirectoryFixture f;
  Workload workload(&f);
  workload.run();
  REQUIRE_FALSE(workload.promises.failed);
  REQUIRE(workload.promises.stored.size() == 16);
  return f.disk->calls();
}

}  // namespace

TEST_CASE("any call may fail: nothing that was acknowledged is lost") {
  const uint64_t calls = calls_of_workload();
  CHECK(calls > 100);
  for (uint64_t n = 1; n <= calls; ++n) {
    for (const FileErrorKind kind : {FileErrorKind::io, FileErrorKind::no_space}) {
      DirectoryFixture f;
      FileCall failed;
      f.disk->before_each_change([&](const FileCall& call) {
        if (call.number != n) return FaultDecision::proceed();
        failed = call;
        return FaultDecision::fail(kind);
      });
      Workload workload(&f);
      workload.run();
      CAPTURE(n);
      CAPTURE(failed.path);
      CAPTURE(static_cast<int>(failed.kind));
      f.disk->before_each_change(nullptr);
      if (f.directory && !f.directory->offline_reason().empty()) {
        auto refused = f.directory->find({"orders", PartitionIndex(0)});
        if (refused) CHECK_FALSE(refused->online());
      }
      f.kill();
      for (const CrashKind crash : kCrashKinds) {
        check_kept(f.disk->after_crash(crash, n), workload.promises);
      }
    }
  }
}

TEST_CASE("a full disk refuses appends and nothing else") {
  DirectoryFixture f;
  Workload workload(&f);
  bool full = false;
  f.disk->before_each_change([&](const FileCall& call) {
    if (full && call.kind == FileCallKind::allocate)
      return FaultDecision::fail(FileErrorKind::no_space);
    return FaultDecision::proceed();
  });
  f.open();
  auto log = f.log();
  REQUIRE(workload.append_some(*log, 5));
  full = true;
  int refused = 0;
  for (int i = 0; i < 10; ++i) {
    std::vector<uint8_t> batch = make_batch({.value = std::string(400, 'v')});
    auto outcome = log->append(batch, AppendOrigin::client);
    if (outcome.ok()) continue;
    ++refused;
    CHECK(outcome.error().code == ErrorCode::kafka_storage_error);
    CHECK(outcome.error().detail.find("disk is full") != std::string::npos);
  }
  CHECK(refused > 0);
  CHECK(log->online());
  CHECK(log->read(Offset(0), 100, ReadLimit::log_end_offset, true, nullptr).ok());
  CHECK(log->flush().ok());
  CHECK(log->delete_up_to(Offset(3)).ok());
  CHECK(f.directory->checkpoint().ok());
  full = false;
  append(*log);
  CHECK(f.directory->offline_reason().empty());
}

TEST_CASE("the first failed write or flush takes the directory offline, once, with a sentence") {
  for (const FileCallKind kind : {FileCallKind::write, FileCallKind::sync_data}) {
    DirectoryFixture f;
    f.open();
    auto log = f.log();
    append(*log);
    f.directory->run_once();
    int told = 0;
    std::string sentence;
    f.directory->on_offline([&](const std::string& reason) {
      ++told;
      sentence = reason;
    });
    f.disk->before_each_change([&](const FileCall& call) {
      const bool in_log = call.path.ends_with(".log");
      const bool in_journal = call.path.find("odradek-journal/part") != std::string::npos;
      const bool hit = call.kind == kind && (in_log || in_journal);
      return hit ? FaultDecision::fail(FileErrorKind::io) : FaultDecision::proceed();
    });
    std::vector<uint8_t> batch = make_batch();
    const bool appended = log->append(batch, AppendOrigin::client).ok();
    CHECK(appended == (kind == FileCallKind::sync_data));
    f.directory->run_once();
    CHECK(told == 1);
    CHECK(sentence == f.directory->offline_reason());
    CHECK_FALSE(sentence.empty());
    CHECK_FALSE(log->online());
    CHECK(log->high_watermark() == Offset(1));
    f.disk->before_each_change(nullptr);  // the disk recovers; the directory must not
    auto later = log->append(batch, AppendOrigin::client);
    REQUIRE_FALSE(later.ok());
    CHECK(later.error().code == ErrorCode::kafka_storage_error);
    CHECK_FALSE(log->flush().ok());
    CHECK_FALSE(log->read(Offset(0), 100, ReadLimit::high_watermark, true, nullptr).ok());
    CHECK_FALSE(f.directory->close().ok());
    CHECK(told == 1);
  }
}

TEST_CASE("power may fail before any call, and again before any call of the recovery") {
  const uint64_t calls = calls_of_workload();
  for (uint64_t n = 1; n <= calls; ++n) {
    CAPTURE(n);
    DirectoryFixture f;
    f.disk->before_each_change([&](const FileCall& call) {
      return call.number == n ? FaultDecision::crash() : FaultDecision::proceed();
    });
    Workload workload(&f);
    workload.run();
    f.kill();
    for (const CrashKind crash : kCrashKinds) {
      CAPTURE(static_cast<int>(crash));
      check_kept(f.disk->after_crash(crash, n), workload.promises);
      // The recovery of one of the crashes is crashed in turn, at a call that varies with n.
      auto disk = f.disk->after_crash(crash, n);
      const uint64_t second = disk->calls() + 1 + n % 13;
      disk->before_each_change([&](const FileCall& call) {
        return call.number == second ? FaultDecision::crash() : FaultDecision::proceed();
      });
      DirectoryFixture again;
      again.config = small_segments();
      again.disk = std::move(disk);
      auto opened = again.try_open();
      if (opened.ok()) {
        again.directory = std::move(*opened);
        static_cast<void>(again.try_log().ok());
        again.kill();
      }
      for (const CrashKind then : kCrashKinds) {
        CAPTURE(static_cast<int>(then));
        check_kept(again.disk->after_crash(then, n * 31), workload.promises);
      }
    }
  }
}

}  // namespace odradek
