// Producer state against a naive model that keeps every batch of every producer for ever and looks
// at all of them; and snapshots of such states with every bit flipped.
#include <map>
#include <random>
#include <vector>

#include "log/producer_snapshot.h"
#include "log/producer_state.h"
#include "log_fixture.h"

namespace odradek {
namespace {

using Random = std::mt19937_64;

constexpr int64_t kSequences = int64_t{1} << 31;  // they wrap around behind 2^31 - 1

// A stored batch, with sequences as they are counted without wrapping.
struct PlainBatch {
  int16_t epoch;
  int64_t first_sequence;
  int32_t records;
  int64_t base_offset;
  bool transactional;
  int64_t timestamp;

  int64_t next_sequence() const { return (first_sequence + records) % kSequences; }
};

struct PlainProducer {
  int32_t epoch = -1;
  int32_t coordinator_epoch = -1;
  std::vector<PlainBatch> batches;  // of the present epoch
  int64_t transaction_first = -1;
  int64_t timestamp = -1;
};

BatchHeader header_of(int64_t producer, const PlainBatch& batch) {
  BatchHeader header;
  header.base_offset = Offset(batch.base_offset);
  header.last_offset = Offset(batch.base_offset + batch.records - 1);
  header.size_bytes = 100;
  header.leader_epoch = LeaderEpoch(0);
  header.attributes = batch.transactional ? kTransactionalBit : 0;
  header.max_timestamp = TimestampMs(batch.timestamp);
  header.producer_id = ProducerId(producer);
  header.producer_epoch = ProducerEpoch(batch.epoch);
  header.base_sequence = Sequence(static_cast<int32_t>(batch.first_sequence));
  header.last_sequence =
      Sequence(static_cast<int32_t>((batch.first_sequence + batch.records - 1) % kSequences));
  return header;
}

BatchHeader marker_header(int64_t producer, int16_t epoch, int64_t offset, int64_t timestamp) {
  BatchHeader header = header_of(producer, {epoch, 0, 1, offset, true, timestamp});
  header.attributes |= kControlBit;
  header.base_sequence = kNoSequence;
  header.last_sequence = kNoSequence;
  return header;
}

// What the model says of a client's batch: a code, and the stored batch that it repeats.
struct Expected {
  ErrorCode code = ErrorCode::none;
  const PlainBatch* duplicate_of = nullptr;
};

Expected judge(const PlainProducer& known, const PlainBatch& batch) {
  if (known.epoch < 0) return {};
  if (batch.epoch == known.epoch) {
    const size_t count = known.batches.size();
    for (size_t i = count - std::min<size_t>(count, 5); i < count; ++i) {
      const PlainBatch& stored = known.batches[i];
      if (stored.first_sequence == batch.first_sequence && stored.records == batch.records) {
        return {ErrorCode::none, &stored};
      }
    }
  }
  if (batch.epoch < known.epoch) return {ErrorCode::invalid_producer_epoch, nullptr};
  const int64_t next =
      batch.epoch > known.epoch || known.batches.empty() ? 0 : known.batches.back().next_sequence();
  if (batch.first_sequence != next) return {ErrorCode::out_of_order_sequence_number, nullptr};
  if (known.transaction_first >= 0 && !batch.transactional) {
    return {ErrorCode::invalid_txn_state, nullptr};
  }
  return {};
}

// A log with a few producers: state and model side by side.
class Scenario {
 public:
  explicit Scenario(uint64_t seed) : random_(seed) {}

  void step() {
    timestamp_ += static_cast<int64_t>(random_() % 10);
    const auto producer = static_cast<int64_t>(random_() % 4);
    if (random_() % 6 == 0) {
      mark(producer);
    } else {
      produce(producer);
    }
    check(producer);
  }

  const ProducerState& state() const { return state_; }
  Offset end() const { return Offset(end_); }

