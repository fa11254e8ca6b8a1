// Lookups by time against a scan over every record that was ever appended: through segments of all
// ages, sparse indexes, times that go back, deleted records, truncations and restarts.
#include "log/timestamp_search.h"

#include <algorithm>
#include <random>
#include <vector>

#include "batch/batch_stamp.h"
#include "log_fixture.h"

namespace odradek {
namespace {

using Random = std::mt19937_64;

constexpr int64_t kEpochMs = 1700000000000;

// A record as a lookup tells of it. One of a compressed batch stands for the batch, whose largest
// time it has, and which is given to be opened unless all its records have that time.
struct PlainRecord {
  int64_t offset;
  int64_t timestamp;
  bool to_be_opened;
};

class Scenario {
 public:
  explicit Scenario(uint64_t seed) : random_(seed) {
    fixture_.config.segment_bytes = static_cast<int64_t>(2000 + random_() % 6000);
    fixture_.config.index_interval_bytes = static_cast<int64_t>(1 + random_() % 600);
    fixture_.config.flush_messages = INT64_MAX;
    fixture_.open();
    log_ = fixture_.log();
  }

  void step() {
    switch (random_() % 24) {
      case 0:
        delete_some();
        break;
      case 1:
        truncate();
        break;
      case 2:
        restart();
        break;
      default:
        append();
        break;
    }
  }

  void check() {
    for (int i = 0; i < 6; ++i) {
      const int64_t target = kEpochMs - 20 + static_cast<int64_t>(random_() % 3000);
      CAPTURE(target);
      // From somewhere on, also inside of a batch or beyond the end.
      const int64_t start = log_->log_start_offset().value;
      const int64_t span = log_->log_end_offset().value - start + 3;
      const int64_t from = i % 2 == 0 ? 0 : start + static_cast<int64_t>(random_() % span);
      CAPTURE(from);
      auto found =
          log_->lookup_timestamp(TimestampMs(target), ReadLimit::log_end_offset, Offset(from));
      REQUIRE_MESSAGE(found.ok(), (found.ok() ? std::string() : found.error().detail));
      const auto expected = std::find_if(records_.begin(), records_.end(), [&](const auto& one) {
        return one.timestamp >= target && one.offset >= from;
      });
      check_same(*found, expected);
    }
    const int64_t start = log_->log_start_offset().value;
    const int64_t span = log_->log_end_offset().value - start + 3;
    for (const int64_t from : {int64_t{0}, start + static_cast<int64_t>(random_() % span)}) {
      CAPTURE(from);
      auto latest = log_->lookup_max_timestamp(ReadLimit::log_end_offset, Offset(from));
      REQUIRE(latest.ok());
      check_same(*latest, first_of_largest(from));
    }
  }

  size_t segment_count() const { return log_->segment_count(); }

 private:
  void check_same(const TimestampLookup& found, std::vector<PlainRecord>::const_iterator expected) {
    if (expected == records_.end()) {
      REQUIRE(found.offset == kNoOffset);
      REQUIRE(found.compressed_batch.empty());
      return;
    }
    REQUIRE(found.compressed_batch.empty() != expected->to_be_opened);
    REQUIRE(found.offset.value == expected->offset);
    REQUIRE(found.timestamp.value == expected->timestamp);
    REQUIRE(found.leader_epoch == log_->leader_epoch_at(found.offset));
  }

  // The first record with the largest time of all from `from` on.
  std::vector<PlainRecord>::const_iterator first_of_largest(int64_t from) const {
    auto best = records_.end();
    for (auto one = records_.begin(); one != records_.end(); ++one) {
      if (one->offset < from) continue;
      if (best == records_.end() || one->timestamp > best->timestamp) best = one;
    }
    return best;
  }

