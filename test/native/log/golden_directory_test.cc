// Opens a data directory that Apache Kafka 4.3.1 wrote and compares it with what Kafka's own reader
// said about it (test/fixtures/storage).
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "../file/temporary_directory.h"
#include "batch/record_codec.h"
#include "log/uuid_text.h"
#include "log_fixture.h"

namespace odradek {
namespace {

namespace fs = std::filesystem;

struct GoldenRecord {
  int64_t offset;
  int64_t timestamp;
  bool aborted;
  std::optional<std::string> key;
  std::string value;  // "null", "x…" or "length:N"
};

struct GoldenProducer {
  int64_t id;
  int epoch;
  int32_t last_sequence;
  int32_t coordinator_epoch;
  auto operator<=>(const GoldenProducer&) const = default;
};

struct GoldenSegment {
  int64_t base, log_bytes, index_bytes, time_index_bytes, aborted_index_bytes;
};

struct GoldenPartition {
  int64_t log_start, high_watermark, records, committed, max_timestamp_offset, max_timestamp;
  std::vector<GoldenProducer> producers;
  std::vector<GoldenSegment> segments;
  std::vector<GoldenRecord> by_offset;
};

struct Golden {
  MetaProperties meta;
  int64_t written_at = 0;
  std::map<std::string, std::pair<Uuid, int>> topics;
  std::map<TopicPartition, GoldenPartition> partitions;
};

fs::path fixtures() { return fs::path(__FILE__).parent_path() / ".." / ".." / "fixtures"; }

std::string hex(ByteView bytes) {
  static const char* digits = "0123456789abcdef";
  std::string text = "x";
  for (const uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

GoldenPartition& partition_of(std::istream& line, Golden* golden) {
  TopicPartition id;
  line >> id.topic >> id.partition.value;
  return golden->partitions[id];
}

Golden read_golden() {
  Golden golden;
  std::ifstream file(fixtures() / ".." / "native" / "fixtures" / "golden-directory.txt");
  REQUIRE(file.is_open());
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string what;
    line >> what;
    if (what == "directory") {
      line >> golden.meta.cluster_id >> golden.meta.node_id >> golden.meta.directory_id >>
          golden.written_at;
    } else if (what == "topic") {
      std::string name;
      std::string id;
      int partitions = 0;
      line >> name >> id >> partitions;
      golden.topics[name] = {parse_uuid(id).value(), partitions};
    } else if (what == "partition") {
      GoldenPartition& p = partition_of(line, &golden);
      line >> p.log_start >> p.high_watermark >> p.records >> p.committed >>
          p.max_timestamp_offset >> p.max_timestamp;
    } else if (what == "producer") {
      GoldenPartition& p = partition_of(line, &golden);
      GoldenProducer producer{};
      line >> producer.id >> producer.epoch >> producer.last_sequence >> producer.coordinator_epoch;
      p.producers.push_back(producer);
    } else if (what == "segment") {
      GoldenPartition& p = partition_of(line, &golden);
      GoldenSegment s{};
      line >> s.base >> s.log_bytes >> s.index_bytes >> s.time_index_bytes >> s.aborted_index_bytes;
      p.segments.push_back(s);
    } else if (what == "record") {
      GoldenPartition& p = partition_of(line, &golden);
      GoldenRecord record{};
      int leader_epoch = 0;
      int headers = 0;
      std::string key;
      line >> record.offset >> record.timestamp >> leader_epoch >> record.aborted >> headers >>
          key >> record.value;
      if (key != "null") record.key = key;
      REQUIRE(leader_epoch == 0);
      p.by_offset.push_back(record);
    }
    REQUIRE_MESSAGE(!line.fail(), text);
  }
  return golden;
}

// Everything in a folder, by relative path.
std::map<std::string, std::string> contents(const fs::path& root) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    all[fs::relative(entry.path(), root).string()] = bytes.str();
  }
  return all;
}

// The lines of a checkpoint, whatever their order.
std::multiset<std::string> lines(const std::string& text) {
  std::multiset<std::string> all;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.insert(line);
  return all;
}

struct GoldenDirectory {
  explicit GoldenDirectory(int64_t now_ms) : clock(now_ms), golden(read_golden()) {
    const std::string archive = (fixtures() / "storage" / "kafka-4.3.1-clean.tar.gz").string();
    const std::string command = "tar -xzf '" + archive + "' -C '" + folder.path() + "'";
    REQUIRE(std::system(command.c_str()) == 0);
    path = folder.path() + "/data";
    before = contents(path);
    LogDirectoryOptions options;
    options.path = path;
    options.file_system = &posix_file_system();
    options.clock = &clock;
    options.background = false;
    auto opened = LogDirectory::open(options);
    REQUIRE(opened.ok());
    directory = std::move(*opened);
  }
  std::shared_ptr<PartitionLog> open(const TopicPartition& id) {
    const auto topic = golden.topics.find(id.topic);
    Uuid topic_id;
    topic_id.bytes[15] = 1;  // of __cluster_metadata
    if (topic != golden.topics.end()) topic_id = topic->second.first;
    auto log = directory->open_partition(id, topic_id, LogConfig());
    REQUIRE_MESSAGE(log.ok(), (log.ok() ? std::string() : log.error().detail));
    return *log;
  }