 private:
  // A batch that fits, repeats, skips, or comes from another epoch.
  PlainBatch any_batch(const PlainProducer& known) {
    PlainBatch batch{static_cast<int16_t>(std::max(known.epoch, 0)),
                     0,
                     1 + static_cast<int32_t>(random_() % 4),
                     end_,
                     random_() % 3 == 0,
                     timestamp_};
    if (known.transaction_first >= 0 && random_() % 8 != 0) batch.transactional = true;
    if (!known.batches.empty()) batch.first_sequence = known.batches.back().next_sequence();
    if (known.epoch < 0 && random_() % 2 == 0) {
      batch.first_sequence = kSequences - 1 - static_cast<int64_t>(random_() % 12);
    }
    switch (random_() % 8) {
      case 0:
        if (!known.batches.empty()) {
          const PlainBatch& old = known.batches[random_() % known.batches.size()];
          batch.first_sequence = old.first_sequence;
          batch.records = old.records + static_cast<int32_t>(random_() % 2);
        }
        break;
      case 1:
        batch.first_sequence = (batch.first_sequence + 1) % kSequences;
        break;
      case 2:
        batch.epoch = static_cast<int16_t>(batch.epoch + 1);
        batch.first_sequence = random_() % 3 == 0 ? batch.first_sequence : 0;
        break;
      case 3:
        if (batch.epoch > 0) batch.epoch = static_cast<int16_t>(batch.epoch - 1);
        break;
      default:
        break;
    }
    return batch;
  }

  void produce(int64_t producer) {
    PlainProducer& known = model_[producer];
    const PlainBatch batch = any_batch(known);
    const BatchHeader header = header_of(producer, batch);
    const Expected expected = judge(known, batch);
    const ProducerState::Verdict verdict = state_.check(header, true);
    REQUIRE(verdict.code == expected.code);
    REQUIRE(verdict.detail.empty() == (verdict.code == ErrorCode::none));
    REQUIRE(verdict.duplicate_of.has_value() == (expected.duplicate_of != nullptr));
    if (verdict.duplicate_of) {
      CHECK(verdict.duplicate_of->base_offset().value == expected.duplicate_of->base_offset);
      CHECK(verdict.duplicate_of->timestamp.value == expected.duplicate_of->timestamp);
    }
    // A follower takes what its leader took: only the epoch counts there.
    const bool is_older = batch.epoch < known.epoch;
    CHECK((state_.check(header, false).code == ErrorCode::invalid_producer_epoch) == is_older);
    if (expected.code != ErrorCode::none || expected.duplicate_of != nullptr) return;

    const ProducerChange change = state_.update(header, {});
    const bool begins = batch.transactional && known.transaction_first < 0;
    CHECK(change.began_transaction == begins);
    CHECK_FALSE(change.ended.has_value());
    if (begins) known.transaction_first = batch.base_offset;
    if (batch.epoch != known.epoch) known.batches.clear();
    known.epoch = batch.epoch;
    known.timestamp = batch.timestamp;
    known.batches.push_back(batch);
    end_ += batch.records;
  }

  void mark(int64_t producer) {
    PlainProducer& known = model_[producer];
    const auto epoch = static_cast<int16_t>(
        std::max(known.epoch, 0) + (random_() % 3 == 0 ? 1 : 0) - (random_() % 8 == 0 ? 1 : 0));
    const TransactionMarker marker{random_() % 2 == 0, std::max(known.coordinator_epoch, 0) +
                                                           static_cast<int32_t>(random_() % 3) - 1};
    const BatchHeader header = marker_header(producer, epoch, end_, timestamp_);
    const ErrorCode code = state_.check_marker(header, marker).code;
    if (epoch < known.epoch) {
      REQUIRE(code == ErrorCode::invalid_producer_epoch);
      return;
    }
    if (known.epoch >= 0 && marker.coordinator_epoch < known.coordinator_epoch) {
      REQUIRE(code == ErrorCode::transaction_coordinator_fenced);
      return;
    }
    REQUIRE(code == ErrorCode::none);
    if (epoch < 0) return;
    const ProducerChange change = state_.update(header, marker);
    CHECK_FALSE(change.began_transaction);
    REQUIRE(change.ended.has_value() == (known.transaction_first >= 0));
    if (change.ended) {
      CHECK(change.ended->producer_id == ProducerId(producer));
      CHECK(change.ended->first_offset.value == known.transaction_first);
      CHECK(change.ended->last_offset.value == end_);
      CHECK(change.ended->committed == marker.commit);
    }
    if (epoch != known.epoch) known.batches.clear();
    known.epoch = epoch;
    known.coordinator_epoch = marker.coordinator_epoch;
    known.transaction_first = -1;
    known.timestamp = timestamp_;
    ++end_;
  }

