#include "log/ahead_loader.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "log/partition_folder.h"
#include "log/segment_format.h"
#include "log_fixture.h"

namespace odradek {
namespace {

constexpr int32_t kCount = 40;

TopicPartition numbered(int32_t index) { return {"many", PartitionIndex(index)}; }

// Waits for another thread, which is late where the machine is busy.
template <class Condition>
void wait_for(Condition condition) {
  for (int i = 0; i < 20000 && !condition(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  REQUIRE(condition());
}

// A directory with `kCount` partitions of two records that was stopped cleanly, opened with
// threads.
class ManyPartitions {
 public:
  ManyPartitions() {
    f_.open();
    for (int32_t i = 0; i < kCount; ++i) {
      auto log = f_.log("many", i);
      append(*log);
      append(*log);
    }
    f_.close();
    f_.disk->before_each_look([this](const FileCall& call) {
      const std::lock_guard lock(mutex_);
      if (call.kind == FileCallKind::open && call.path.ends_with(".log")) ++opened_[call.path];
      return FaultDecision::proceed();
    });
  }
  ~ManyPartitions() { f_.disk->before_each_look(nullptr); }

  void open() {
    LogDirectoryOptions options;
    options.path = "/data";
    options.file_system = f_.disk.get();
    options.clock = &f_.clock;
    options.journal = f_.journal;
    options.reserve_bytes = 0;
    options.run = make_uuid(77);
    auto opened = LogDirectory::open(options);
    REQUIRE(opened.ok());
    f_.directory = std::move(*opened);
  }
  // How many segments were opened so often, or more often.
  size_t segments_opened(int times = 1) {
    const std::lock_guard lock(mutex_);
    return static_cast<size_t>(std::count_if(opened_.begin(), opened_.end(),
                                             [&](const auto& one) { return one.second >= times; }));
  }
  void check_all() {
    std::vector<PartitionToOpen> wanted;
    for (int32_t i = 0; i < kCount; ++i) wanted.push_back({numbered(i), make_uuid(1), f_.config});
    for (const auto& log : directory().open_partitions(wanted)) {
      REQUIRE(log.ok());
      CHECK((*log)->log_end_offset() == Offset(2));
      CHECK((*log)->leader_epoch_at(Offset(1)) == LeaderEpoch(0));
    }
  }
  LogDirectory& directory() { return *f_.directory; }
  DirectoryFixture& fixture() { return f_; }

 private:
  DirectoryFixture f_;
  std::mutex mutex_;
  std::map<std::string, int> opened_;
};

}  // namespace

TEST_CASE("what was read ahead is taken once, and what was taken is not read") {
  MemoryFileSystem disk;
  std::vector<PartitionOnDisk> partitions;
  for (int32_t i = 0; i < 3; ++i) partitions.push_back({numbered(i), make_uuid(1)});
  std::atomic<int> loading{-1};
  std::atomic<bool> go{false};
  AheadLoader ahead;
  ahead.start(partitions, [&](const PartitionOnDisk& found) -> LogResult<LoadedPartition> {
    loading.store(found.topic_partition.partition.value);
    while (!go.load()) std::this_thread::yield();
    if (found.topic_partition.partition == PartitionIndex(2)) return Err(LogError{});
    return unmade_partition(TimestampMs(0));
  });
  wait_for([&] { return loading.load() == 0; });
  CHECK_FALSE(ahead.take(numbered(0)));  // is being read: dropped
  CHECK_FALSE(ahead.take(numbered(5)));
  go.store(true);
  wait_for([&] { return loading.load() == 2; });
  CHECK(ahead.take(numbered(1)));
  CHECK_FALSE(ahead.take(numbered(1)));
  CHECK_FALSE(ahead.take(numbered(0)));
  ahead.stop();
  CHECK_FALSE(ahead.take(numbered(2)));
}

TEST_CASE("after a clean stop partitions are read once the first is opened, and not again") {
  ManyPartitions many;
  many.open();
  CHECK(many.segments_opened() == 0);
  auto first = many.directory().open_partition(numbered(0), make_uuid(1), LogConfig());
  REQUIRE(first.ok());
  wait_for([&] { return many.segments_opened() == kCount; });
  // Where the thread is between reading the last one and handing it over is not known.
  REQUIRE(many.directory().delete_partition(numbered(kCount - 1)).ok());
  auto anew = many.directory().open_partition(numbered(kCount - 1), make_uuid(1), LogConfig());
  REQUIRE(anew.ok());
  CHECK((*anew)->log_end_offset() == Offset(0));  // not what was read of the one before
  append(**anew);
  append(**anew);
  many.check_all();
  CHECK(many.segments_opened(2) <= 2);  // the first and the last may be read by both threads
  REQUIRE(many.directory().close().ok());
  many.fixture().directory = nullptr;
  many.open();
  many.check_all();
  REQUIRE(many.directory().close().ok());
}

TEST_CASE("after a kill nothing is read ahead") {
  ManyPartitions many;
  many.open();
  REQUIRE(many.directory().open_partition(numbered(0), make_uuid(1), LogConfig()).ok());
  many.fixture().directory = nullptr;
  const size_t before = many.segments_opened();
  many.open();
  CHECK_FALSE(many.directory().recovery_report().clean);
  REQUIRE(many.directory().open_partition(numbered(0), make_uuid(1), LogConfig()).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(many.segments_opened() <= before + 1);
}

TEST_CASE("who only looks changes nothing, whatever the folder holds") {
  const std::string folder = "/data/orders-0";
  const auto name = [&](int64_t offset, SegmentFileKind kind) {
    return segment_file_path(folder, Offset(offset), kind);
  };
  const std::string kPresent = name(0, SegmentFileKind::log);
  for (const std::string& odd :
       {std::string(), folder + "/leader-epoch-checkpoint.tmp",
        name(9, SegmentFileKind::time_index), name(9, SegmentFileKind::snapshot),
        name(1, SegmentFileKind::snapshot),  // where one may be, but it is empty
        name(0, SegmentFileKind::log) + ".swap", kPresent}) {
    CAPTURE(odd);
    DirectoryFixture f;
    f.open();
    append(*f.log());
    f.close();
    if (odd == kPresent) REQUIRE(f.disk->remove_file(odd).ok());
    if (!odd.empty() && odd != kPresent) REQUIRE(f.disk->open(odd, OpenMode::create).ok());
    OpenFiles open_files(8);
    DirectoryHealth health;
    std::vector<uint8_t> buffer;
    LoadRequest request;
    request.fs = f.disk.get();
    request.open_files = &open_files;
    request.health = &health;
    request.folder = folder;
    request.clean = true;
    request.buffer = &buffer;
    request.only_look = true;
    const uint64_t changes = f.disk->calls();
    const auto loaded = load_partition(request);
    CHECK(loaded.ok() == odd.empty());
    if (loaded.ok()) CHECK(loaded->log_end.offset == Offset(1));
    CHECK(f.disk->calls() == changes);
    CHECK(health.online());
    request.only_look = false;
    CHECK(load_partition(request).ok());
  }
}

}  // namespace odradek