  void append() {
    // Mostly onwards, now and then far back.
    now_ += static_cast<int64_t>(random_() % 30);
    const bool goes_back = random_() % 6 == 0;
    const bool by_append_time = random_() % 5 == 0;
    const bool compressed = random_() % 4 == 0;
    BatchProperties properties;
    if (by_append_time) properties.log_append_time = TimestampMs(now_);
    BatchBuilder builder(properties);
    const int64_t base = log_->log_end_offset().value;
    const int count = 1 + static_cast<int>(random_() % 6);
    for (int i = 0; i < count; ++i) {
      int64_t timestamp = now_ + static_cast<int64_t>(random_() % 20);
      if (goes_back) timestamp -= static_cast<int64_t>(random_() % 500);
      const std::vector<uint8_t> value(random_() % 100, 'v');
      builder.append(TimestampMs(timestamp), {}, ByteView(value));
      records_.push_back({base + i, by_append_time ? now_ : timestamp, false});
    }
    std::vector<uint8_t> batch = builder.seal();
    if (compressed) {
      batch[kAttributesAt + 1] |= 1;  // gzip, as far as anyone looks who does not open it
      renew_crc(batch);
      const int64_t largest = BatchView::at(batch)->max_timestamp().value;
      for (auto one = records_.end() - count; one != records_.end(); ++one) {
        *one = {one->offset, largest, !by_append_time};
      }
    }
    auto outcome = log_->append(batch, AppendOrigin::client);
    REQUIRE(outcome.ok());
    REQUIRE(outcome->base_offset.value == base);
    batch_starts_.push_back(base);
    if (random_() % 10 == 0) log_->become_leader(log_->leader_epoch() + 1);
  }

  void delete_some() {
    const int64_t end = log_->high_watermark().value;
    const int64_t start = log_->log_start_offset().value;
    const int64_t up_to = start + static_cast<int64_t>(random_() % 20);
    auto deleted = log_->delete_up_to(Offset(std::min(up_to, end)));
    REQUIRE(deleted.ok());
    std::erase_if(records_, [&](const auto& one) { return one.offset < deleted->value; });
  }

  void truncate() {
    const int64_t end = log_->log_end_offset().value;
    const int64_t start = log_->log_start_offset().value;
    const int64_t to = std::max(start, end - static_cast<int64_t>(random_() % 15));
    auto cut = log_->truncate_to(Offset(to));
    REQUIRE(cut.ok());
    std::erase_if(records_, [&](const auto& one) { return one.offset >= cut->value; });
  }

  void restart() {
    log_ = nullptr;
    fixture_.close();
    fixture_.open();
    log_ = fixture_.log();
  }

