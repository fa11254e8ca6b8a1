// What the tests of the log share: a clock that stands still, batches in one line, a directory that
// can be stopped cleanly, uncleanly and by a power cut.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "batch/batch_builder.h"
#include "batch/batch_stamp.h"
#include "batch/batch_view.h"
#include "file/memory_file_system.h"
#include "log/log_directory.h"

template <class Tag, class Int>
struct doctest::StringMaker<odradek::StrongInt<Tag, Int>> {
  static String convert(const odradek::StrongInt<Tag, Int>& value) {
    return std::to_string(value.value).c_str();
  }
};

namespace odradek {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t now_ms = 1700000000000) : now_ms_(now_ms) {}
  TimestampMs now() const override { return TimestampMs(now_ms_.load()); }
  int64_t monotonic_ns() const override { return now_ms_.load() * 1000000; }
  void advance(int64_t ms) { now_ms_.fetch_add(ms); }

 private:
  std::atomic<int64_t> now_ms_;
};

struct BatchSpec {
  int records = 1;
  int64_t timestamp = 1700000000000;
  std::string value = "value";
  ProducerId producer = kNoProducerId;
  int16_t epoch = 0;
  int32_t sequence = 0;
  bool transactional = false;
};

inline std::vector<uint8_t> make_batch(const BatchSpec& spec = {}) {
  BatchProperties properties;
  if (spec.producer != kNoProducerId) {
    properties.producer_id = spec.producer;
    properties.producer_epoch = ProducerEpoch(spec.epoch);
    properties.base_sequence = Sequence(spec.sequence);
    properties.transactional = spec.transactional;
  }
  BatchBuilder builder(properties);
  for (int i = 0; i < spec.records; ++i) {
    builder.append(TimestampMs(spec.timestamp + i), as_bytes("key"), as_bytes(spec.value));
  }
  return builder.seal();
}

inline std::vector<uint8_t> make_marker(ProducerId producer, int16_t epoch, bool commit,
                                        int32_t coordinator_epoch = 0,
                                        int64_t timestamp = 1700000000000) {
  BatchProperties properties;
  properties.producer_id = producer;
  properties.producer_epoch = ProducerEpoch(epoch);
  properties.transactional = true;
  properties.control = true;
  BatchBuilder builder(properties);
  uint8_t key[4];
  uint8_t value[6];
  store_be<int16_t>(key, 0);
  store_be<int16_t>(key + 2, commit ? 1 : 0);
  store_be<int16_t>(value, 0);
  store_be<int32_t>(value + 2, coordinator_epoch);
  builder.append(TimestampMs(timestamp), ByteView(key), ByteView(value));
  return builder.seal();
}

inline Uuid make_uuid(uint8_t seed) {
  Uuid uuid;
  for (size_t i = 0; i < 16; ++i) uuid.bytes[i] = static_cast<uint8_t>(seed + i);
  return uuid;
}

inline std::string text_of(ByteView bytes) { return std::string(as_text(bytes)); }

// Bytes of a read, checked to be whole batches with matching checksums.
inline std::vector<uint8_t> bytes_of(const ReadOutcome& outcome) {
  std::vector<uint8_t> bytes(outcome.bytes);
  if (outcome.bytes == 0) return bytes;
  auto got = outcome.file->read_at(outcome.position, bytes);
  REQUIRE(got.ok());
  REQUIRE(*got == outcome.bytes);
  return bytes;
}

inline std::vector<BatchView> batches_in(ByteView bytes) {
  std::vector<BatchView> batches;
  while (!bytes.empty()) {
    const auto batch = BatchView::at(bytes);
    REQUIRE(batch.has_value());
    REQUIRE(batch->crc_matches());
    batches.push_back(*batch);
    bytes = bytes.subspan(batch->size());
  }
  return batches;
}

// A directory on a disk in memory, driven by hand.
class DirectoryFixture {
 public:
  DirectoryFixture() : disk(std::make_unique<MemoryFileSystem>()) {}

  LogDirectory& open() {
    auto opened = try_open();
    REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? std::string() : opened.error().detail));
    directory = std::move(*opened);
    return *directory;
  }
  LogResult<std::unique_ptr<LogDirectory>> try_open() {
    LogDirectoryOptions options;
    options.path = "/data";
    options.file_system = disk.get();
    options.clock = &clock;
    options.background = false;
    options.journal = journal;
    options.reserve_bytes = reserve_bytes;
    options.checkpoint_bytes = checkpoint_bytes;
    options.open_files_max = open_files_max;
    options.open_files_burst = open_files_burst;
    options.producer_check_interval_ms = producer_check_interval_ms;
    options.run = make_uuid(++runs);
    return LogDirectory::open(options);
  }
  std::shared_ptr<PartitionLog> log(const std::string& topic = "orders", int32_t partition = 0) {
    auto opened = try_log(topic, partition);
    REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? std::string() : opened.error().detail));
    return *opened;
  }
  LogResult<std::shared_ptr<PartitionLog>> try_log(const std::string& topic = "orders",
                                                   int32_t partition = 0) {
    return directory->open_partition({topic, PartitionIndex(partition)}, make_uuid(1), config);
  }
  void close() {
    auto closed = directory->close();
    REQUIRE_MESSAGE(closed.ok(), (closed.ok() ? std::string() : closed.error().detail));
    directory = nullptr;
  }
  // The process dies; the page cache survives.
  void kill() { directory = nullptr; }
  void power_cut(CrashKind kind, uint64_t seed = 0) {
    directory = nullptr;
    disk = disk->after_crash(kind, seed);
  }

  std::unique_ptr<MemoryFileSystem> disk;
  ManualClock clock;
  JournalLimits journal{1 << 14, 4};
  int64_t reserve_bytes = 0;
  int64_t checkpoint_bytes = 768LL << 20;
  int64_t open_files_max = LogDirectoryOptions().open_files_max;
  int64_t open_files_burst = LogDirectoryOptions().open_files_burst;
  int64_t producer_check_interval_ms = 600000;
  uint8_t runs = 0;
  LogConfig config;
  std::unique_ptr<LogDirectory> directory;
};

inline LogDirectoryOptions on_real_disk(const std::string& path,
                                        const Clock& clock = system_clock()) {
  LogDirectoryOptions options;
  options.path = path;
  options.file_system = &posix_file_system();
  options.clock = &clock;
  return options;
}

inline AppendOutcome append(PartitionLog& log, const BatchSpec& spec = {},
                            AppendOrigin origin = AppendOrigin::client) {
  std::vector<uint8_t> batch = make_batch(spec);
  auto outcome = log.append(batch, origin);
  REQUIRE_MESSAGE(outcome.ok(), (outcome.ok() ? std::string() : outcome.error().detail));
  return *outcome;
}

}  // namespace odradek
