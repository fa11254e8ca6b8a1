// A log directory and its journal together: what the model of one partition log does not reach.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include "log/journal_format.h"
#include "log_fixture.h"

namespace odradek {
namespace {

const std::string kJournal = std::string("/data/") + kJournalFolder;

FaultHook failing(FileCallKind kind, const std::string& part, FileErrorKind error) {
  return [=](const FileCall& call) {
    const bool hit = call.kind == kind && call.path.find(part) != std::string::npos;
    return hit ? FaultDecision::fail(error) : FaultDecision::proceed();
  };
}

// Lets flusher and helpers do all that is due.
void settle(DirectoryFixture& f) {
  for (int i = 0; i < 6; ++i) f.directory->run_once();
}

// A log with batches that are durable in the journal only.
std::shared_ptr<PartitionLog> journaled_log(DirectoryFixture& f, int batches) {
  f.open();
  auto log = f.log();
  settle(f);
  for (int i = 0; i < batches; ++i) append(*log);
  f.directory->run_once();
  REQUIRE(log->durable_offset() == Offset(batches));
  REQUIRE(f.disk->durable_content("/data/orders-0/00000000000000000000.log")
              .value_or(std::vector<uint8_t>())
              .empty());
  return log;
}

}  // namespace

TEST_CASE("a sync that fails in the replay ends the directory and is not tried again") {
  DirectoryFixture f;
  journaled_log(f, 2);
  f.power_cut(CrashKind::lost);
  f.open();
  f.disk->before_each_change(failing(FileCallKind::sync_data, ".log", FileErrorKind::io));
  CHECK_FALSE(f.try_log().ok());
  f.disk->before_each_change(nullptr);
  CHECK_FALSE(f.directory->offline_reason().empty());
  CHECK_FALSE(f.try_log().ok());
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(2));
}

TEST_CASE("a replay writes also what can be read: the page cache may hold what the disk lost") {
  DirectoryFixture f;
  journaled_log(f, 2);
  f.kill();
  f.open();
  int writes = 0;
  f.disk->before_each_change([&](const FileCall& call) {
    const bool segment = call.kind == FileCallKind::write && call.path.ends_with(".log");
    writes += segment ? 1 : 0;
    return FaultDecision::proceed();
  });
  CHECK(f.log()->log_end_offset() == Offset(2));
  CHECK(writes > 0);
}

TEST_CASE("a folder that is set aside keeps what was acknowledged") {
  DirectoryFixture f;
  journaled_log(f, 2);
  REQUIRE(f.directory->set_aside({"orders", PartitionIndex(0)}).ok());
  f.power_cut(CrashKind::lost);
  f.open();
  REQUIRE(f.try_log("other", 1).ok());
  bool kept = false;
  auto entries = f.disk->list("/data");
  REQUIRE(entries.ok());
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.ends_with("-stray")) continue;
    const std::string path = "/data/" + entry.name + "/00000000000000000000.log";
    auto bytes = read_whole_file(*f.disk, path, 1 << 24);
    kept = bytes.ok() && bytes->size() > 61U && (*bytes)[16] == 2;
  }
  CHECK(kept);
}

TEST_CASE("a deletion that was refused changes nothing, and a later one leaves nothing behind") {
  DirectoryFixture f;
  auto log = journaled_log(f, 2);
  f.disk->before_each_change(
      failing(FileCallKind::sync_directory, "", FileErrorKind::too_many_files));
  CHECK_FALSE(f.directory->delete_partition({"orders", PartitionIndex(0)}).ok());
  f.disk->before_each_change(nullptr);
  CHECK(f.directory->offline_reason().empty());
  CHECK(f.directory->find({"orders", PartitionIndex(0)}) == log);
  append(*log);
  f.directory->run_once();
  REQUIRE(f.directory->delete_partition({"orders", PartitionIndex(0)}).ok());
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(0));
}

TEST_CASE("a journal that finds no room for parts or commits leaves the work to the segments") {
  for (const FileCallKind kind :
       {FileCallKind::allocate, FileCallKind::write, FileCallKind::sync_data}) {
    DirectoryFixture f;
    f.open();
    auto log = f.log();
    f.disk->before_each_change(failing(kind, "part-", FileErrorKind::no_space));
    settle(f);
    append(*log);
    settle(f);
    CHECK(log->durable_offset() == Offset(1));
    CHECK(f.directory->offline_reason().empty());
  }
}

TEST_CASE("a recreated topic has nothing of the one before, whatever the journal holds") {
  DirectoryFixture f;
  journaled_log(f, 3);
  REQUIRE(f.directory->delete_partition({"orders", PartitionIndex(0)}).ok());
  auto opened = f.directory->open_partition({"orders", PartitionIndex(0)}, make_uuid(2), f.config);
  REQUIRE(opened.ok());
  append(**opened);
  f.directory->run_once();
  CHECK((*opened)->durable_offset() == Offset(1));
  *opened = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  auto again = f.directory->open_partition({"orders", PartitionIndex(0)}, make_uuid(2), f.config);
  REQUIRE(again.ok());
  CHECK((*again)->log_end_offset() == Offset(1));
}

