// Partitions whose folder is made by their first append, and files that are let go of.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

#include "log/checkpoint_file.h"
#include "log/partition_metadata.h"
#include "log_fixture.h"

namespace odradek {
namespace {

const TopicPartition kOrders{"orders", PartitionIndex(0)};

std::shared_ptr<PartitionLog> open_lazily(DirectoryFixture& f, int32_t partition = 0,
                                          uint8_t topic_seed = 1) {
  const TopicPartition id{"orders", PartitionIndex(partition)};
  auto opened = f.directory->open_partitions({{id, make_uuid(topic_seed), f.config}});
  REQUIRE(opened.size() == 1);
  REQUIRE_MESSAGE(opened[0].ok(), (opened[0].ok() ? std::string() : opened[0].error().detail));
  return *opened[0];
}

bool exists(const DirectoryFixture& f, const std::string& path) {
  return f.disk->status(path).ok();
}

std::string text_at(DirectoryFixture& f, const std::string& path) {
  const auto bytes = read_whole_file(*f.disk, path, 1 << 20);
  return bytes.ok() ? text_of(*bytes) : "";
}

void settle(DirectoryFixture& f) {
  for (int i = 0; i < 6; ++i) f.directory->run_once();
}

// Everything that only looks answers as of an empty log.
void check_empty(PartitionLog& log) {
  CHECK(log.log_end_offset() == Offset(0));
  CHECK(log.durable_offset() == Offset(0));
  CHECK(log.size_bytes() == 0);
  const auto read = log.read(Offset(0), 100, ReadLimit::high_watermark, true, nullptr);
  REQUIRE(read.ok());
  CHECK(read->bytes == 0);
  CHECK(log.lookup_timestamp(TimestampMs(0), ReadLimit::high_watermark)->offset == kNoOffset);
  CHECK(log.lookup_max_timestamp(ReadLimit::high_watermark)->offset == kNoOffset);
  CHECK(log.segments()->size() == 1);
  CHECK(*log.flush() == Offset(0));
  CHECK(*log.roll() == Offset(0));
  for (const int64_t to : {-1, 0, 5}) CHECK(*log.truncate_to(Offset(to)) == Offset(0));
  CHECK(*log.delete_up_to(Offset(0)) == Offset(0));
}

}  // namespace

TEST_CASE("a partition has no folder before its first append") {
  DirectoryFixture f;
  f.open();
  auto log = open_lazily(f);
  check_empty(*log);
  settle(f);
  REQUIRE(f.directory->checkpoint().ok());
  CHECK_FALSE(exists(f, "/data/orders-0"));
  append(*log);
  CHECK(text_at(f, "/data/orders-0/partition.metadata") == format_partition_metadata(make_uuid(1)));
  settle(f);
  CHECK(log->durable_offset() == Offset(1));
  CHECK(log->read(Offset(0), 1000, ReadLimit::high_watermark, true, nullptr)->bytes > 0);
}

TEST_CASE("what was flushed first outlives a power cut with the folder and its topic id") {
  for (const CrashKind kind : {CrashKind::lost, CrashKind::kept, CrashKind::reordered}) {
    DirectoryFixture f;
    f.open();
    auto log = open_lazily(f);
    append(*log);
    settle(f);
    append(*log);  // into the journal
    settle(f);
    REQUIRE(log->durable_offset() == Offset(2));
    log = nullptr;
    f.power_cut(kind, 3);
    f.open();
    REQUIRE(f.directory->partitions_on_disk().size() == 1);
    CHECK(f.directory->partitions_on_disk()[0].topic_id == make_uuid(1));
    CHECK(open_lazily(f)->log_end_offset() == Offset(2));
  }
}

TEST_CASE("what was never flushed may be lost in a power cut, and the partition is empty then") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  f.open();
  append(*open_lazily(f));
  f.power_cut(CrashKind::lost);
  f.open();
  auto log = open_lazily(f);
  CHECK(log->log_end_offset() == Offset(0));
  append(*log);
  CHECK(log->log_end_offset() == Offset(1));
}

TEST_CASE("a kill loses nothing, and the folder is made durable by the next flush") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  f.open();
  append(*open_lazily(f));
  f.kill();
  f.open();
  auto log = open_lazily(f);
  REQUIRE(log->log_end_offset() == Offset(1));
  append(*log);
  REQUIRE(*log->flush() == Offset(2));
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(open_lazily(f)->log_end_offset() == Offset(2));
}

