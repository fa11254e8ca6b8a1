#include "log/directory_registry.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "log_fixture.h"

namespace odradek {
namespace {

using Lease = std::unique_ptr<DirectoryLease>;

// A disk whose directories the registry opens. Inodes of two disks in memory may agree, and the
// registry is one for the process, so every test lets all its leases go.
struct RegistryFixture {
  RegistryFixture() { options.file_system = &disk; }

  LogResult<Lease> try_acquire(const std::string& path = "/data") {
    LogDirectoryOptions wanted = options;
    wanted.path = path;
    wanted.clock = &clock;
    wanted.background = background;
    return DirectoryLease::acquire(wanted);
  }
  Lease acquire(const std::string& path = "/data") {
    auto lease = try_acquire(path);
    REQUIRE_MESSAGE(lease.ok(), (lease.ok() ? std::string() : lease.error().detail));
    return std::move(*lease);
  }
  static std::shared_ptr<PartitionLog> log_of(DirectoryLease& lease) {
    auto log =
        lease.directory().open_partition({"orders", PartitionIndex(0)}, make_uuid(1), LogConfig());
    REQUIRE(log.ok());
    return *log;
  }
  // Whether the directory can be locked from outside, which is whether no engine is open on it.
  bool is_free(const std::string& path = "/data") { return disk.lock(path + "/.lock").ok(); }
  bool is_clean() { return disk.status("/data/.kafka_cleanshutdown").ok(); }

  MemoryFileSystem disk;
  ManualClock clock;
  LogDirectoryOptions options;
  bool background = false;
};

// Holds whoever opens the lock file until it is let go.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    waiting_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void until_somebody_waits() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool waiting_ = false;
  bool open_ = false;
};

// Lets a test stop the engine's open and close in the middle.
class SlowFileSystem final : public FileSystem {
 public:
  explicit SlowFileSystem(FileSystem& disk) : disk_(disk) {}

  FileResult<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    locks += 1;
    if (at_lock != nullptr) at_lock->wait();
    return disk_.lock(path);
  }
  FileResult<std::unique_ptr<FileLock>> lock_shared(const std::string& path) override {
    return disk_.lock_shared(path);
  }
  FileResult<void> sync_directory(const std::string& path) override {
    if (at_sync_directory != nullptr) at_sync_directory->wait();
    return disk_.sync_directory(path);
  }
  FileResult<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    return disk_.open(path, mode);
  }
  FileResult<FileStatus> status(const std::string& path) const override {
    return disk_.status(path);
  }
  FileResult<std::vector<DirectoryEntry>> list(const std::string& path) const override {
    return disk_.list(path);
  }
  FileResult<void> create_directories(const std::string& path) override {
    return disk_.create_directories(path);
  }
  FileResult<void> rename(const std::string& from, const std::string& to) override {
    return disk_.rename(from, to);
  }
  FileResult<void> remove_file(const std::string& path) override { return disk_.remove_file(path); }
  FileResult<void> remove_directory(const std::string& path) override {
    return disk_.remove_directory(path);
  }
  FileResult<void> sync_file_system(const std::string& path) override {
    return disk_.sync_file_system(path);
  }
  FileResult<int64_t> free_bytes(const std::string& path) const override {
    return disk_.free_bytes(path);
  }
  FileResult<int64_t> total_bytes(const std::string& path) const override {
    return disk_.total_bytes(path);
  }
  std::string cache_identity(const std::string& path) const override {
    return disk_.cache_identity(path);
  }

  std::atomic<int> locks{0};
  Gate* at_lock = nullptr;
  Gate* at_sync_directory = nullptr;

 private:
  FileSystem& disk_;
};

}  // namespace

TEST_CASE("two leases on one directory share one engine") {
  RegistryFixture f;
  Lease first = f.acquire();
  Lease second = f.acquire();
  CHECK(&first->directory() == &second->directory());
  CHECK(RegistryFixture::log_of(*first) == RegistryFixture::log_of(*second));
}

TEST_CASE("two paths to one directory are one, two directories are two") {
  RegistryFixture f;
  Lease first = f.acquire("/data");
  Lease same = f.acquire("data");
  Lease other = f.acquire("/other");
  CHECK(&first->directory() == &same->directory());
  CHECK(&first->directory() != &other->directory());
}

