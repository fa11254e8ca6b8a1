#include "log/log_directory.h"

#include <algorithm>
#include <map>

#include "log_fixture.h"

namespace odradek {

TEST_CASE("a batch that was appended is read back, also after a clean restart") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  CHECK(append(*log, {.records = 3}).base_offset == Offset(0));
  CHECK(append(*log, {.records = 2}).base_offset == Offset(3));
  CHECK(log->log_end_offset() == Offset(5));
  CHECK(log->high_watermark() == Offset(0));
  f.directory->run_once();
  CHECK(log->high_watermark() == Offset(5));

  for (int restart = 0; restart < 2; ++restart) {
    auto outcome = log->read(Offset(0), 1 << 20, ReadLimit::high_watermark, true, nullptr);
    REQUIRE(outcome.ok());
    const auto bytes = bytes_of(*outcome);
    const auto batches = batches_in(bytes);
    REQUIRE(batches.size() == 2);
    CHECK(batches[0].base_offset() == Offset(0));
    CHECK(batches[1].base_offset() == Offset(3));
    CHECK(outcome->next_offset == Offset(5));
    if (restart == 1) break;
    log = nullptr;
    f.close();
    f.open();
    log = f.log();
    CHECK(f.directory->recovery_report().clean);
    CHECK(f.directory->recovery_report().bytes_scanned == 0);
    CHECK(log->log_end_offset() == Offset(5));
    CHECK(log->high_watermark() == Offset(5));
  }
}

namespace {

std::string file(MemoryFileSystem& disk, const std::string& path) {
  const auto bytes = read_whole_file(disk, path, 1 << 20);
  REQUIRE_MESSAGE(bytes.ok(), path);
  return text_of(*bytes);
}

void write(MemoryFileSystem& disk, const std::string& path, const std::string& text) {
  REQUIRE(replace_file(disk, path, as_bytes(text)).ok());
}

std::string refusal(DirectoryFixture& f) {
  auto opened = f.try_open();
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == ErrorCode::kafka_storage_error);
  return opened.error().detail;
}

const MetaProperties kMeta{"uwSoqIjGSyubxNe3U9eC7w", 1, "DZy79DGRS4WFeyfHuGA19A"};

}  // namespace

TEST_CASE("a fresh directory is formatted once and known again") {
  DirectoryFixture f;
  f.open();
  CHECK_FALSE(f.directory->meta_properties());
  REQUIRE(f.directory->format(kMeta).ok());
  f.close();
  f.open();
  REQUIRE(f.directory->meta_properties().has_value());
  CHECK(f.directory->meta_properties()->cluster_id == kMeta.cluster_id);
  CHECK(f.directory->meta_properties()->directory_id == kMeta.directory_id);
}

TEST_CASE("a directory that is refused, or only looked at, stays as it was") {
  DirectoryFixture f;
  f.open();
  REQUIRE(f.directory->format(kMeta).ok());
  f.close();
  REQUIRE(f.disk->status("/data/.kafka_cleanshutdown").ok());
  f.open();
  f.kill();  // looked at, then dropped
  CHECK(f.disk->status("/data/.kafka_cleanshutdown").ok());
  f.open();
  f.close();  // looked at, then closed
  CHECK(f.disk->status("/data/.kafka_cleanshutdown").ok());

  write(*f.disk, "/data/meta.properties", "version=3\ncluster.id=a\nnode.id=1\n");
  const uint64_t calls = f.disk->calls();
  CHECK(refusal(f).find("meta.properties is of version 3") != std::string::npos);
  CHECK(f.disk->calls() <= calls + 1);  // the lock file, at most
  write(*f.disk, "/data/meta.properties", "cluster.id=a\n");
  CHECK(refusal(f).find("has no version") != std::string::npos);
}

TEST_CASE("a directory is held by one engine at a time") {
  DirectoryFixture f;
  f.open();
  auto second = f.try_open();
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().detail.find("/data is in use") != std::string::npos);
  f.kill();
  f.open();
}