TEST_CASE("a partition.metadata that is empty or zeros, as a crash leaves it, is written anew") {
  for (const int64_t zeros : {0, 43}) {
    DirectoryFixture f;
    f.open();
    append(*open_lazily(f));
    settle(f);
    f.kill();
    const std::string path = "/data/orders-0/partition.metadata";
    auto file = f.disk->open(path, OpenMode::create);
    REQUIRE((*file)->truncate(0).ok());
    REQUIRE((*file)->truncate(zeros).ok());
    f.open();
    CHECK(open_lazily(f)->log_end_offset() == Offset(1));
    CHECK(text_at(f, path) == format_partition_metadata(make_uuid(1)));
  }
}

TEST_CASE("a clean stop leaves nothing of a partition that was never written") {
  DirectoryFixture f;
  f.open();
  append(*open_lazily(f, 1));
  auto log = open_lazily(f);
  f.close();
  CHECK_FALSE(exists(f, "/data/orders-0"));
  CHECK(exists(f, "/data/orders-1"));
  f.open();
  CHECK(f.directory->recovery_report().clean);
  check_empty(*open_lazily(f));
}

TEST_CASE("a partition that was never written is deleted and made anew under another id") {
  DirectoryFixture f;
  f.open();
  auto log = open_lazily(f);
  REQUIRE(f.directory->delete_partition(kOrders).ok());
  std::vector<uint8_t> batch = make_batch();
  CHECK_FALSE(log->append(batch, AppendOrigin::client).ok());
  CHECK_FALSE(exists(f, "/data/orders-0"));
  auto anew = open_lazily(f, 0, 7);
  append(*anew);
  settle(f);
  CHECK(text_at(f, "/data/orders-0/partition.metadata") == format_partition_metadata(make_uuid(7)));
}

TEST_CASE("a full disk refuses the first append, and the next one makes what is missing") {
  DirectoryFixture f;
  f.open();
  auto log = open_lazily(f);
  for (const char* part : {"/data/orders-0", "partition.metadata", ".log"}) {
    CAPTURE(part);
    f.disk->before_each_change([part](const FileCall& call) {
      const bool hit = call.path.find(part) != std::string::npos;
      return hit ? FaultDecision::fail(FileErrorKind::no_space) : FaultDecision::proceed();
    });
    std::vector<uint8_t> batch = make_batch();
    CHECK_FALSE(log->append(batch, AppendOrigin::client).ok());
  }
  f.disk->before_each_change(nullptr);
  CHECK(log->online());
  append(*log);
  settle(f);
  CHECK(log->durable_offset() == Offset(1));
}

namespace {

constexpr const char* kEpochs = "/data/orders-0/leader-epoch-checkpoint";

// Whether a call gives the file of the leader epochs its name.
bool renames_epochs(const FileCall& call) {
  return call.kind == FileCallKind::rename && call.path.starts_with(kEpochs);
}

}  // namespace

TEST_CASE("the first file of the leader epochs is written where it is, a later one replaces it") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  for (int life = 0; life < 3; ++life) {
    CAPTURE(life);
    f.open();
    auto log = open_lazily(f);
    log->become_leader(LeaderEpoch(life));
    append(*log);
    log = nullptr;
    int renames = 0;
    f.disk->before_each_change([&](const FileCall& call) {
      renames += renames_epochs(call) ? 1 : 0;
      return FaultDecision::proceed();
    });
    f.close();
    f.disk->before_each_change(nullptr);
    CHECK(renames == (life == 0 ? 0 : 1));
    f.power_cut(CrashKind::lost);
    CHECK(text_at(f, kEpochs).starts_with("0\n" + std::to_string(life + 1) + "\n0 0\n"));
  }
}

TEST_CASE("after a kill a clean stop replaces no leader epochs that stay as they were") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  f.open();
  append(*open_lazily(f));
  f.close();
  f.open();
  append(*open_lazily(f));
  f.kill();
  f.open();
  append(*open_lazily(f));
  bool synced = false;
  f.disk->before_each_change([&](const FileCall& call) {
    CHECK_FALSE(renames_epochs(call));
    synced = synced || (call.kind == FileCallKind::sync_data && call.path == kEpochs);
    return FaultDecision::proceed();
  });
  f.close();
  f.disk->before_each_change(nullptr);
  CHECK(synced);  // who was killed may not have
  f.power_cut(CrashKind::lost);
  CHECK(text_at(f, kEpochs) == "0\n1\n0 0\n");
  f.open();
  CHECK(f.directory->recovery_report().clean);
  CHECK(open_lazily(f)->log_end_offset() == Offset(3));
}