  void check(int64_t producer) {
    const PlainProducer& known = model_[producer];
    const auto found = state_.entries().find(ProducerId(producer));
    REQUIRE((found != state_.entries().end()) == (known.epoch >= 0));
    if (known.epoch < 0) return;
    const ProducerEntry& entry = found->second;
    CHECK(entry.epoch.value == known.epoch);
    CHECK(entry.coordinator_epoch == known.coordinator_epoch);
    CHECK(entry.transaction_first_offset.value == known.transaction_first);
    CHECK(entry.last_timestamp.value == known.timestamp);
    CHECK(entry.batch_count == std::min<size_t>(known.batches.size(), 5));
    if (known.batches.empty()) {
      CHECK(entry.last_sequence() == kNoSequence);
    } else {
      const PlainBatch& last = known.batches.back();
      CHECK(entry.last_sequence().value == (last.next_sequence() + kSequences - 1) % kSequences);
      CHECK(entry.last_batch()->first_sequence().value == last.first_sequence);
    }
  }

  Random random_;
  ProducerState state_;
  std::map<int64_t, PlainProducer> model_;
  int64_t end_ = 0;
  int64_t timestamp_ = 1000;
};

}  // namespace

TEST_CASE("producers are judged as a model that remembers everything judges them") {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    Scenario scenario(seed);
    for (int step = 0; step < 200; ++step) {
      CAPTURE(step);
      scenario.step();
    }
  }
}

TEST_CASE("of any state the snapshot keeps what it says it keeps") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Scenario scenario(seed);
    for (int step = 0; step < 40; ++step) scenario.step();
    const std::vector<uint8_t> bytes = encode_producer_snapshot(scenario.state());
    const auto decoded = decode_producer_snapshot(bytes, scenario.end());
    REQUIRE(decoded.has_value());
    REQUIRE(decoded->entries().size() == scenario.state().entries().size());
    for (const auto& [id, entry] : scenario.state().entries()) {
      const ProducerEntry& read = decoded->entries().at(id);
      CHECK(read.epoch == entry.epoch);
      CHECK(read.coordinator_epoch == entry.coordinator_epoch);
      CHECK(read.transaction_first_offset == entry.transaction_first_offset);
      CHECK(read.last_timestamp == entry.last_timestamp);
      CHECK(read.last_sequence() == entry.last_sequence());
      CHECK(read.batch_count == std::min<size_t>(entry.batch_count, 1));
      if (read.batch_count == 0) continue;
      CHECK(read.last_batch()->base_offset() == entry.last_batch()->base_offset());
      CHECK(read.last_batch()->first_sequence() == entry.last_batch()->first_sequence());
    }
    CHECK(encode_producer_snapshot(*decoded) == bytes);
  }
}

TEST_CASE("every flipped bit of a snapshot is found, and every byte too many or too few") {
  Scenario scenario(5);
  for (int step = 0; step < 60; ++step) scenario.step();
  const std::vector<uint8_t> bytes = encode_producer_snapshot(scenario.state());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::vector<uint8_t> flipped = bytes;
    flipped[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
    CAPTURE(bit);
    CHECK_FALSE(decode_producer_snapshot(flipped, scenario.end()));
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(decode_producer_snapshot(ByteView(bytes).first(size), scenario.end()));
  }
  std::vector<uint8_t> longer = bytes;
  for (int i = 0; i < 46; ++i) {
    longer.push_back(0);
    CHECK_FALSE(decode_producer_snapshot(longer, scenario.end()));
  }
}

TEST_CASE("producers expire by their last write, and never with a transaction open") {
  ProducerState state;
  for (int64_t id = 0; id < 20; ++id) {
    state.update(header_of(id, {0, 0, 1, id, id % 3 == 0, 1000 + 10 * id}), {});
  }
  constexpr int64_t kIdleMs = 50;
  for (int64_t now = 1000; now < 1300; now += 7) {
    state.expire(TimestampMs(now), kIdleMs);
    for (int64_t id = 0; id < 20; ++id) {
      const bool lives = id % 3 == 0 || now - (1000 + 10 * id) < kIdleMs;
      CHECK(state.entries().contains(ProducerId(id)) == lives);
    }
  }
}

}  // namespace odradek
