// A partition log against a model that is a list of batches: random appends, reads, rolls, flushes,
// truncations, deletions, restarts clean, killed and after a power cut. A failure prints its seed.
#include <cstdlib>
#include <map>
#include <random>

#include "log_fixture.h"

namespace odradek {
namespace {

struct ModelBatch {
  Offset base;
  Offset last;
  TimestampMs max_timestamp;
  std::vector<uint8_t> bytes;
  ProducerId producer = kNoProducerId;
  int32_t last_sequence = -1;
  bool transactional = false;
  bool is_marker = false;
  bool commits = false;
};

// What the batches say of one producer.
struct ModelProducer {
  int32_t last_sequence = -1;
  Offset transaction = kNoOffset;
  Offset newest{0};  // of its batches and markers
};

struct ModelTransaction {
  ProducerId producer;
  Offset first;
  Offset marker = kNoOffset;  // -1: open
  bool commits = false;
};

class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {
    f_.config.segment_bytes = 1500 + static_cast<int64_t>(pick(4000));
    f_.config.index_interval_bytes = static_cast<int64_t>(pick(600));
    const int64_t modes[] = {1, 2, 7, INT64_MAX};
    f_.config.flush_messages = modes[pick(4)];
    if (pick(2) == 0) f_.checkpoint_bytes = 300 + static_cast<int64_t>(pick(3000));
    if (pick(8) == 0) f_.disk->hide_cache_identity();
    f_.open();
    log_ = f_.log();
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      CAPTURE(i);
      CAPTURE(trace_);
      step();
      check_offsets();
    }
    read_everything();
  }

 private:
  uint64_t pick(uint64_t bound) {
    return std::uniform_int_distribution<uint64_t>(0, bound - 1)(random_);
  }

  void step() {
    const uint64_t what = pick(100);
    trace_ += std::to_string(what) + "@" + std::to_string(end_.value) + "/" +
              std::to_string(log_->durable_offset().value) + " ";
    if (trace_.size() > 300) trace_.erase(0, trace_.size() - 300);
    if (what < 35) return append_one();
    if (what < 42) return append_sequenced();
    if (what < 45) return end_transaction();
    if (what < 60) return f_.directory->run_once();
    if (what < 73) return read_some();
    if (what < 74) return roll();
    if (what < 75) return check_segments();
    if (what < 78) return read_committed();
    if (what < 82) return look_up_time();
    if (what < 85) return truncate();
    if (what < 88) return delete_some();
    if (what < 90) return static_cast<void>(f_.directory->checkpoint().ok());
    if (what < 91) return recreate();
    if (what < 92) return static_cast<void>(log_->flush().ok());
    if (what < 94) return f_.clock.advance(static_cast<int64_t>(pick(50000)));
    if (what < 95) return reconfigure();
    if (what < 97) return restart_cleanly();
    if (what < 98) return restart_killed();
    restart_after_power_cut();
  }

  void append_one() {
    BatchSpec spec;
    spec.records = 1 + static_cast<int>(pick(4));
    spec.timestamp = 1700000000000 + static_cast<int64_t>(pick(1000));
    spec.value = std::string(pick(300), static_cast<char>('a' + pick(26)));
    std::vector<uint8_t> batch = make_batch(spec);
    auto outcome = log_->append(batch, AppendOrigin::client);
    REQUIRE_MESSAGE(outcome.ok(), (outcome.ok() ? std::string() : outcome.error().detail));
    CHECK(outcome->base_offset == end_);
    CHECK(outcome->required_high_watermark == outcome->last_offset + 1);
    end_ = outcome->last_offset + 1;
    batches_.push_back({outcome->base_offset, outcome->last_offset,
                        TimestampMs(spec.timestamp + spec.records - 1), std::move(batch),
                        kNoProducerId, -1, false, false, false});
    hint_ = pick(3) == 0 ? ReadHint() : hint_;
  }