TEST_CASE("the marker is removed before the first change and written last") {
  DirectoryFixture f;
  f.open();
  f.log();
  f.close();
  f.open();
  CHECK(f.disk->status("/data/.kafka_cleanshutdown").ok());
  auto log = f.log();
  CHECK_FALSE(f.disk->status("/data/.kafka_cleanshutdown").ok());
  append(*log);
  log = nullptr;
  std::string last;
  f.disk->before_each_change([&](const FileCall& call) {
    if (call.kind == FileCallKind::rename) last = call.path;
    return FaultDecision::proceed();
  });
  f.close();
  CHECK(last.find(".kafka_cleanshutdown") != std::string::npos);
  CHECK(file(*f.disk, "/data/.kafka_cleanshutdown") == "{\"version\":0,\"brokerEpoch\":-1}");
}

TEST_CASE("the marker names the registration of the broker that stopped") {
  DirectoryFixture f;
  f.open();
  f.log();
  REQUIRE(f.directory->close(BrokerEpoch(1234567890123)).ok());
  CHECK(file(*f.disk, "/data/.kafka_cleanshutdown") ==
        "{\"version\":0,\"brokerEpoch\":1234567890123}");
}

TEST_CASE("a clean stop leaves what Apache Kafka leaves") {
  DirectoryFixture f;
  f.config.segment_bytes = 300;
  f.open();
  auto log = f.log("orders", 3);
  for (int i = 0; i < 5; ++i) append(*log, {.value = std::string(100, 'x')});
  auto metadata = f.directory->open_partition({"__cluster_metadata", PartitionIndex(0)},
                                              make_uuid(9), f.config);
  append(**metadata);
  f.directory->run_once();
  REQUIRE(log->delete_up_to(Offset(1)).ok());
  log = nullptr;
  f.close();
  CHECK(file(*f.disk, "/data/recovery-point-offset-checkpoint") == "0\n1\norders 3 5\n");
  CHECK(file(*f.disk, "/data/replication-offset-checkpoint") == "0\n1\norders 3 5\n");
  // The first segment says it.
  CHECK(file(*f.disk, "/data/log-start-offset-checkpoint") == "0\n0\n");
  CHECK(file(*f.disk, "/data/orders-3/leader-epoch-checkpoint") == "0\n1\n0 1\n");
  std::vector<std::string> names;
  const auto entries = f.disk->list("/data/orders-3");
  for (const auto& entry : *entries) names.push_back(entry.name);
  const std::vector<std::string> expected = {
      "00000000000000000000.index",    "00000000000000000000.log", "00000000000000000000.timeindex",
      "00000000000000000001.index",    "00000000000000000001.log", "00000000000000000001.snapshot",
      "00000000000000000001.timeindex"};
  for (const auto& name : expected) {
    CAPTURE(name);
    const bool there = std::find(names.begin(), names.end(), name) != names.end();
    CHECK(there == (name.find("00000000000000000000.") == std::string::npos));
  }
  int64_t bytes = 0;
  for (const auto& name : names) {
    if (name.ends_with(".log")) bytes += f.disk->status("/data/orders-3/" + name)->size;
  }
  f.open();
  CHECK(f.log("orders", 3)->size_bytes() == bytes);  // no preallocated room is left
}

TEST_CASE("a small log without producers is stopped without a snapshot") {
  const char* const snapshot = "/data/orders-0/00000000000000000002.snapshot";
  DirectoryFixture f;
  f.open();
  append(*f.log("orders", 0), {.records = 2});
  append(*f.log("orders", 1), {.records = 2, .producer = ProducerId(5)});
  f.close();
  CHECK_FALSE(f.disk->status(snapshot).ok());
  CHECK(f.disk->status("/data/orders-1/00000000000000000002.snapshot").ok());
  f.open();
  auto log = f.log("orders", 0);
  CHECK(log->log_end_offset() == Offset(2));
  CHECK(log->producers().empty());
  CHECK(f.log("orders", 1)->producers().size() == 1);
  // One that is not small has it.
  for (int i = 0; i < 20; ++i) append(*log, {.value = std::string(60000, 'x')});
  log = nullptr;
  f.close();
  CHECK(f.disk->status("/data/orders-0/00000000000000000022.snapshot").ok());
}