TEST_CASE("after a kill no checkpoint relies on leader epochs whose name may be lost") {
  DirectoryFixture f;
  f.open();
  auto log = open_lazily(f);
  append(*log);
  append(*log);
  settle(f);
  REQUIRE(f.directory->checkpoint().ok());
  log->become_leader(LeaderEpoch(1));
  append(*log);
  append(*log);
  settle(f);
  log = nullptr;
  bool named = false;
  f.disk->before_each_change([&](const FileCall& call) {
    if (named && call.kind == FileCallKind::sync_directory) {
      return FaultDecision::fail(FileErrorKind::io);  // as if the kill came before it
    }
    named = named || renames_epochs(call);
    return FaultDecision::proceed();
  });
  CHECK_FALSE(f.directory->checkpoint().ok());
  f.disk->before_each_change(nullptr);
  REQUIRE(named);
  f.kill();
  f.open();
  CHECK(open_lazily(f)->leader_epoch_at(Offset(3)) == LeaderEpoch(1));
  REQUIRE(f.directory->checkpoint().ok());
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(open_lazily(f)->leader_epoch_at(Offset(3)) == LeaderEpoch(1));
}

TEST_CASE("leader epochs that a crash cut short are found again in the batches") {
  for (const size_t kept : {0, 1, 5, 6, 7}) {
    CAPTURE(kept);
    DirectoryFixture f;
    f.open();
    auto log = open_lazily(f);
    log->become_leader(LeaderEpoch(12));
    append(*log);
    settle(f);
    log = nullptr;
    f.kill();
    const std::string text = "0\n1\n12 0";
    auto file = f.disk->open(kEpochs, OpenMode::create);
    REQUIRE((*file)->write_at(Position(0), as_bytes(text).first(kept)).ok());
    f.open();
    CHECK(open_lazily(f)->leader_epoch_at(Offset(0)) == LeaderEpoch(12));
    f.close();
    CHECK(text_at(f, kEpochs) == "0\n1\n12 0\n");
  }
}

#ifdef __linux__
namespace {

class RealDirectory {
 public:
  RealDirectory() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "odradek-files-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~RealDirectory() { std::filesystem::remove_all(path_); }
  std::unique_ptr<LogDirectory> open(bool background = false) const {
    LogDirectoryOptions options = on_real_disk(path_);
    options.background = background;
    options.open_files_max = 8;
    options.reserve_bytes = 0;
    auto opened = LogDirectory::open(options);
    REQUIRE(opened.ok());
    return std::move(*opened);
  }
  // Segments of this directory that the process has open.
  size_t open_segments() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
      if (target.starts_with(path_) && target.ends_with(".log")) ++count;
    }
    return count;
  }

 private:
  std::string path_;
};

std::vector<std::shared_ptr<PartitionLog>> open_many(LogDirectory& directory, int32_t count,
                                                     const LogConfig& config) {
  std::vector<PartitionToOpen> wanted;
  for (int32_t i = 0; i < count; ++i) {
    wanted.push_back({{"many", PartitionIndex(i)}, make_uuid(1), config});
  }
  std::vector<std::shared_ptr<PartitionLog>> logs;
  for (auto& opened : directory.open_partitions(wanted)) {
    REQUIRE(opened.ok());
    logs.push_back(*opened);
  }
  return logs;
}

}  // namespace

TEST_CASE("many first flushes together need no file of theirs open") {
  DirectoryFixture f;
  f.open();
  auto logs = open_many(*f.directory, 210, f.config);
  for (const auto& log : logs) append(*log);
  f.disk->before_each_look([](const FileCall& call) {
    const bool is_metadata =
        call.kind == FileCallKind::open && call.path.ends_with("partition.metadata");
    return is_metadata ? FaultDecision::fail(FileErrorKind::too_many_files)
                       : FaultDecision::proceed();
  });
  f.directory->run_once();
  for (const auto& log : logs) CHECK(log->durable_offset() == Offset(1));
  f.disk->before_each_look(nullptr);
}

TEST_CASE("who appends waits while too many files are open, until some are let go of") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  f.open_files_max = 8;
  f.open_files_burst = 16;
  f.open();
  auto logs = open_many(*f.directory, 16, f.config);
  for (int i = 0; i < 15; ++i) {
    append(*logs[static_cast<size_t>(i)]);
    CHECK_FALSE(logs[static_cast<size_t>(i)]->is_backed_up());
  }
  append(*logs[15]);
  CHECK(logs[15]->is_backed_up());
  f.directory->run_once();
  CHECK_FALSE(logs[15]->is_backed_up());
}