  // A batch of one of three producers; the third one writes transactions. Sometimes sent twice.
  void append_sequenced() {
    const ProducerId producer(1 + static_cast<int64_t>(pick(3)));
    const ModelProducer known = producers()[producer.value];
    BatchSpec spec;
    spec.records = 1 + static_cast<int>(pick(3));
    spec.timestamp = 1700000000000 + static_cast<int64_t>(pick(1000));
    spec.producer = producer;
    spec.sequence = known.last_sequence + 1;
    spec.transactional = producer.value == 3;
    std::vector<uint8_t> batch = make_batch(spec);
    auto outcome = log_->append(batch, AppendOrigin::client);
    REQUIRE_MESSAGE(outcome.ok(), (outcome.ok() ? std::string() : outcome.error().detail));
    CHECK(outcome->base_offset == end_);
    CHECK_FALSE(outcome->duplicate);
    end_ = outcome->last_offset + 1;
    batches_.push_back({outcome->base_offset, outcome->last_offset,
                        TimestampMs(spec.timestamp + spec.records - 1), std::move(batch), producer,
                        spec.sequence + spec.records - 1, spec.transactional});
    if (pick(3) != 0) return;
    std::vector<uint8_t> again = make_batch(spec);
    auto repeated = log_->append(again, AppendOrigin::client);
    REQUIRE(repeated.ok());
    CHECK(repeated->duplicate);
    CHECK(repeated->base_offset == outcome->base_offset);
  }

  void end_transaction() {
    const bool commits = pick(2) == 0;
    std::vector<uint8_t> marker = make_marker(ProducerId(3), 0, commits, 0, 1700000000000);
    auto outcome = log_->append(marker, AppendOrigin::coordinator);
    REQUIRE(outcome.ok());
    end_ = outcome->last_offset + 1;
    batches_.push_back({outcome->base_offset, outcome->last_offset, TimestampMs(1700000000000),
                        std::move(marker), ProducerId(3), -1, true, true, commits});
  }

  std::map<int64_t, ModelProducer> producers() const {
    std::map<int64_t, ModelProducer> all;
    for (const ModelBatch& batch : batches_) {
      if (batch.producer == kNoProducerId) continue;
      ModelProducer& producer = all[batch.producer.value];
      producer.newest = batch.last;
      if (batch.is_marker) {
        producer.transaction = kNoOffset;
        continue;
      }
      producer.last_sequence = batch.last_sequence;
      const bool begins = batch.transactional && producer.transaction == kNoOffset;
      if (begins) producer.transaction = batch.base;
    }
    return all;
  }

  std::vector<ModelTransaction> transactions() const {
    std::vector<ModelTransaction> all;
    for (const ModelBatch& batch : batches_) {
      if (!batch.transactional) continue;
      const bool open = !all.empty() && all.back().marker == kNoOffset;
      if (batch.is_marker && open) {
        all.back().marker = batch.last;
        all.back().commits = batch.commits;
      } else if (!batch.is_marker && !open) {
        all.push_back({batch.producer, batch.base});
      }
    }
    return all;
  }

  Offset last_stable() const {
    const Offset high_watermark = log_->high_watermark();
    for (const ModelTransaction& transaction : transactions()) {
      const bool decided = transaction.marker != kNoOffset && transaction.marker < high_watermark;
      if (decided) continue;
      // Never before the log start, wherever the transaction began.
      return std::max(log_->log_start_offset(), std::min(transaction.first, high_watermark));
    }
    return high_watermark;
  }

  void check_producers() {
    const auto expected = producers();
    size_t found = 0;
    for (const ProducerSummary& summary : log_->producers()) {
      REQUIRE(expected.contains(summary.producer_id.value));
      const ModelProducer& producer = expected.at(summary.producer_id.value);
      CHECK(summary.last_sequence.value == producer.last_sequence);
      CHECK(summary.current_transaction_first_offset == producer.transaction);
      ++found;
    }
    size_t needed = 0;
    for (const auto& [id, producer] : expected) {
      if (producer.newest >= log_->log_start_offset()) ++needed;
    }
    CHECK(found >= needed);
  }

