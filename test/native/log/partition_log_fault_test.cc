// What a full disk refuses, and what the first failure of a write or sync ends. That any call may
// fail, in any workload, is crash_fault_test.cc.
#include "log_fixture.h"

namespace odradek {

TEST_CASE("a full disk refuses appends and nothing else") {
  DirectoryFixture f;
  f.config.segment_bytes = 1200;
  f.config.index_interval_bytes = 200;
  bool full = false;
  f.disk->before_each_change([&](const FileCall& call) {
    if (full && call.kind == FileCallKind::allocate)
      return FaultDecision::fail(FileErrorKind::no_space);
    return FaultDecision::proceed();
  });
  f.open();
  auto log = f.log();
  for (int i = 0; i < 5; ++i) append(*log, {.value = std::string(150, 'v')});
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

}  // namespace odradek