TEST_CASE("a file is let go of without a sync where another can be") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  f.open_files_max = 8;
  f.open();
  auto logs = open_many(*f.directory, 8, f.config);
  for (const auto& log : logs) append(*log);
  REQUIRE(f.directory->checkpoint().ok());
  int synced = 0;
  f.disk->before_each_change([&](const FileCall& call) {
    const bool syncs = call.kind == FileCallKind::sync_data && call.path.ends_with(".log");
    synced += syncs ? 1 : 0;
    return FaultDecision::proceed();
  });
  append(*logs[7]);  // to be synced, and open already
  auto one_more =
      f.directory->open_partition({"one-more", PartitionIndex(0)}, make_uuid(9), f.config);
  REQUIRE(one_more.ok());
  append(**one_more);
  f.directory->run_once();
  CHECK(synced == 0);
  // Nothing that is synced is left to be closed.
  REQUIRE(f.directory->checkpoint().ok());
  synced = 0;
  for (const auto& log : logs) append(*log);
  f.directory->run_once();
  CHECK(synced > 0);
  f.disk->before_each_change(nullptr);
}

namespace {

// Appends to `logs` when it is told of a first flush, and waits for what that asked of the helpers.
class AppendsDuringSync final : public HighWatermarkObserver {
 public:
  AppendsDuringSync(LogDirectory& directory, std::vector<std::shared_ptr<PartitionLog>> logs)
      : directory_(directory), logs_(std::move(logs)) {}
  void high_watermark_advanced(PartitionLog& /*log*/, Offset /*high_watermark*/) noexcept override {
    if (told_.exchange(true)) return;
    for (const auto& log : logs_) {
      std::vector<uint8_t> batch = make_batch();
      static_cast<void>(log->append(batch, AppendOrigin::client));
    }
    std::promise<void> done;
    directory_.run_on_helper([&] { done.set_value(); });
    done.get_future().wait();
    appended_.store(true);
  }
  bool appended() const { return appended_.load(); }

 private:
  LogDirectory& directory_;
  const std::vector<std::shared_ptr<PartitionLog>> logs_;
  std::atomic<bool> told_{false};
  std::atomic<bool> appended_{false};
};

}  // namespace

TEST_CASE("files that are opened while others are synced are let go of as well") {
  const RealDirectory real;
  auto directory = real.open(true);
  LogConfig config;
  config.flush_messages = INT64_MAX;
  auto logs = open_many(*directory, 20, config);
  AppendsDuringSync observer(*directory, {logs.begin() + 9, logs.end()});
  append(*logs[0]);
  logs[0]->add_observer(&observer);
  for (size_t i = 1; i < 9; ++i) append(*logs[i]);  // the last is one too many
  for (int i = 0; i < 20000 && (!observer.appended() || real.open_segments() > 8); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  CHECK(observer.appended());
  CHECK(real.open_segments() <= 8);
  logs[0]->remove_observer(&observer);
}

TEST_CASE("of many partitions few keep their file open, whatever is done with all of them") {
  for (const int64_t flush_messages : {int64_t{1}, int64_t{INT64_MAX}}) {
    CAPTURE(flush_messages);
    const RealDirectory real;
    LogConfig config;
    config.flush_messages = flush_messages;
    constexpr int32_t kCount = 100;
    for (int life = 0; life < 3; ++life) {
      auto directory = real.open();
      auto logs = open_many(*directory, kCount, config);
      CHECK(real.open_segments() <= 64);
      for (const auto& log : logs) {
        REQUIRE(log->log_end_offset() == Offset(2 * life));
        append(*log);
        directory->run_once();
      }
      directory->run_once();
      CHECK(real.open_segments() <= 10);
      for (const auto& log : logs) {  // each opens its file again
        const auto read = log->read(Offset(0), 1, ReadLimit::high_watermark, true, nullptr);
        REQUIRE(read.ok());
        CHECK(batches_in(bytes_of(*read)).size() == 1);
        append(*log);
        directory->run_once();
      }
      directory->run_once();
      CHECK(real.open_segments() <= 10);
      logs.clear();
      if (life == 1) REQUIRE(directory->close().ok());
    }
  }
}
#endif

}  // namespace odradek
