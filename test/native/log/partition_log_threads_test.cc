// Appenders, readers, the flusher and the helpers at once, on the machine's own file system. Meant
// for ThreadSanitizer as much as for its own checks.
#include <atomic>
#include <thread>

#include "../file/temporary_directory.h"
#include "log_fixture.h"

namespace odradek {
namespace {

constexpr int kAppenders = 4;
constexpr int kBatchesEach = 400;

class Watcher final : public HighWatermarkObserver {
 public:
  void high_watermark_advanced(PartitionLog&, Offset high_watermark) noexcept override {
    calls.fetch_add(1);
    if (high_watermark == kNoOffset) ends.fetch_add(1);
  }
  std::atomic<int> calls{0};
  std::atomic<int> ends{0};
};

// Waits for each batch as acks=all does.
void append_and_wait(PartitionLog& log, int appender) {
  for (int i = 0; i < kBatchesEach; ++i) {
    std::vector<uint8_t> batch = make_batch({.records = 2,
                                             .timestamp = system_clock().now().value,
                                             .value = std::string(50 + i % 200, 'x'),
                                             .producer = ProducerId(100 + appender),
                                             .sequence = 2 * i});
    auto outcome = log.append(batch, AppendOrigin::client);
    REQUIRE(outcome.ok());
    REQUIRE_FALSE(outcome->duplicate);
    if (i % 8 != 0) continue;
    while (log.high_watermark() < outcome->required_high_watermark) std::this_thread::yield();
    REQUIRE(log.durable_offset() >= outcome->required_high_watermark);
  }
}

// Follows the log to `end`; every offset comes once and in order.
void follow(const PartitionLog& log, Offset end, std::atomic<int64_t>* deleted_to) {
  ReadHint hint;
  Offset at(0);
  while (at < end) {
    auto outcome = log.read(at, 3000, ReadLimit::high_watermark, true, &hint);
    if (!outcome.ok()) {
      REQUIRE(outcome.error().code == ErrorCode::offset_out_of_range);
      REQUIRE(at < log.log_start_offset());
      at = log.log_start_offset();
      continue;
    }
    if (outcome->bytes == 0) {
      std::this_thread::yield();
      continue;
    }
    const auto bytes = bytes_of(*outcome);
    for (const BatchView& batch : batches_in(bytes)) {
      REQUIRE(batch.last_offset() >= at);
      if (at != log.log_start_offset() && batch.base_offset() > at) {
        REQUIRE(batch.base_offset().value <= deleted_to->load());
      }
      at = batch.next_offset();
    }
    REQUIRE(at == outcome->next_offset);
  }
}

// Batches that every compaction keeps.
bool is_kept(Offset base) { return base.value % 8 == 0; }

// Reads the log from its start to `end`, time and again while it is compacted: whole batches in
// order, and of those that are kept each one.
void follow_compacted(const PartitionLog& log, Offset end, const std::atomic<bool>& stop) {
  ReadHint hint;
  for (bool once_more = true; once_more;) {
    once_more = !stop.load();
    for (Offset at(0); at < std::min(end, log.high_watermark());) {
      auto outcome = log.read(at, 3000, ReadLimit::high_watermark, true, &hint);
      REQUIRE_MESSAGE(outcome.ok(), (outcome.ok() ? std::string() : outcome.error().detail));
      const auto bytes = bytes_of(*outcome);
      const Offset before = at;
      for (const BatchView& batch : batches_in(bytes)) {
        REQUIRE(batch.last_offset() >= at);
        for (; at < batch.base_offset(); at = at + 1) REQUIRE_FALSE(is_kept(at));
        at = batch.next_offset();
      }
      if (at == before) break;  // nothing but compacted offsets up to the high watermark
    }
  }
}

// Puts the kept batches of two sealed segments in their place. False if they were not there any
// more, or there are too few.
bool compact_two(LogDirectory& directory, PartitionLog& log, size_t pick) {
  const auto segments = log.segments();
  REQUIRE(segments.ok());
  if (segments->size() < 4) return false;
  REQUIRE(directory.checkpoint().ok());
  const size_t first = pick % (segments->size() - 3);
  const Offset base = (*segments)[first].base_offset;
  const Offset end = (*segments)[first + 2].base_offset;
  auto replacement = log.replace_segments(base, end);
  REQUIRE_MESSAGE(replacement.ok(),
                  (replacement.ok() ? std::string() : replacement.error().detail));
  for (Offset at = base; at < end;) {
    auto outcome = log.read(at, 1 << 20, ReadLimit::high_watermark, true, nullptr);
    REQUIRE(outcome.ok());
    if (outcome->bytes == 0) break;
    const auto bytes = bytes_of(*outcome);
    for (const BatchView& batch : batches_in(bytes)) {
      at = batch.next_offset();
      if (batch.base_offset() >= end) break;
      if (is_kept(batch.base_offset())) REQUIRE((*replacement)->append(batch.bytes()).ok());
    }
  }
  auto done = (*replacement)->commit();
  while (!done.ok() && done.error().code == ErrorCode::invalid_request) {
    // A helper has not finished the index files of these segments: no checkpoint passes them.
    std::this_thread::yield();
    REQUIRE(directory.checkpoint().ok());
    done = (*replacement)->commit();
  }
  REQUIRE_MESSAGE(done.ok(), (done.ok() ? std::string() : done.error().detail));
  return *done;
}

}  // namespace

TEST_CASE("readers go on while segments under them are replaced") {
  TemporaryDirectory folder;
  auto opened = LogDirectory::open(on_real_disk(folder.path() + "/data"));
  REQUIRE(opened.ok());
  LogConfig config;
  config.segment_bytes = 20000;
  config.index_interval_bytes = 500;
  auto log = (*opened)->open_partition({"orders", PartitionIndex(0)}, make_uuid(1), config);
  REQUIRE(log.ok());
  const Offset end(kAppenders * kBatchesEach * 2);
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back([&] { follow_compacted(**log, end, stop); });
  std::vector<std::thread> appenders;
  for (int i = 0; i < kAppenders; ++i) {
    appenders.emplace_back([&, i] { append_and_wait(**log, i); });
  }
  size_t compactions = 0;
  for (size_t round = 0; (*log)->high_watermark() < end; ++round) {
    if (compact_two(**opened, **log, round * 7)) ++compactions;
    std::this_thread::yield();
  }
  for (std::thread& thread : appenders) thread.join();
  while ((*log)->segment_count() > 4) REQUIRE(compact_two(**opened, **log, 0));
  stop.store(true);
  for (std::thread& thread : readers) thread.join();
  CHECK(compactions > 0);
  CHECK((*log)->log_end_offset() == end);
  log = std::shared_ptr<PartitionLog>();
  REQUIRE((*opened)->close().ok());
  *opened = nullptr;
  opened = LogDirectory::open(on_real_disk(folder.path() + "/data"));
  REQUIRE(opened.ok());
  log = (*opened)->open_partition({"orders", PartitionIndex(0)}, make_uuid(1), config);
  REQUIRE(log.ok());
  CHECK((*opened)->recovery_report().clean);
  follow_compacted(**log, end, stop);
}

TEST_CASE("appenders, readers, flusher and deletions do not disturb each other") {
  TemporaryDirectory folder;
  LogDirectoryOptions options = on_real_disk(folder.path() + "/data");
  options.checkpoint_interval_ms = 20;
  auto opened = LogDirectory::open(options);
  REQUIRE(opened.ok());
  LogConfig config;
  config.segment_bytes = 20000;
  config.file_delete_delay_ms = 1;
  config.index_interval_bytes = 500;
  auto log = (*opened)->open_partition({"orders", PartitionIndex(0)}, make_uuid(1), config);
  REQUIRE(log.ok());
  Watcher watcher;
  (*log)->add_observer(&watcher);

  const Offset end(kAppenders * kBatchesEach * 2);
  std::atomic<int64_t> deleted_to{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kAppenders; ++i) {
    threads.emplace_back([&, i] { append_and_wait(**log, i); });
  }
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] { follow(**log, end, &deleted_to); });
  }
  threads.emplace_back([&] {
    while ((*log)->high_watermark() < end) {
      const Offset to((*log)->high_watermark().value / 2);
      deleted_to.store(to.value);
      REQUIRE((*log)->delete_up_to(to).ok());
      REQUIRE((*log)->lookup_max_timestamp(ReadLimit::high_watermark).ok());
      REQUIRE((*log)->producers().size() <= kAppenders);
      std::this_thread::yield();
    }
  });
  for (std::thread& thread : threads) thread.join();
  CHECK((*log)->log_end_offset() == end);
  CHECK((*log)->segment_count() > 1);
  CHECK(watcher.calls.load() > 0);
  CHECK((*opened)->unflushed_bytes() == 0);
  const Offset start = (*log)->log_start_offset();

  REQUIRE((*opened)->close().ok());
  CHECK(watcher.ends.load() == 1);
  (*log)->remove_observer(&watcher);
  CHECK_FALSE((*log)->online());
  log = std::shared_ptr<PartitionLog>();
  *opened = nullptr;
  auto again = LogDirectory::open(options);
  REQUIRE(again.ok());
  auto reopened = (*again)->open_partition({"orders", PartitionIndex(0)}, make_uuid(1), config);
  REQUIRE(reopened.ok());
  CHECK((*again)->recovery_report().clean);
  CHECK((*reopened)->log_start_offset() == start);
  CHECK((*reopened)->log_end_offset() == end);
  CHECK((*reopened)->producers().size() == kAppenders);
  std::atomic<int64_t> none{0};
  follow(**reopened, end, &none);
}