  TemporaryDirectory folder;
  ManualClock clock;
  Golden golden;
  std::string path;
  std::map<std::string, std::string> before;
  std::unique_ptr<LogDirectory> directory;
};

// All stored bytes of a log, read `step` bytes at a time as a consumer does.
std::vector<uint8_t> read_all(const PartitionLog& log, size_t step, ReadLimit limit,
                              std::set<std::pair<int64_t, int64_t>>* aborted) {
  std::vector<uint8_t> all;
  ReadHint hint;
  Offset at = log.log_start_offset();
  for (;;) {
    auto outcome = log.read(at, step, limit, true, &hint);
    REQUIRE(outcome.ok());
    if (outcome->bytes == 0) return all;
    const auto bytes = bytes_of(*outcome);
    all.insert(all.end(), bytes.begin(), bytes.end());
    for (const auto& a : outcome->aborted) {
      aborted->insert({a.producer_id.value, a.first_offset.value});
    }
    REQUIRE(outcome->next_offset > at);
    at = outcome->next_offset;
  }
}

// Compares the batches with the records that a consumer saw. Returns how many records they cover.
int64_t check_records(const std::vector<BatchView>& batches, const GoldenPartition& partition) {
  size_t next = 0;
  for (const BatchView& batch : batches) {
    if (batch.is_control()) continue;
    RecordIterator records(batch.records(), batch.record_count());
    for (int32_t i = 0; i < batch.record_count(); ++i) {
      Record record;
      if (!batch.is_compressed()) {
        REQUIRE(records.next(&record));
        if (batch.offset_of(record.offset_delta).value < partition.log_start) continue;
      }
      REQUIRE(next < partition.by_offset.size());
      const GoldenRecord& golden = partition.by_offset[next++];
      CHECK(golden.offset >= batch.base_offset().value);
      CHECK(golden.offset <= batch.last_offset().value);
      CHECK(golden.timestamp <= batch.max_timestamp().value);
      if (batch.is_compressed()) continue;
      CHECK(golden.offset == batch.offset_of(record.offset_delta).value);
      CHECK(golden.timestamp == batch.timestamp_of(record.timestamp_delta).value);
      CHECK(golden.key.has_value() == !record.key.is_null);
      if (golden.key) CHECK(*golden.key == hex(record.key.bytes));
      if (golden.value.starts_with("length:")) {
        CHECK(golden.value == "length:" + std::to_string(record.value.bytes.size()));
      } else {
        CHECK(golden.value == (record.value.is_null ? "null" : hex(record.value.bytes)));
      }
    }
  }
  return static_cast<int64_t>(next);
}

std::vector<GoldenProducer> producers_of(const PartitionLog& log) {
  std::vector<GoldenProducer> found;
  for (const ProducerSummary& p : log.producers()) {
    found.push_back(
        {p.producer_id.value, p.epoch.value, p.last_sequence.value, p.coordinator_epoch});
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

TEST_CASE("Apache Kafka's directory is read as Kafka reads it") {
  GoldenDirectory g(1700003000000);  // near the records' own time
  CHECK(g.directory->meta_properties()->cluster_id == g.golden.meta.cluster_id);
  CHECK(g.directory->meta_properties()->node_id == g.golden.meta.node_id);
  CHECK(g.directory->meta_properties()->directory_id == g.golden.meta.directory_id);
  CHECK(g.directory->partitions_on_disk().size() == 106);
  for (const auto& [id, golden] : g.golden.partitions) {
    CAPTURE(id.topic);
    auto log = g.open(id);
    CHECK(log->log_start_offset().value == golden.log_start);
    CHECK(log->high_watermark().value == golden.high_watermark);
    CHECK(log->last_stable_offset().value == golden.high_watermark);
    CHECK(log->segment_count() == golden.segments.size());
    CHECK(producers_of(*log) == golden.producers);
    for (const size_t step : {size_t{1}, size_t{700}, size_t{150000}, size_t{100} << 20}) {
      CAPTURE(step);
      std::set<std::pair<int64_t, int64_t>> aborted;
      const auto bytes = read_all(*log, step, ReadLimit::last_stable_offset, &aborted);
      CHECK(check_records(batches_in(bytes), golden) == golden.records);
      int64_t visible = 0;
      for (const BatchView& batch : batches_in(bytes)) {
        if (batch.is_control()) continue;
        const auto is_aborted = [&](const auto& a) {
          return batch.is_transactional() && a.first == batch.producer_id().value &&
                 a.second <= batch.base_offset().value;
        };
        // Each producer has at most one aborted transaction here, and it is its last data.
        bool hidden = std::any_of(aborted.begin(), aborted.end(), is_aborted);
        if (batch.producer_id().value == 6 && batch.base_offset().value == 19) hidden = false;
        if (!hidden) visible += batch.record_count();
      }
      if (id.topic == "ledger") {
        CHECK(aborted == std::set<std::pair<int64_t, int64_t>>{{6, 8}, {5, 22}});
        CHECK(visible == golden.committed);
      } else {
        CHECK(aborted.empty());
      }
    }
  }
  CHECK(g.directory->recovery_report().clean);
  CHECK(g.directory->recovery_report().bytes_scanned == 0);
}

TEST_CASE("records of Apache Kafka's directory are found by time and by offset") {
  GoldenDirectory g(1700003000000);
  for (const auto& [id, golden] : g.golden.partitions) {
    CAPTURE(id.topic);
    auto log = g.open(id);
    auto newest = log->lookup_max_timestamp(ReadLimit::high_watermark);
    REQUIRE(newest.ok());
    CHECK(newest->timestamp.value == golden.max_timestamp);
    if (newest->compressed_batch.empty()) {
      CHECK(newest->offset.value == golden.max_timestamp_offset);
    } else {
      const auto batch = BatchView::at(newest->compressed_batch);
      REQUIRE(batch.has_value());
      CHECK(batch->base_offset().value <= golden.max_timestamp_offset);
      CHECK(batch->last_offset().value >= golden.max_timestamp_offset);
    }
    for (const GoldenRecord& record : golden.by_offset) {
      auto outcome = log->read(Offset(record.offset), 1, ReadLimit::high_watermark, true, nullptr);
      REQUIRE(outcome.ok());
      const auto bytes = bytes_of(*outcome);
      const auto batches = batches_in(bytes);
      REQUIRE(batches.size() == 1);
      CHECK(batches[0].base_offset().value <= record.offset);
      CHECK(batches[0].last_offset().value >= record.offset);

      auto found = log->lookup_timestamp(TimestampMs(record.timestamp), ReadLimit::high_watermark);
      REQUIRE(found.ok());
      CHECK(found->offset.value >= golden.log_start);
      if (found->compressed_batch.empty()) {
        // The first record in offset order that is not older.
        const auto first =
            std::find_if(golden.by_offset.begin(), golden.by_offset.end(),
                         [&](const GoldenRecord& r) { return r.timestamp >= record.timestamp; });
        if (id.topic != "ledger") CHECK(found->offset.value == first->offset);
        CHECK(found->offset.value <= first->offset);
      }
    }
    auto none =
        log->lookup_timestamp(TimestampMs(golden.max_timestamp + 1), ReadLimit::high_watermark);
    REQUIRE(none.ok());
    CHECK(none->offset == kNoOffset);
  }
}

TEST_CASE("Apache Kafka's directory is left as it was") {
  Golden golden = read_golden();
  GoldenDirectory g(golden.written_at);
  for (const PartitionOnDisk& partition : g.directory->partitions_on_disk()) {
    g.open(partition.topic_partition);
  }
  for (const auto& [id, partition] : golden.partitions) {
    auto log = g.open(id);
    CHECK(log->high_watermark().value == partition.high_watermark);
    // Idle since 2023, they are kept until the next look for such.
    CHECK(producers_of(*log) == partition.producers);
  }
  g.directory->run_once();
  REQUIRE(g.directory->close().ok());
  const auto after = contents(g.path);
  for (const auto& [name, bytes] : g.before) {
    CAPTURE(name);
    if (name.ends_with(".deleted")) {
      CHECK_FALSE(after.contains(name));
      continue;
    }
    REQUIRE(after.contains(name));
    if (name.ends_with("-offset-checkpoint")) {
      CHECK(lines(after.at(name)) == lines(bytes));
    } else if (name == ".kafka_cleanshutdown") {
      CHECK(after.at(name) == "{\"version\":0,\"brokerEpoch\":-1}");
    } else {
      CHECK(after.at(name) == bytes);
    }
  }
  for (const auto& [name, bytes] : after) {
    CAPTURE(name);
    if (name != ".lock") CHECK(g.before.contains(name));
  }
}

TEST_CASE("recovery of Apache Kafka's directory finds what its index files say") {
  Golden golden = read_golden();
  GoldenDirectory g(golden.written_at);
  g.directory = nullptr;
  // As after a crash before the first checkpoint, with no index left.
  fs::remove(g.path + "/.kafka_cleanshutdown");
  fs::remove(g.path + "/recovery-point-offset-checkpoint");
  for (const auto& [name, bytes] : g.before) {
    const bool index = name.ends_with("index") || name.ends_with(".snapshot");
    if (index && !name.starts_with("__")) fs::remove(g.path + "/" + name);
  }
  LogDirectoryOptions options = on_real_disk(g.path, g.clock);
  options.background = false;
  g.clock.advance(1700003000000 - golden.written_at);
  auto opened = LogDirectory::open(options);
  REQUIRE(opened.ok());
  g.directory = std::move(*opened);
  LogConfig compacted;
  compacted.validation.compacted = true;
  compacted.index_interval_bytes = 512;
  for (const auto& [id, partition] : golden.partitions) {
    auto log = g.directory->open_partition(id, golden.topics[id.topic].first,
                                           id.topic == "compacted" ? compacted : LogConfig());
    REQUIRE(log.ok());
    CHECK((*log)->high_watermark().value == partition.high_watermark);
    CHECK(producers_of(**log) == partition.producers);
  }
  CHECK(g.directory->recovery_report().bytes_scanned > 4000000);
  CHECK(g.directory->recovery_report().bytes_cut == 0);
  REQUIRE(g.directory->close().ok());
  const auto after = contents(g.path);
  for (const auto& [name, bytes] : g.before) {
    CAPTURE(name);
    const bool rebuilt = name.ends_with("index") && !name.starts_with("__");
    if (rebuilt) {
      REQUIRE(after.contains(name));
      CHECK(after.at(name) == bytes);
    }
  }
  CHECK(after.at("ledger-0/00000000000000000024.snapshot") ==
        g.before.at("ledger-0/00000000000000000024.snapshot"));
}

}  // namespace odradek