  void read_committed() {
    const auto from = Offset(static_cast<int64_t>(pick(static_cast<uint64_t>(end_.value) + 1)));
    if (from < log_->log_start_offset()) return;
    auto outcome = log_->read(from, pick(3000), ReadLimit::last_stable_offset, true, nullptr);
    REQUIRE(outcome.ok());
    CHECK(outcome->last_stable_offset == last_stable());
    CHECK(outcome->next_offset <= std::max(from, last_stable()));
    std::vector<int64_t> aborted;
    for (const auto& transaction : outcome->aborted) {
      CHECK(transaction.producer_id == ProducerId(3));
      aborted.push_back(transaction.first_offset.value);
    }
    std::vector<int64_t> expected;
    for (const ModelTransaction& transaction : transactions()) {
      if (transaction.marker == kNoOffset || transaction.commits) continue;
      const bool overlaps = transaction.marker >= from && transaction.first < outcome->next_offset;
      if (overlaps && outcome->bytes > 0) expected.push_back(transaction.first.value);
    }
    CHECK(aborted == expected);
  }

  const ModelBatch* batch_with(Offset offset) const {
    for (const ModelBatch& batch : batches_) {
      if (batch.last >= offset) return &batch;
    }
    return nullptr;
  }

  Offset limit_of(ReadLimit limit) const {
    return limit == ReadLimit::log_end_offset ? end_ : log_->high_watermark();
  }

  // What a read must give: whole batches from the one with `from`, within limit and bytes.
  void check_read(Offset from, size_t bytes_max, ReadLimit limit, bool whole, ReadHint* hint) {
    auto outcome = log_->read(from, bytes_max, limit, whole, hint);
    if (from < log_->log_start_offset() || from > end_) {
      REQUIRE_FALSE(outcome.ok());
      CHECK(outcome.error().code == ErrorCode::offset_out_of_range);
      return;
    }
    REQUIRE_MESSAGE(outcome.ok(), (outcome.ok() ? std::string() : outcome.error().detail));
    const std::vector<uint8_t> bytes = bytes_of(*outcome);
    const auto batches = batches_in(bytes);
    if (from >= limit_of(limit)) {
      CHECK(batches.empty());
      return;
    }
    const ModelBatch* expected = batch_with(from);
    REQUIRE(expected != nullptr);
    if (batches.empty()) {
      CHECK_FALSE(whole);
      CHECK(expected->bytes.size() > bytes_max);
      return;
    }
    size_t total = 0;
    for (const BatchView& batch : batches) {
      CHECK(batch.last_offset() < limit_of(limit));
      REQUIRE(expected != batches_.data() + batches_.size());
      CHECK(text_of(batch.bytes()) == text_of(expected->bytes));
      total += batch.size();
      ++expected;
    }
    if (batches.size() > 1) CHECK(total <= bytes_max);
    const bool more = expected != batches_.data() + batches_.size();
    CHECK(outcome->next_offset == (more ? expected->base : end_));
    if (more && outcome->next_offset < limit_of(limit) && !crosses_segment(*outcome)) {
      CHECK(total + expected->bytes.size() > bytes_max);
    }
  }

  // A read ends with its segment; the next one then starts a file.
  bool crosses_segment(const ReadOutcome& outcome) const {
    auto next = log_->read(outcome.next_offset, 1, ReadLimit::log_end_offset, true, nullptr);
    return next.ok() && next->bytes > 0 && next->position.value == 0;
  }

  void read_some() {
    const auto limit = pick(2) == 0 ? ReadLimit::high_watermark : ReadLimit::log_end_offset;
    const size_t bytes_max = pick(4) == 0 ? 1 << 20 : pick(3000);
    const bool whole = pick(4) != 0;
    if (pick(2) == 0 && next_ >= log_->log_start_offset() && next_ <= end_) {
      check_read(next_, bytes_max, limit, whole, &hint_);
      if (hint_.offset >= log_->log_start_offset()) next_ = hint_.offset;
    } else {
      const auto from = Offset(static_cast<int64_t>(pick(static_cast<uint64_t>(end_.value) + 3)));
      check_read(from, bytes_max, limit, whole, nullptr);
    }
  }

