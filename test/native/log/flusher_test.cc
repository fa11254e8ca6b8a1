#include "log/flusher.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "log_fixture.h"

namespace odradek {
namespace {

// A log with one file; what the flusher did to it.
class FakeLog final : public Flushable {
 public:
  explicit FakeLog(std::shared_ptr<File> file) : file_(std::move(file)) {}
  bool begin_sync(SyncOrder* order) override {
    if (!dirty.exchange(false)) return false;
    order->files.push_back(file_);
    order->folder = folder;
    begun.fetch_add(1);
    return true;
  }
  bool begin_commit(CommitOrder*) override { return false; }
  void finish_sync(const SyncOrder&) override { finished.fetch_add(1); }
  void finish_commit(const CommitOrder&) override { finished.fetch_add(1); }
  JournalIdentity journal_identity() const override { return {}; }
  void after_flush() override {
    if (on_told) on_told();
    told.fetch_add(1);
  }
  void sync_postponed(const SyncOrder&) override {
    dirty = true;
    postponed.fetch_add(1);
  }

  std::function<void()> on_told;
  std::string folder;
  std::atomic<bool> dirty{true};
  std::atomic<int> begun{0};
  std::atomic<int> finished{0};
  std::atomic<int> told{0};
  std::atomic<int> postponed{0};

 private:
  std::shared_ptr<File> file_;
};

struct Fixture {
  Fixture() : journal(disk, "", {}), flusher(disk, clock, health, journal, "/") {}
  std::shared_ptr<FakeLog> log(const std::string& path) {
    auto file = disk.open(path, OpenMode::create);
    REQUIRE(file.ok());
    const uint8_t byte = 1;
    REQUIRE((*file)->write_at(Position(0), ByteView(&byte, 1)).ok());
    return std::make_shared<FakeLog>(std::shared_ptr<File>(std::move(*file)));
  }
  MemoryFileSystem disk;
  ManualClock clock;
  DirectoryHealth health;
  Journal journal;  // not begun: all goes to the segments
  Flusher flusher;
};

}  // namespace

TEST_CASE("one round syncs every log that asked, its folder only if asked, and tells it") {
  Fixture f;
  REQUIRE(f.disk.create_directories("/b").ok());
  auto a = f.log("/a");
  auto b = f.log("/b/1");
  b->folder = "/b";
  f.flusher.request(a);
  f.flusher.request(b);
  f.flusher.request(b);
  std::vector<std::string> synced;
  f.disk.before_each_change([&](const FileCall& call) {
    synced.push_back(call.path);
    return FaultDecision::proceed();
  });
  f.flusher.run_due();
  CHECK(synced == std::vector<std::string>{"/a", "/b/1", "/b"});
  CHECK(a->told.load() == 1);
  CHECK(b->told.load() == 1);
  f.flusher.run_due();
  CHECK(synced.size() == 3);
}

TEST_CASE("a deadline is kept and not run ahead of") {
  Fixture f;
  auto log = f.log("/a");
  f.flusher.request_within(30, log);
  f.clock.advance(29);
  f.flusher.run_due();
  CHECK(log->begun.load() == 0);
  f.clock.advance(1);
  f.flusher.run_due();
  CHECK(log->finished.load() == 1);
}

TEST_CASE("a failed sync finishes nothing and ends the directory") {
  Fixture f;
  auto a = f.log("/a");
  auto b = f.log("/b");
  f.flusher.request(a);
  f.flusher.request(b);
  f.disk.before_each_change([&](const FileCall& call) {
    return call.path == "/b" ? FaultDecision::fail(FileErrorKind::io) : FaultDecision::proceed();
  });
  f.flusher.run_due();
  CHECK(a->finished.load() == 0);
  CHECK(b->finished.load() == 0);
  CHECK_FALSE(f.health.online());
  CHECK(f.health.reason().find("flush failed") != std::string::npos);
  f.disk.before_each_change(nullptr);
  a->dirty = true;
  auto again = f.flusher.sync({a.get()});
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().code == ErrorCode::kafka_storage_error);
  CHECK(a->begun.load() == 1);
}

TEST_CASE("a folder that cannot be opened for want of descriptors postpones the flush") {
  Fixture f;
  REQUIRE(f.disk.create_directories("/b").ok());
  auto log = f.log("/b/1");
  log->folder = "/b";
  f.disk.before_each_change([&](const FileCall& call) {
    return call.kind == FileCallKind::sync_directory
               ? FaultDecision::fail(FileErrorKind::too_many_files)
               : FaultDecision::proceed();
  });
  f.flusher.request(log);
  f.flusher.run_due();
  CHECK(log->postponed.load() == 1);
  CHECK(log->finished.load() == 0);
  CHECK_FALSE(f.flusher.sync({log.get()}).ok());
  CHECK(log->postponed.load() == 2);
  CHECK(f.health.online());
  f.disk.before_each_change(nullptr);
  CHECK(f.flusher.sync({log.get()}).ok());
  CHECK(log->told.load() == 1);
}