  Random random_;
  DirectoryFixture fixture_;
  std::shared_ptr<PartitionLog> log_;
  std::vector<PlainRecord> records_;
  std::vector<int64_t> batch_starts_;
  int64_t now_ = kEpochMs;
};

}  // namespace

TEST_CASE("a lookup by time finds what a scan over all records finds") {
  size_t segments = 0;
  for (uint64_t seed = 0; seed < 80; ++seed) {
    CAPTURE(seed);
    Scenario scenario(seed);
    for (int step = 0; step < 120; ++step) {
      CAPTURE(step);
      scenario.step();
      if (step % 4 == 0) scenario.check();
    }
    scenario.check();
    segments = std::max(segments, scenario.segment_count());
  }
  CHECK(segments > 4);
}

TEST_CASE("an empty log, and one without any times, has no record of any time") {
  DirectoryFixture fixture;
  fixture.open();
  const auto log = fixture.log();
  for (int round = 0; round < 2; ++round) {
    for (const int64_t target : {int64_t{0}, kEpochMs, INT64_MAX}) {
      auto found = log->lookup_timestamp(TimestampMs(target), ReadLimit::log_end_offset);
      REQUIRE(found.ok());
      CHECK(found->offset == kNoOffset);
      CHECK(found->timestamp == kNoTimestamp);
    }
    auto latest = log->lookup_max_timestamp(ReadLimit::log_end_offset);
    REQUIRE(latest.ok());
    CHECK(latest->offset == kNoOffset);
    append(*log, {.records = 1, .timestamp = -1});
  }
}

TEST_CASE("the record with the largest time may be gone, by a deletion or by compaction") {
  DirectoryFixture fixture;
  fixture.config.segment_bytes = 400;
  fixture.config.index_interval_bytes = 1;
  fixture.config.flush_messages = INT64_MAX;
  fixture.config.validation.compacted = true;
  fixture.open();
  auto log = fixture.log();
  BatchBuilder builder{BatchProperties()};
  for (const int64_t time : {kEpochMs + 50, kEpochMs + 20, kEpochMs + 30}) {
    builder.append(TimestampMs(time), as_bytes("key"), as_bytes("v"));
  }
  std::vector<uint8_t> batch = builder.seal();
  REQUIRE(log->append(batch, AppendOrigin::client).ok());  // 0 to 2
  for (const int64_t after : {25, 40, 10, 20, 15, 1, 2, 3}) {
    append(*log, {.timestamp = kEpochMs + after, .value = std::string(60, 'x')});  // 3 to 10
  }
  fixture.directory->run_once();
  const auto largest = [&] {
    const auto found = log->lookup_max_timestamp(ReadLimit::log_end_offset);
    REQUIRE(found.ok());
    CHECK(found->compressed_batch.empty());
    return std::pair{found->offset.value, found->timestamp.value - kEpochMs};
  };
  CHECK(largest() == std::pair{int64_t{0}, int64_t{50}});
  REQUIRE(*log->delete_up_to(Offset(1)) == Offset(1));
  CHECK(largest() == std::pair{int64_t{4}, int64_t{40}});

  // The segment's last entry names a batch that is emptied then; what was before it counts.
  const auto segments = log->segments();
  REQUIRE(segments.ok());
  REQUIRE(segments->size() >= 3);
  const Offset base = segments->front().base_offset;
  const Offset end = (*segments)[1].base_offset;
  REQUIRE(end > Offset(4));
  REQUIRE(fixture.directory->checkpoint().ok());
  auto replacement = log->replace_segments(base, end);
  REQUIRE(replacement.ok());
  const std::vector<uint8_t> bytes =
      bytes_of(*log->read(Offset(1), 1 << 20, ReadLimit::log_end_offset, true, nullptr));
  for (const BatchView& stored : batches_in(bytes)) {
    if (stored.base_offset() >= end) break;
    std::vector<uint8_t> kept(stored.bytes().begin(), stored.bytes().end());
    if (stored.base_offset() == Offset(4)) {
      kept.resize(kBatchHeaderBytes);
      store_be<int32_t>(kept.data() + kLengthAt,
                        static_cast<int32_t>(kBatchHeaderBytes - kBatchOverheadBytes));
      store_be<int32_t>(kept.data() + kRecordCountAt, 0);
      renew_crc(kept);
    }
    REQUIRE((*replacement)->append(kept).ok());
  }
  REQUIRE(*(*replacement)->commit());
  CHECK(largest() == std::pair{int64_t{2}, int64_t{30}});
  REQUIRE(*log->delete_up_to(Offset(5)) == Offset(5));
  CHECK(largest().second == 20);
}

TEST_CASE("a lookup ends at the limit that it is given") {
  DirectoryFixture fixture;
  fixture.config.flush_messages = INT64_MAX;
  fixture.open();
  const auto log = fixture.log();
  append(*log, {.records = 2, .timestamp = kEpochMs});
  append(*log, {.records = 1,
                .timestamp = kEpochMs + 100,
                .producer = ProducerId(4),
                .transactional = true});
  append(*log, {.records = 1, .timestamp = kEpochMs + 200});
  const TimestampMs late(kEpochMs + 50);
  CHECK(log->lookup_timestamp(late, ReadLimit::log_end_offset)->offset == Offset(2));
  CHECK(log->lookup_timestamp(late, ReadLimit::high_watermark)->offset == Offset(2));
  // The open transaction and all behind it are not stable yet.
  CHECK(log->lookup_timestamp(late, ReadLimit::last_stable_offset)->offset == kNoOffset);
  CHECK(log->lookup_max_timestamp(ReadLimit::last_stable_offset)->offset == Offset(1));
  CHECK(log->lookup_max_timestamp(ReadLimit::log_end_offset)->offset == Offset(3));
  CHECK(log->lookup_max_timestamp(ReadLimit::last_stable_offset, Offset(2))->offset == kNoOffset);
  CHECK(log->lookup_max_timestamp(ReadLimit::log_end_offset, Offset(2))->offset == Offset(3));
  CHECK(log->lookup_max_timestamp(ReadLimit::log_end_offset, Offset(9))->offset == kNoOffset);
}

}  // namespace odradek