  void read_everything() {
    Offset at = log_->log_start_offset();
    ReadHint hint;
    while (at < log_->high_watermark()) {
      check_read(at, 900, ReadLimit::high_watermark, true, &hint);
      REQUIRE(hint.offset > at);
      at = hint.offset;
    }
  }

  void look_up_time() {
    const TimestampMs target(1700000000000 + static_cast<int64_t>(pick(1010)));
    auto found = log_->lookup_timestamp(target, ReadLimit::log_end_offset);
    REQUIRE(found.ok());
    auto newest = log_->lookup_max_timestamp(ReadLimit::log_end_offset);
    REQUIRE(newest.ok());
    Offset expected = kNoOffset;
    Offset expected_newest = kNoOffset;
    TimestampMs largest = kNoTimestamp;
    const Offset start = log_->log_start_offset();
    for (const ModelBatch& batch : batches_) {
      for (Offset offset = batch.base; offset <= batch.last; offset += 1) {
        if (offset < start) continue;
        const TimestampMs timestamp = batch.max_timestamp - (batch.last - offset);
        if (expected == kNoOffset && timestamp >= target) expected = offset;
        if (timestamp > largest) {
          largest = timestamp;
          expected_newest = offset;
        }
      }
    }
    CHECK(found->offset == expected);
    CHECK(newest->offset == expected_newest);
    if (expected_newest != kNoOffset) CHECK(newest->timestamp == largest);
  }

  // A log whose end was cut below its start begins anew there.
  void cut_model(Offset end) {
    while (!batches_.empty() && batches_.back().last >= end) batches_.pop_back();
    end_ = end;
    const bool at_batch = !batches_.empty() && batches_.back().last + 1 == end;
    CHECK((at_batch || end == log_->log_start_offset()));
  }

  void truncate() {
    const Offset to(static_cast<int64_t>(pick(static_cast<uint64_t>(end_.value) + 2)));
    const Offset start = log_->log_start_offset();
    auto end = log_->truncate_to(to);
    REQUIRE_MESSAGE(end.ok(), (end.ok() ? std::string() : end.error().detail));
    Offset expected = end_;
    if (to < end_) {
      const ModelBatch* batch = batch_with(std::max(to, start));
      expected = batch == nullptr ? end_ : std::max(start, std::min(batch->base, end_));
    }
    CHECK(*end == expected);
    cut_model(*end);
  }

  void roll() {
    auto base = log_->roll();
    REQUIRE(base.ok());
    check_segments();
    const std::vector<SegmentSummary> segments = *log_->segments();
    CHECK(segments.back().base_offset == *base);
    CHECK(segments.back().size_bytes == 0);
    CHECK(*log_->roll() == *base);  // an empty one stays
    CHECK(log_->log_end_offset() == end_);
  }

  // Segments follow each other without a gap, and hold what the model has between their bounds.
  void check_segments() {
    const auto segments = log_->segments();
    REQUIRE(segments.ok());
    REQUIRE(segments->size() == log_->segment_count());
    CHECK(segments->front().base_offset <= log_->log_start_offset());
    CHECK(segments->back().next_offset == end_);
    int64_t size = 0;
    for (size_t i = 0; i < segments->size(); ++i) {
      const SegmentSummary& segment = (*segments)[i];
      CHECK(segment.active == (i + 1 == segments->size()));
      if (i > 0) CHECK(segment.base_offset == (*segments)[i - 1].next_offset);
      size += segment.size_bytes;
      TimestampMs largest = kNoTimestamp;
      int64_t bytes = 0;
      for (const ModelBatch& batch : batches_) {
        if (batch.base < segment.base_offset || batch.base >= segment.next_offset) continue;
        largest = std::max(largest, batch.max_timestamp);
        bytes += static_cast<int64_t>(batch.bytes.size());
      }
      CHECK(segment.size_bytes == bytes);
      if (bytes > 0) CHECK(segment.largest_timestamp == largest);
    }
    CHECK(log_->size_bytes() == size);
  }

  void delete_some() {
    const Offset to(static_cast<int64_t>(pick(static_cast<uint64_t>(end_.value) + 2)));
    const Offset expected =
        std::max(log_->log_start_offset(), std::min(to, log_->high_watermark()));
    auto start = log_->delete_up_to(to);
    REQUIRE(start.ok());
    CHECK(*start == expected);
    CHECK(log_->log_start_offset() == expected);
  }