TEST_CASE("a log that was cut below its newest snapshot remembers its producers") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  for (int32_t i = 0; i < 3; ++i) append(*log, {.producer = ProducerId(5), .sequence = i});
  log = nullptr;
  f.close();
  f.open();
  log = f.log();
  REQUIRE(*log->truncate_to(Offset(2)) == Offset(2));
  log = nullptr;
  f.close();
  CHECK(f.disk->status("/data/orders-0/00000000000000000002.snapshot").ok());
  f.open();
  REQUIRE(f.log()->producers().size() == 1);
  CHECK(f.log()->producers()[0].last_sequence == Sequence(1));
}

TEST_CASE("a stop that power cuts off tears no index that is believed") {
  int unclean = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    DirectoryFixture f;
    f.config.index_interval_bytes = 100;
    f.open();
    for (int32_t p = 0; p < 3; ++p) {
      auto log = f.log("orders", p);
      for (int i = 0; i < 10; ++i) append(*log, {.timestamp = 1000 + 10 * i});
      REQUIRE(log->flush().ok());
    }
    const uint64_t cut_at = f.disk->calls() + 1 + seed;
    f.disk->before_each_change([cut_at](const FileCall& call) {
      return call.number >= cut_at ? FaultDecision::crash() : FaultDecision::proceed();
    });
    static_cast<void>(f.directory->close());
    f.power_cut(seed % 2 == 0 ? CrashKind::torn : CrashKind::reordered, seed);
    f.open();
    if (!f.directory->recovery_report().clean) ++unclean;
    for (int32_t p = 0; p < 3; ++p) {
      auto log = f.log("orders", p);
      CHECK(log->log_end_offset() == Offset(10));
      for (int64_t i = 0; i < 10; ++i) {
        const auto found =
            log->lookup_timestamp(TimestampMs(1000 + 10 * i), ReadLimit::high_watermark);
        REQUIRE(found.ok());
        CHECK(found->offset == Offset(i));
      }
    }
  }
  CHECK(unclean > 20);
}

TEST_CASE("preallocated room is cut silently after a crash") {
  DirectoryFixture f;
  f.open();
  append(*f.log());
  CHECK(f.disk->status("/data/orders-0/00000000000000000000.log")->size == 4 << 10);
  f.kill();
  f.open();
  auto log = f.log();
  const RecoveryReport report = f.directory->recovery_report();
  CHECK_FALSE(report.clean);
  CHECK(report.partitions == 1);
  CHECK(report.segments_scanned == 1);
  CHECK(report.bytes_scanned == static_cast<int64_t>(make_batch().size()));
  CHECK(report.bytes_cut == 0);
  CHECK(log->log_end_offset() == Offset(1));
  CHECK(log->recovery_point() == Offset(0));
}

TEST_CASE("a torn tail is cut, physically, and the log goes on") {
  DirectoryFixture f;
  f.config.segment_bytes = 1000;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 3; ++i) append(*log);
  log = nullptr;
  f.kill();
  const std::string path = "/data/orders-0/00000000000000000000.log";
  const auto size = static_cast<int64_t>(make_batch().size());
  {
    // Half of a batch, then a whole one of an earlier life.
    auto file = f.disk->open(path, OpenMode::read_write);
    std::vector<uint8_t> old = make_batch();
    assign_offsets(old, Offset(4), LeaderEpoch(0));
    REQUIRE((*file)->write_at(Position(3 * size), ByteView(old).first(40)).ok());
    REQUIRE((*file)->write_at(Position(4 * size), old).ok());
  }
  f.open();
  log = f.log();
  CHECK(log->log_end_offset() == Offset(3));
  CHECK(f.directory->recovery_report().bytes_cut > 0);
  CHECK(f.disk->status(path)->size == 3 * size);
  append(*log);
  log = nullptr;
  f.kill();
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(4));  // not 5: the old batch is gone
}