TEST_CASE("only the last lease closes the directory, and cleanly") {
  RegistryFixture f;
  Lease first = f.acquire();
  Lease second = f.acquire();
  append(*RegistryFixture::log_of(*first), {.records = 3});
  CHECK(first->close().ok());
  CHECK(RegistryFixture::log_of(*second)->online());
  append(*RegistryFixture::log_of(*second), {.records = 2});
  CHECK_FALSE(f.is_free());
  CHECK(second->close().ok());
  CHECK(f.is_free());
  CHECK(f.is_clean());
  CHECK(second->close().ok());  // idempotent

  Lease again = f.acquire();
  CHECK(again->directory().recovery_report().clean);
  CHECK(RegistryFixture::log_of(*again)->log_end_offset() == Offset(5));
}

TEST_CASE("a last lease that is dropped stops uncleanly, and what was durable is there") {
  RegistryFixture f;
  {
    Lease first = f.acquire();
    Lease second = f.acquire();
    auto log = RegistryFixture::log_of(*first);
    append(*log, {.records = 3});
    first->directory().run_once();
    REQUIRE(log->durable_offset() == Offset(3));
    CHECK(second->close().ok());
    first = nullptr;
    CHECK_FALSE(log->online());
    std::vector<uint8_t> batch = make_batch();
    CHECK_FALSE(log->append(batch, AppendOrigin::client).ok());
  }
  CHECK(f.is_free());
  CHECK_FALSE(f.is_clean());
  Lease again = f.acquire();
  CHECK_FALSE(again->directory().recovery_report().clean);
  CHECK(RegistryFixture::log_of(*again)->log_end_offset() == Offset(3));
}

TEST_CASE("a refused open is told in the words of the directory, and leaves no entry behind") {
  RegistryFixture f;
  {
    auto held = f.disk.create_directories("/data");
    REQUIRE(held.ok());
    auto lock = f.disk.lock("/data/.lock");
    REQUIRE(lock.ok());
    auto refused = f.try_acquire();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().detail.find("is in use by another broker or process") !=
          std::string::npos);
  }
  CHECK(f.acquire()->close().ok());

  REQUIRE(f.disk.open("/file", OpenMode::create).ok());
  auto refused = f.try_acquire("/file");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().detail.find("/file is not a directory") != std::string::npos);
}

TEST_CASE("who comes while another thread opens waits and joins") {
  RegistryFixture f;
  SlowFileSystem slow(f.disk);
  Gate gate;
  slow.at_lock = &gate;
  f.options.file_system = &slow;
  Lease first;
  Lease second;
  std::thread opening([&] { first = f.acquire(); });
  gate.until_somebody_waits();
  std::thread joining([&] { second = f.acquire(); });
  // Long enough that a second open would have been seen; a late join is no failure either.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  gate.open();
  opening.join();
  joining.join();
  CHECK(slow.locks == 1);
  CHECK(&first->directory() == &second->directory());
}