  // Under the same topic id, so that nothing but the journal's fence tells old and new apart.
  void recreate() {
    log_ = nullptr;
    const TopicPartition id{"orders", PartitionIndex(0)};
    const bool deleted = pick(2) == 0;
    auto done = deleted ? f_.directory->delete_partition(id) : f_.directory->set_aside(id);
    REQUIRE_MESSAGE(done.ok(), (done.ok() ? std::string() : done.error().detail));
    batches_.clear();
    end_ = Offset(0);
    reopened();
    CHECK(log_->log_end_offset() == Offset(0));
    CHECK(log_->log_start_offset() == Offset(0));
  }

  void reconfigure() {
    const int64_t modes[] = {1, 3, INT64_MAX};
    f_.config.flush_messages = modes[pick(3)];
    log_->configure(f_.config);
  }

  void reopened() {
    log_ = f_.log();
    hint_ = ReadHint();
    next_ = log_->log_start_offset();
  }

  void restart_cleanly() {
    const Offset start = log_->log_start_offset();
    log_ = nullptr;
    f_.close();
    if (pick(2) == 0) {  // what a clean stop left is durable
      const CrashKind kinds[] = {CrashKind::lost, CrashKind::torn, CrashKind::reordered};
      f_.power_cut(kinds[pick(3)], pick(1 << 30));
    }
    f_.open();
    reopened();
    CHECK(f_.directory->recovery_report().clean);
    CHECK(f_.directory->recovery_report().bytes_scanned == 0);
    CHECK(log_->log_end_offset() == end_);
    CHECK(log_->log_start_offset() == start);
    check_recovered();
  }

  void restart_killed() {
    log_ = nullptr;
    f_.kill();
    f_.open();
    reopened();
    CHECK(log_->log_end_offset() == end_);
    CHECK(f_.directory->recovery_report().bytes_cut == 0);
    check_recovered();
  }

  void restart_after_power_cut() {
    const Offset durable = log_->durable_offset();
    const CrashKind kinds[] = {CrashKind::lost, CrashKind::kept, CrashKind::torn,
                               CrashKind::reordered};
    log_ = nullptr;
    f_.power_cut(kinds[pick(4)], pick(1 << 30));
    f_.open();
    reopened();
    const Offset end = log_->log_end_offset();
    CHECK(end >= durable);
    CHECK(end <= end_);
    cut_model(end);
    check_recovered();
  }

  void check_recovered() {
    CHECK(log_->high_watermark() == end_);
    if (asks_for_flushes(f_.config)) CHECK(log_->durable_offset() == end_);
    read_everything();
  }

  void check_offsets() {
    CHECK(log_->online());
    CHECK(log_->log_end_offset() == end_);
    CHECK(log_->log_start_offset() <= log_->high_watermark());
    CHECK(log_->high_watermark() <= log_->log_end_offset());
    CHECK(log_->durable_offset() <= log_->log_end_offset());
    CHECK(log_->recovery_point() <= log_->durable_offset());
    CHECK(log_->last_stable_offset() == last_stable());
    check_producers();
  }

  std::mt19937_64 random_;
  DirectoryFixture f_;
  std::shared_ptr<PartitionLog> log_;
  std::vector<ModelBatch> batches_;
  std::string trace_;  // of the last steps: what was picked, log end, durable offset
  Offset end_{0};
  Offset next_{0};
  ReadHint hint_;
};

// ODRADEK_SEED runs one seed, ODRADEK_SEEDS that many.
uint64_t from_environment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

}  // namespace

TEST_CASE("a partition log behaves as a list of batches") {
  const uint64_t first = from_environment("ODRADEK_SEED", 1);
  const uint64_t count = from_environment("ODRADEK_SEEDS", std::getenv("ODRADEK_SEED") ? 1 : 60);
  for (uint64_t seed = first; seed < first + count; ++seed) {
    CAPTURE(seed);
    Model(seed).run(300);
  }
}

}  // namespace odradek