TEST_CASE("a close that found no room succeeds once there is some") {
  for (const FileCallKind kind : {FileCallKind::create, FileCallKind::allocate, FileCallKind::write,
                                  FileCallKind::sync_directory}) {
    DirectoryFixture f;
    f.open();
    append(*f.log());
    const FileErrorKind error = kind == FileCallKind::sync_directory ? FileErrorKind::too_many_files
                                                                     : FileErrorKind::no_space;
    f.disk->before_each_change(failing(kind, "orders-0", error));
    const bool closed = f.directory->close().ok();
    CHECK(closed == (kind == FileCallKind::allocate));  // nothing is allocated
    f.disk->before_each_change(nullptr);
    CHECK(f.directory->offline_reason().empty());
    f.close();
    f.open();
    CHECK(f.log()->log_end_offset() == Offset(1));
    CHECK(f.directory->recovery_report().clean);
  }
}

TEST_CASE("a directory whose creation was interrupted is durable with its first batch") {
  for (const char* parent : {"/", "/x"}) {
    DirectoryFixture f;
    LogDirectoryOptions options;
    options.path = "/x/data";
    options.file_system = f.disk.get();
    options.clock = &f.clock;
    options.background = false;
    f.disk->before_each_change([&](const FileCall& call) {
      const bool hit = call.kind == FileCallKind::sync_directory && call.path == parent;
      return hit ? FaultDecision::fail(FileErrorKind::too_many_files) : FaultDecision::proceed();
    });
    CHECK_FALSE(LogDirectory::open(options).ok());
    f.disk->before_each_change(nullptr);
    const auto opened = [&] {
      auto directory = LogDirectory::open(options);
      REQUIRE(directory.ok());
      return std::move(*directory);
    };
    const TopicPartition id{"orders", PartitionIndex(0)};
    f.directory = opened();
    auto log = f.directory->open_partition(id, make_uuid(1), f.config);
    REQUIRE(log.ok());
    append(**log);
    REQUIRE((*log)->flush().ok());
    *log = nullptr;
    f.power_cut(CrashKind::lost);
    options.file_system = f.disk.get();
    f.directory = opened();
    log = f.directory->open_partition(id, make_uuid(1), f.config);
    REQUIRE(log.ok());
    CHECK((*log)->log_end_offset() == Offset(1));
  }
}

TEST_CASE("a topic id that cannot be read refuses the start, and loses nothing") {
  DirectoryFixture f;
  journaled_log(f, 2);
  f.kill();
  f.disk->before_each_look([](const FileCall& call) {
    const bool hit = call.path.ends_with("partition.metadata");
    return hit ? FaultDecision::fail(FileErrorKind::too_many_files) : FaultDecision::proceed();
  });
  auto refused = f.try_open();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().detail.find("partition.metadata") != std::string::npos);
  f.disk->before_each_look(nullptr);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(2));
}

TEST_CASE("threads append, truncate, delete and recreate while the journal turns over") {
  std::string folder = (std::filesystem::temp_directory_path() / "odradek-journal-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  LogDirectoryOptions options = on_real_disk(folder);
  options.journal = {1 << 16, 4};
  options.checkpoint_interval_ms = 10;
  options.file_delete_delay_ms = 1;
  auto opened = LogDirectory::open(options);
  REQUIRE(opened.ok());
  LogDirectory& directory = **opened;
  std::atomic<int64_t> appended{0};
  std::atomic<int64_t> refused{0};
  const auto work = [&](int32_t index) {
    LogConfig config;
    config.segment_bytes = 20000;
    config.file_delete_delay_ms = 1;
    config.flush_messages = index == 2 ? 3 : 1;
    config.flush_ms = index == 1 ? 5 : INT64_MAX;
    std::mt19937_64 random(static_cast<uint64_t>(index));
    const TopicPartition id{"t", PartitionIndex(index)};
    const auto note = [&](bool ok) { refused += ok ? 0 : 1; };
    for (int life = 0; life < 8; ++life) {
      auto log = directory.open_partition(id, make_uuid(1), config);
      if (!log.ok()) return note(false);
      for (int i = 0; i < 150; ++i) {
        BatchSpec spec;
        spec.value = std::string(random() % 900, 'x');
        std::vector<uint8_t> batch = make_batch(spec);
        note((*log)->append(batch, AppendOrigin::client).ok());
        ++appended;
        const uint64_t what = random() % 100;
        const Offset end = (*log)->log_end_offset();
        if (what < 4) note((*log)->truncate_to(Offset(std::max<int64_t>(0, end.value - 9))).ok());
        if (what >= 4 && what < 8) note((*log)->delete_up_to((*log)->high_watermark()).ok());
        if (what == 8) note((*log)->flush().ok());
        if (what == 9) note(directory.checkpoint().ok());
      }
      if (life % 2 == 0) note(directory.delete_partition(id).ok());
    }
  };
  std::vector<std::thread> threads;
  for (int32_t index = 0; index < 3; ++index) threads.emplace_back(work, index);
  for (std::thread& thread : threads) thread.join();
  CHECK(appended == 3 * 8 * 150);
  CHECK(refused == 0);
  CHECK(directory.offline_reason().empty());
  *opened = nullptr;  // killed
  auto again = LogDirectory::open(options);
  REQUIRE(again.ok());
  for (int32_t index = 0; index < 3; ++index) {
    CHECK((*again)->open_partition({"t", PartitionIndex(index)}, make_uuid(1), {}).ok());
  }
  CHECK((*again)->close().ok());
  CHECK_FALSE(std::filesystem::exists(folder + "/" + kJournalFolder));
  *again = nullptr;
  std::filesystem::remove_all(folder);
}

}  // namespace odradek