TEST_CASE("who comes while another thread closes waits and opens anew") {
  RegistryFixture f;
  SlowFileSystem slow(f.disk);
  f.options.file_system = &slow;
  Lease first = f.acquire();
  append(*RegistryFixture::log_of(*first), {.records = 4});
  Gate gate;
  slow.at_sync_directory = &gate;
  std::thread closing([&] { CHECK(first->close().ok()); });
  gate.until_somebody_waits();
  Lease second;
  std::atomic<bool> opened{false};
  std::thread waiting([&] {
    second = f.acquire();
    opened = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK_FALSE(opened.load());
  gate.open();
  closing.join();
  waiting.join();
  CHECK(second->directory().recovery_report().clean);
  CHECK(RegistryFixture::log_of(*second)->log_end_offset() == Offset(4));
}

TEST_CASE("a stop is that of the broker, also where the last share was nobody's") {
  RegistryFixture f;
  Lease broker = f.acquire();
  Lease worker = f.acquire();
  RegistryFixture::log_of(*broker);
  REQUIRE(broker->close(BrokerEpoch(42)).ok());
  REQUIRE(worker->close().ok());
  auto marker = read_whole_file(f.disk, "/data/.kafka_cleanshutdown", 1024);
  REQUIRE(marker.ok());
  CHECK(as_text(*marker) == "{\"version\":0,\"brokerEpoch\":42}");
}

TEST_CASE("many threads open, append, close and drop one directory") {
  constexpr int kThreads = 4;
  constexpr int kRounds = 25;
  RegistryFixture f;
  f.background = true;
  std::atomic<int64_t> acknowledged{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < kRounds; ++round) {
        auto lease = f.try_acquire();
        if (!lease.ok()) continue;
        auto log = (*lease)->directory().open_partition({"orders", PartitionIndex(0)}, make_uuid(1),
                                                        LogConfig());
        if (!log.ok()) continue;
        std::vector<uint8_t> batch = make_batch({.records = 2});
        if ((*log)->append(batch, AppendOrigin::client).ok() && (*log)->flush().ok()) {
          acknowledged += 2;
        }
        if ((round + t) % 3 != 0) (void)(*lease)->close();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(acknowledged == 2 * kThreads * kRounds);
  Lease last = f.acquire();
  CHECK(RegistryFixture::log_of(*last)->log_end_offset() == Offset(acknowledged));
}

TEST_CASE("a visitor finds the open partitions of a topic, by their id, and keeps nothing open") {
  RegistryFixture f;
  const auto visit = [&](const Uuid& topic_id, const char* path = "/data") {
    return DirectoryLease::find_logs(f.disk, path, "orders", topic_id);
  };
  CHECK(visit(make_uuid(1)).empty());
  Lease lease = f.acquire();
  auto first = RegistryFixture::log_of(*lease);
  CHECK(visit(make_uuid(1)) == std::vector{first});
  CHECK(visit(make_uuid(2)).empty());
  CHECK(visit(make_uuid(1), "/other").empty());
  const auto second =
      lease->directory().open_partition({"orders", PartitionIndex(1)}, make_uuid(1), LogConfig());
  REQUIRE(second.ok());
  CHECK(visit(make_uuid(1)) == std::vector{first, *second});

  const auto visited = visit(make_uuid(1));
  append(*first, {.records = 3});
  CHECK(visited[0]->read(Offset(0), 1000, ReadLimit::log_end_offset, true, nullptr).ok());
  CHECK(lease->close().ok());
  CHECK(f.is_free());
  CHECK(f.is_clean());
  CHECK_FALSE(visited[0]->online());
  CHECK(visited[0]->offline_reason().empty());
  CHECK_FALSE(visited[0]->read(Offset(0), 1000, ReadLimit::log_end_offset, true, nullptr).ok());
  CHECK(visit(make_uuid(1)).empty());
}

TEST_CASE("a log tells why its directory failed, also when that is gone") {
  RegistryFixture f;
  Lease lease = f.acquire();
  const auto log = RegistryFixture::log_of(*lease);
  append(*log, {.records = 1});
  CHECK(log->offline_reason().empty());
  log->read_failed(FileError{FileErrorKind::io, 5, "reading x: it broke"});
  CHECK_FALSE(lease->close().ok());
  CHECK(log->offline_reason() == "a read failed: reading x: it broke");
}

TEST_CASE("visitors read while others append, and their directory closes and opens under them") {
  constexpr int kRounds = 40;
  RegistryFixture f;
  f.background = true;
  std::atomic<bool> done{false};
  std::atomic<int64_t> appended{0};
  std::atomic<int64_t> reads{0};
  std::vector<std::thread> visitors;
  for (int i = 0; i < 2; ++i) {
    visitors.emplace_back([&] {
      while (!done) {
        for (const auto& log : DirectoryLease::find_logs(f.disk, "/data", "orders", make_uuid(1))) {
          const int64_t below = appended;
          auto found = log->read(Offset(0), 1 << 20, ReadLimit::log_end_offset, true, nullptr);
          if (!found.ok() || found->bytes == 0) continue;
          std::vector<uint8_t> bytes(found->bytes);
          CHECK(found->file->read_at(found->position, bytes).ok());
          if (log->online()) CHECK(log->log_end_offset() >= Offset(below));
          reads += 1;
        }
      }
    });
  }
  for (int round = 0; round < kRounds; ++round) {
    Lease lease = f.acquire();
    const auto log = RegistryFixture::log_of(*lease);
    const int64_t read_before = reads;
    append(*log, {.records = 2});
    appended += 2;
    while (reads == read_before) std::this_thread::yield();
    CHECK(log->flush().ok());
    if (round % 2 == 0) CHECK(lease->close().ok());
  }
  done = true;
  for (std::thread& visitor : visitors) visitor.join();
}

}  // namespace odradek