TEST_CASE("damage below the recovery point is never cut") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 5; ++i) append(*log);
  REQUIRE(f.directory->checkpoint().ok());
  CHECK(log->recovery_point() == Offset(5));
  append(*log);
  log = nullptr;
  f.kill();
  {
    auto file = f.disk->open("/data/orders-0/00000000000000000000.log", OpenMode::read_write);
    const uint8_t wrong = 0xee;
    REQUIRE((*file)->write_at(Position(200), ByteView(&wrong, 1)).ok());
  }
  // With it recovery would begin behind the damage, which readers and `log verify` find.
  REQUIRE(f.disk->remove_file("/data/odradek-journal/resume-points").ok());
  f.open();
  const int64_t size = f.disk->status("/data/orders-0/00000000000000000000.log")->size;
  auto refused = f.try_log();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kafka_storage_error);
  CHECK(refused.error().detail.find("damaged below the recovery point 5") != std::string::npos);
  CHECK(refused.error().detail.find("checksum") != std::string::npos);
  CHECK(f.disk->status("/data/orders-0/00000000000000000000.log")->size == size);
  CHECK(f.try_log("others").ok());         // the other partitions work
  CHECK_FALSE(f.directory->close().ok());  // but no marker may speak for this one
}

TEST_CASE("a missing index is rebuilt after a clean stop, with those behind it") {
  DirectoryFixture f;
  f.config.segment_bytes = 500;
  f.config.index_interval_bytes = 100;
  f.open();
  auto log = f.log();
  for (int i = 0; i < 30; ++i) append(*log);
  const size_t segments = log->segment_count();
  CHECK(segments > 4);
  log = nullptr;
  f.close();
  std::vector<std::string> names;
  const auto entries = f.disk->list("/data/orders-0");
  std::map<std::string, std::string> before;
  for (const auto& entry : *entries) {
    before[entry.name] = file(*f.disk, "/data/orders-0/" + entry.name);
    if (entry.name.ends_with(".index")) names.push_back(entry.name);
  }
  REQUIRE(f.disk->remove_file("/data/orders-0/" + names[2]).ok());
  f.open();
  log = f.log();
  CHECK(f.directory->recovery_report().segments_scanned == static_cast<int64_t>(segments) - 2);
  CHECK(log->log_end_offset() == Offset(30));
  log = nullptr;
  f.close();
  for (const auto& [name, content] : before) {
    CAPTURE(name);
    CHECK(file(*f.disk, "/data/orders-0/" + name) == content);
  }
}

TEST_CASE("a partition folder belongs to one topic id") {
  DirectoryFixture f;
  f.open();
  f.log();
  auto other = f.directory->open_partition({"orders", PartitionIndex(0)}, make_uuid(2), f.config);
  REQUIRE_FALSE(other.ok());
  CHECK(other.error().code == ErrorCode::inconsistent_topic_id);
  CHECK(f.log() == f.log());
  f.close();
  f.open();
  REQUIRE(f.directory->partitions_on_disk().size() == 1);
  CHECK(f.directory->partitions_on_disk()[0].topic_id == make_uuid(1));
  auto again = f.directory->open_partition({"orders", PartitionIndex(0)}, make_uuid(2), f.config);
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().code == ErrorCode::inconsistent_topic_id);
}

TEST_CASE("how long a deleted folder stays is changed while the directory is open") {
  DirectoryFixture f;
  f.open();
  const auto doomed = [&] {
    const auto entries = f.disk->list("/data");
    return std::count_if(entries->begin(), entries->end(),
                         [](const auto& entry) { return entry.name.ends_with("-delete"); });
  };
  append(*f.log("slow"));
  append(*f.log("fast"));
  REQUIRE(f.directory->delete_partition({"slow", PartitionIndex(0)}).ok());
  f.directory->set_file_delete_delay(1000);
  REQUIRE(f.directory->delete_partition({"fast", PartitionIndex(0)}).ok());
  CHECK(doomed() == 2);
  f.clock.advance(1000);
  f.directory->run_once();
  CHECK(doomed() == 1);  // the first one keeps the time that it was given
  f.clock.advance(59000);
  f.directory->run_once();
  CHECK(doomed() == 0);
  append(*f.log("at once"));
  f.directory->set_file_delete_delay(0);
  REQUIRE(f.directory->delete_partition({"at once", PartitionIndex(0)}).ok());
  f.directory->run_once();
  CHECK(doomed() == 0);
}