TEST_CASE("helpers make windows while appenders write, roll and truncate") {
  TemporaryDirectory folder;
  ManualClock clock;
  auto opened = LogDirectory::open(on_real_disk(folder.path() + "/data", clock));
  REQUIRE(opened.ok());
  LogConfig config;
  config.segment_bytes = 4 << 20;
  config.flush_messages = INT64_MAX;
  auto log = (*opened)->open_partition({"orders", PartitionIndex(0)}, make_uuid(1), config);
  REQUIRE(log.ok());
  const std::string value(2000, 'w');
  const auto append_many = [&](int count) {
    for (int i = 0; i < count; ++i) {
      std::vector<uint8_t> batch = make_batch({.timestamp = clock.now().value, .value = value});
      REQUIRE((*log)->append(batch, AppendOrigin::client).ok());
      if (i % 4 == 0) clock.advance(1);  // 8 MB/s
    }
  };
  for (int round = 0; round < 2; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) threads.emplace_back([&] { append_many(5000); });
    threads.emplace_back([&] {
      ReadHint hint;
      const Offset end = (*log)->log_end_offset() + 5000;
      for (Offset at = (*log)->log_end_offset(); at < end;) {
        auto outcome = (*log)->read(at, 1 << 20, ReadLimit::high_watermark, true, &hint);
        REQUIRE(outcome.ok());
        const auto bytes = bytes_of(*outcome);
        REQUIRE((bytes.empty() || !batches_in(bytes).empty()));
        at = outcome->next_offset;
      }
    });
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) REQUIRE((*log)->flush().ok());
    });
    for (std::thread& thread : threads) thread.join();
    REQUIRE((*log)->truncate_to(Offset(9000)).ok());
  }
  append_many(1000);
  CHECK((*log)->log_end_offset() == Offset(10000));
  REQUIRE((*opened)->close().ok());
}

TEST_CASE("an observer that is removed is not called any more") {
  DirectoryFixture f;
  f.config.flush_messages = INT64_MAX;
  f.open();
  auto log = f.log();
  std::atomic<bool> stop{false};
  std::thread appender([&] {
    while (!stop.load()) append(*log);
  });
  for (int i = 0; i < 200; ++i) {
    auto watcher = std::make_unique<Watcher>();
    log->add_observer(watcher.get());
    std::this_thread::yield();
    log->remove_observer(watcher.get());
    watcher = nullptr;  // a later call would be found by the sanitizers
  }
  stop.store(true);
  appender.join();
  CHECK(log->high_watermark() == log->log_end_offset());
}

}  // namespace odradek