TEST_CASE("a round of many files works without a sync of the whole file system") {
  for (const FileErrorKind kind : {FileErrorKind::unsupported, FileErrorKind::too_many_files}) {
    Fixture f;
    std::vector<std::shared_ptr<FakeLog>> logs;
    for (int i = 0; i < 200; ++i) {
      logs.push_back(f.log("/" + std::to_string(i)));
      f.flusher.request(logs.back());
    }
    int files = 0;
    f.disk.before_each_change([&](const FileCall& call) {
      if (call.kind == FileCallKind::sync_file_system) return FaultDecision::fail(kind);
      files += call.kind == FileCallKind::sync_data ? 1 : 0;
      return FaultDecision::proceed();
    });
    f.flusher.run_due();
    CHECK(files == 200);
    CHECK(logs.back()->finished.load() == 1);
    CHECK(f.health.online());
  }
}

TEST_CASE("a write that fails while a round is under way spoils it") {
  Fixture f;
  auto log = f.log("/a");
  f.flusher.request(log);
  f.disk.before_each_change([&](const FileCall&) {
    f.health.fail("a write failed elsewhere");
    return FaultDecision::proceed();
  });
  f.flusher.run_due();
  CHECK(log->begun.load() == 1);
  CHECK(log->finished.load() == 0);
}

TEST_CASE("the flusher's thread serves requests until it is stopped") {
  DirectoryHealth health;
  MemoryFileSystem disk;
  Journal journal(disk, "", {});
  Flusher flusher(disk, system_clock(), health, journal, "/");
  auto file = disk.open("/a", OpenMode::create);
  auto log = std::make_shared<FakeLog>(std::shared_ptr<File>(std::move(*file)));
  REQUIRE(flusher.start());
  for (int i = 1; i <= 50; ++i) {
    log->dirty = true;
    if (i % 2 == 0) {
      flusher.request(log);
    } else {
      flusher.request_within(1, log);
    }
    while (log->told.load() < i) std::this_thread::yield();
  }
  flusher.stop();
  flusher.stop();
  log->dirty = true;
  flusher.request(log);
  CHECK(log->begun.load() == 50);
}

// Without a wait for those who were released, each round would carry only those who came during the
// one before: four of eight on average.
TEST_CASE("senders that come back at once share a round") {
  constexpr size_t kSenders = 8;
  DirectoryHealth health;
  MemoryFileSystem disk;
  Journal journal(disk, "", {});
  Flusher flusher(disk, system_clock(), health, journal, "/");
  std::atomic<bool> in_round{false};
  std::atomic<int> rounds{0};
  std::atomic<int> appends{0};
  disk.before_each_change([&](const FileCall&) {
    if (!in_round.exchange(true)) {
      ++rounds;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return FaultDecision::proceed();
  });
  std::vector<std::shared_ptr<FakeLog>> logs;
  for (size_t i = 0; i < kSenders; ++i) {
    auto file = disk.open("/" + std::to_string(i), OpenMode::create);
    logs.push_back(std::make_shared<FakeLog>(std::shared_ptr<File>(std::move(*file))));
    logs[i]->on_told = [&] { in_round = false; };
  }
  REQUIRE(flusher.start());
  std::atomic<bool> done{false};
  std::vector<std::thread> senders;
  for (const auto& log : logs) {
    senders.emplace_back([&, log] {
      for (int sent = 1; !done.load(); ++sent) {
        log->dirty = true;
        ++appends;
        flusher.count_append();
        flusher.request(log);
        while (log->told.load() < sent && !done.load()) std::this_thread::yield();
      }
    });
  }
  double best = 0;
  bool gathers = false;
  for (int window = 0; window < 200 && best < 7; ++window) {
    const int rounds_before = rounds.load();
    const int appends_before = appends.load();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (rounds.load() - rounds_before < 10) continue;
    gathers = gathers || flusher.gathers();
    best = std::max(best, static_cast<double>(appends.load() - appends_before) /
                              (rounds.load() - rounds_before));
  }
  done = true;
  for (std::thread& sender : senders) sender.join();
  CHECK(best >= 7);
  CHECK(gathers);
}

}  // namespace odradek