TEST_CASE("a deleted partition is gone at once, its folder later") {
  DirectoryFixture f;
  f.open();
  append(*f.log());
  append(*f.log("kept"));
  f.directory->run_once();
  REQUIRE(f.directory->checkpoint().ok());
  REQUIRE(f.directory->delete_partition({"orders", PartitionIndex(0)}).ok());
  CHECK(f.directory->find({"orders", PartitionIndex(0)}) == nullptr);
  const auto doomed = [&] {
    int count = 0;
    const auto entries = f.disk->list("/data");
    for (const auto& entry : *entries) count += entry.name.ends_with("-delete") ? 1 : 0;
    return count;
  };
  CHECK(doomed() == 1);
  append(*f.log());  // the same name may come back at once
  CHECK(f.log()->log_end_offset() == Offset(1));
  REQUIRE(f.directory->delete_partition({"orders", PartitionIndex(0)}).ok());
  CHECK(doomed() == 2);
  REQUIRE(f.directory->delete_partition({"orders", PartitionIndex(0)}).ok());  // none: no error
  f.clock.advance(60000);
  f.directory->run_once();
  CHECK(doomed() == 0);
  f.log();
  REQUIRE(f.directory->delete_partition({"orders", PartitionIndex(0)}).ok());
  REQUIRE(f.directory->checkpoint().ok());
  CHECK(file(*f.disk, "/data/recovery-point-offset-checkpoint") == "0\n1\nkept 0 1\n");
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.directory->partitions_on_disk().size() == 1);
  CHECK(doomed() == 1);  // left over, removed at the first change
  f.log("kept");
  f.directory->run_once();
  CHECK(doomed() == 0);
}

TEST_CASE("a stray partition is set aside and kept") {
  DirectoryFixture f;
  f.open();
  append(*f.log());
  REQUIRE(f.directory->set_aside({"orders", PartitionIndex(0)}).ok());
  f.clock.advance(1 << 20);
  f.directory->run_once();
  f.close();
  f.open();
  CHECK(f.directory->partitions_on_disk().empty());
  const auto entries = f.disk->list("/data");
  CHECK(std::any_of(entries->begin(), entries->end(),
                    [](const auto& entry) { return entry.name.ends_with("-stray"); }));
}

TEST_CASE("what nobody opened after a crash is recovered before the marker is written") {
  DirectoryFixture f;
  f.open();
  append(*f.log("orders"));
  append(*f.log("others"));
  f.kill();
  f.open();
  f.log("orders");
  f.close();
  CHECK(f.disk->status("/data/others-0/00000000000000000000.log")->size ==
        static_cast<int64_t>(make_batch().size()));
  f.open();
  CHECK(f.directory->recovery_report().clean);
  CHECK(f.log("others")->log_end_offset() == Offset(1));
}

TEST_CASE("checkpoints keep what they said of partitions that are not open") {
  DirectoryFixture f;
  f.open();
  append(*f.log("orders"));
  append(*f.log("others"));
  f.close();
  f.open();
  append(*f.log("orders"));
  f.close();
  CHECK(file(*f.disk, "/data/recovery-point-offset-checkpoint") ==
        "0\n2\norders 0 2\nothers 0 1\n");
}

TEST_CASE("files beside the partitions are read and replaced inside the directory only") {
  DirectoryFixture f;
  f.open();
  REQUIRE(f.directory->write_file("quorum-state", as_bytes("{}")).ok());
  CHECK(text_of(*f.directory->read_file("quorum-state", 100)) == "{}");
  CHECK_FALSE(f.directory->read_file("quorum-state", 1).ok());
  CHECK_FALSE(f.directory->read_file("../secret", 100).ok());
  CHECK_FALSE(f.directory->write_file("/etc/passwd", {}).ok());
  const auto names = f.directory->list_files("");
  REQUIRE(names.ok());
  CHECK(std::find(names->begin(), names->end(), "quorum-state") != names->end());
  REQUIRE(f.directory->remove_file("quorum-state").ok());
  CHECK_FALSE(f.directory->read_file("quorum-state", 100).ok());
}

TEST_CASE("a checkpoint is taken by itself from time to time") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  f.open();
  auto log = f.log();
  append(*log);
  f.directory->run_once();
  CHECK(log->recovery_point() == Offset(0));
  f.clock.advance(60000);
  f.directory->run_once();
  CHECK(log->recovery_point() == Offset(1));
  CHECK(log->durable_offset() == Offset(1));
  append(*log);
  f.clock.advance(60000);
  f.directory->run_once();
  CHECK(log->recovery_point() == Offset(2));
}

}  // namespace odradek
