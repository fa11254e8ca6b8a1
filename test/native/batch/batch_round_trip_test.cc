// Random batches against what they were built of: the view and the iterator give every field back,
// the validator takes them, and no flipped bit under the checksum gets past it. Header fields that
// are wrong under a right checksum meet the error that Apache Kafka gives them.
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "batch/batch_builder.h"
#include "batch/batch_stamp.h"
#include "batch/batch_validator.h"
#include "batch/batch_view.h"
#include "batch/record_codec.h"
#include "batch/timestamp_lookup.h"

namespace odradek {
namespace {

constexpr TimestampMs kNow{1700000600000};
constexpr int16_t kVersion = 12;

using Bytes = std::vector<uint8_t>;
using MaybeBytes = std::optional<Bytes>;
using Random = std::mt19937_64;

struct PlainHeader {
  Bytes key;
  MaybeBytes value;
  bool operator==(const PlainHeader&) const = default;
};

// A record as a producer would describe it.
struct PlainRecord {
  int32_t delta = 0;
  int64_t timestamp = 0;
  MaybeBytes key;
  MaybeBytes value;
  std::vector<PlainHeader> headers;
  bool operator==(const PlainRecord&) const = default;
};

Bytes random_bytes(Random& random) {
  // Sizes on both sides of where a varint grows: 63/64 and 8191/8192.
  static constexpr size_t kSizes[] = {0, 1, 2, 62, 63, 64, 65, 127, 128, 300, 8190, 8191, 8192};
  const size_t kinds = random() % 20 == 0 ? std::size(kSizes) : 10;
  Bytes bytes(kSizes[random() % kinds]);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

MaybeBytes random_nullable(Random& random) {
  if (random() % 4 == 0) return std::nullopt;
  return random_bytes(random);
}

NullableBytes view_of(const MaybeBytes& bytes) {
  return bytes ? NullableBytes(*bytes) : NullableBytes();
}

MaybeBytes copy_of(const NullableBytes& bytes) {
  if (bytes.is_null) return std::nullopt;
  return Bytes(bytes.bytes.begin(), bytes.bytes.end());
}

std::vector<PlainRecord> random_records(Random& random, bool with_gaps) {
  std::vector<PlainRecord> records(1 + random() % 20);
  int32_t delta = with_gaps ? static_cast<int32_t>(random() % 5) : 0;
  for (PlainRecord& record : records) {
    record.delta = delta;
    delta += 1 + (with_gaps ? static_cast<int32_t>(random() % 1000) : 0);
    record.timestamp = kNow.value - 500000 + static_cast<int64_t>(random() % 1000000);
    record.key = random_nullable(random);
    record.value = random_nullable(random);
    record.headers.resize(random() % 3 == 0 ? random() % 4 : 0);
    for (PlainHeader& header : record.headers) {
      header.key = random_bytes(random);
      header.value = random_nullable(random);
    }
  }
  return records;
}

Bytes build(const std::vector<PlainRecord>& records, const BatchProperties& properties = {}) {
  BatchBuilder builder(properties);
  for (const PlainRecord& record : records) {
    std::vector<RecordHeader> headers;
    for (const PlainHeader& header : record.headers) {
      headers.push_back({ByteView(header.key), view_of(header.value)});
    }
    builder.append_at(record.delta, TimestampMs(record.timestamp), view_of(record.key),
                      view_of(record.value), headers);
  }
  CHECK(builder.record_count() == static_cast<int32_t>(records.size()));
  const size_t size = builder.size();
  Bytes bytes = builder.seal();
  CHECK(bytes.size() == size);
  return bytes;
}

std::vector<PlainRecord> read(const BatchView& batch) {
  std::vector<PlainRecord> records;
  RecordIterator iterator(batch.records(), batch.record_count());
  Record record;
  while (iterator.next(&record)) {
    PlainRecord plain;
    plain.delta = record.offset_delta;
    plain.timestamp = batch.timestamp_of(record.timestamp_delta).value;
    plain.key = copy_of(record.key);
    plain.value = copy_of(record.value);
    RecordHeaderIterator headers(record);
    RecordHeader header;
    while (headers.next(&header)) {
      plain.headers.push_back({Bytes(header.key.begin(), header.key.end()), copy_of(header.value)});
    }
    records.push_back(std::move(plain));
  }
  CHECK(iterator.fault() == RecordsFault::none);
  return records;
}

BatchProperties random_properties(Random& random) {
  BatchProperties properties;
  properties.base_offset = Offset(static_cast<int64_t>(random() >> (1 + random() % 40)) >> 1);
  properties.leader_epoch = LeaderEpoch(static_cast<int32_t>(random() >> 33));
  if (random() % 2 == 0) {
    properties.producer_id = ProducerId(static_cast<int64_t>(random() >> 1));
    properties.producer_epoch = ProducerEpoch(static_cast<int16_t>(random() >> 49));
    properties.base_sequence = Sequence(static_cast<int32_t>(random() >> 33));
    properties.transactional = random() % 2 == 0;
  }
  if (random() % 4 == 0) properties.log_append_time = kNow;
  return properties;
}

ErrorCode code_of(Bytes batch, const ValidationRules& rules = {}, int16_t version = kVersion) {
  return validate_produced_batch(batch, rules, kNow, version).code;
}

// One record at a time of the broker.
Bytes plain_batch() { return build({{0, kNow.value, Bytes{1}, Bytes{2, 3}, {}}}); }

// The batch with an integer of its header replaced and the checksum made right again.
template <class Int>
Bytes with(size_t at, Int value, Bytes batch = plain_batch()) {
  store_be<Int>(batch.data() + at, value);
  if (at >= kAttributesAt) renew_crc(batch);
  return batch;
}

}  // namespace

TEST_CASE("2,000 random batches give back what they were built of") {
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    std::vector<PlainRecord> records = random_records(random, true);
    const BatchProperties properties = random_properties(random);
    const Bytes bytes = build(records, properties);
    REQUIRE(batch_frame(bytes) == BatchFrame::whole);
    const BatchView view = *BatchView::at(bytes);
    CHECK(view.size() == bytes.size());
    CHECK(view.crc_matches());
    CHECK(view.base_offset() == properties.base_offset);
    CHECK(view.leader_epoch() == properties.leader_epoch);
    CHECK(view.last_offset() == properties.base_offset + records.back().delta);
    CHECK(view.next_offset() == properties.base_offset + records.back().delta + 1);
    CHECK(view.producer_id() == properties.producer_id);
    CHECK(view.producer_epoch() == properties.producer_epoch);
    CHECK(view.base_sequence() == properties.base_sequence);
    CHECK(view.is_transactional() == properties.transactional);
    CHECK(view.is_log_append_time() == properties.log_append_time.has_value());
    CHECK_FALSE(view.is_control());
    CHECK(view.codec() == Codec::none);
    int64_t latest = -1;
    for (PlainRecord& record : records) {
      if (properties.log_append_time) record.timestamp = properties.log_append_time->value;
      latest = std::max(latest, record.timestamp);
    }
    CHECK(view.max_timestamp().value == latest);
    REQUIRE(read(view) == records);
  }
}

TEST_CASE("the last sequence wraps behind 2^31-1 as it counts") {
  for (int32_t count = 1; count <= 5; ++count) {
    for (int64_t base = INT32_MAX - 6; base <= INT32_MAX; ++base) {
      BatchProperties properties;
      properties.producer_id = ProducerId(1);
      properties.producer_epoch = ProducerEpoch(0);
      properties.base_sequence = Sequence(static_cast<int32_t>(base));
      BatchBuilder builder(properties);
      int64_t last = base;  // counted one by one
      for (int32_t i = 0; i < count; ++i) {
        builder.append(kNow, {}, {});
        if (i > 0) last = last == INT32_MAX ? 0 : last + 1;
      }
      const Bytes bytes = builder.seal();
      CHECK(BatchView::at(bytes)->last_sequence().value == last);
    }
  }
}

TEST_CASE("a builder can be used again and owes nothing to what it sealed") {
  Random random(3);
  BatchBuilder builder;
  for (int round = 0; round < 20; ++round) {
    const std::vector<PlainRecord> records = random_records(random, false);
    for (const PlainRecord& record : records) {
      builder.append(TimestampMs(record.timestamp), view_of(record.key), view_of(record.value));
    }
    const Bytes bytes = builder.seal();
    CHECK(builder.record_count() == 0);
    CHECK(builder.size() == kBatchHeaderBytes);
    std::vector<PlainRecord> expected = records;
    for (PlainRecord& record : expected) record.headers.clear();
    REQUIRE(read(*BatchView::at(bytes)) == expected);
  }
}

TEST_CASE("the validator takes what the builder builds, and changes nothing but what it must") {
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    BatchProperties properties = random_properties(random);
    properties.base_offset = Offset(0);
    properties.log_append_time = std::nullopt;
    const std::vector<PlainRecord> records = random_records(random, false);
    const Bytes sent = build(records, properties);
    Bytes stored = sent;
    const BatchVerdict verdict = validate_produced_batch(stored, {}, kNow, kVersion);
    REQUIRE_MESSAGE(verdict.code == ErrorCode::none, verdict.message);
    CHECK(verdict.batch_bytes == sent.size());
    CHECK(stored == sent);

    ValidationRules append_time;
    append_time.log_append_time = true;
    REQUIRE(validate_produced_batch(stored, append_time, kNow, kVersion).code == ErrorCode::none);
    const BatchView view = *BatchView::at(stored);
    CHECK(view.crc_matches());
    CHECK(view.max_timestamp() == kNow);
    for (const PlainRecord& record : read(view)) CHECK(record.timestamp == kNow.value);

    Bytes compacted = sent;
    ValidationRules keys;
    keys.compacted = true;
    const BatchVerdict judged = validate_produced_batch(compacted, keys, kNow, kVersion);
    std::vector<int32_t> without_key;
    for (const PlainRecord& record : records) {
      if (!record.key) without_key.push_back(record.delta);
    }
    std::vector<int32_t> refused;
    for (const RecordFault& fault : judged.faults) refused.push_back(fault.index);
    CHECK(refused == without_key);
    CHECK((judged.code == ErrorCode::none) == without_key.empty());
  }
}

TEST_CASE("every bit under the checksum, and the checksum's own, is guarded") {
  Random random(11);
  for (int round = 0; round < 3; ++round) {
    const Bytes bytes = build(random_records(random, false));
    if (bytes.size() > 3000) continue;
    for (size_t bit = kCrcAt * 8; bit < bytes.size() * 8; ++bit) {
      Bytes flipped = bytes;
      flipped[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
      CHECK_FALSE(BatchView::at(flipped)->crc_matches());
      const Bytes before = flipped;
      REQUIRE(validate_produced_batch(flipped, {}, kNow, kVersion).code ==
              ErrorCode::corrupt_message);
      REQUIRE(flipped == before);  // what is refused is not touched
    }
  }
}

TEST_CASE("a batch that is cut anywhere is refused, and a tail of less than a batch passed over") {
  const Bytes whole = plain_batch();
  for (size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    CHECK(code_of(cut) != ErrorCode::none);
    CHECK(batch_frame(cut) == BatchFrame::truncated);
    CHECK_FALSE(BatchView::at(cut).has_value());
    Bytes with_tail = whole;
    with_tail.insert(with_tail.end(), cut.begin(), cut.end());
    const BatchVerdict verdict = validate_produced_batch(with_tail, {}, kNow, kVersion);
    CHECK(verdict.code == ErrorCode::none);
    CHECK(verdict.batch_bytes == whole.size());
  }
  Bytes twice = whole;
  twice.insert(twice.end(), whole.begin(), whole.end());
  CHECK(code_of(twice) == ErrorCode::invalid_record);
}

TEST_CASE("a wrong header field under a right checksum gets Kafka's error") {
  const auto size = static_cast<int32_t>(plain_batch().size());
  REQUIRE(code_of(plain_batch()) == ErrorCode::none);
  CHECK(code_of(with<int64_t>(kBaseOffsetAt, 1)) == ErrorCode::invalid_record);
  CHECK(code_of(with<int64_t>(kBaseOffsetAt, -1)) == ErrorCode::invalid_record);
  CHECK(code_of(with<int32_t>(kLengthAt, -1)) == ErrorCode::corrupt_message);
  CHECK(code_of(with<int32_t>(kLengthAt, 13)) == ErrorCode::corrupt_message);
  CHECK(code_of(with<int32_t>(kLengthAt, size)) == ErrorCode::invalid_record);  // ends too early
  CHECK(code_of(with<int32_t>(kLengthAt, INT32_MAX)) == ErrorCode::unknown_server_error);
  CHECK(code_of(with<int8_t>(kMagicAt, 0)) == ErrorCode::invalid_record);
  CHECK(code_of(with<int8_t>(kMagicAt, 1)) == ErrorCode::invalid_record);
  CHECK(code_of(with<int8_t>(kMagicAt, 3)) == ErrorCode::corrupt_message);
  CHECK(code_of(with<int8_t>(kMagicAt, -1)) == ErrorCode::corrupt_message);
  for (int16_t codec = 5; codec <= 7; ++codec) {
    CHECK(code_of(with<int16_t>(kAttributesAt, codec)) == ErrorCode::unknown_server_error);
  }
  const auto zstd = with<int16_t>(kAttributesAt, static_cast<int16_t>(Codec::zstd));
  CHECK(code_of(zstd, {}, 6) == ErrorCode::unsupported_compression_type);
  CHECK(code_of(zstd, {}, 7) == ErrorCode::none);
  CHECK(code_of(with<int16_t>(kAttributesAt, kControlBit)) == ErrorCode::invalid_record);
  CHECK(code_of(with<int32_t>(kLastOffsetDeltaAt, 1)) == ErrorCode::invalid_record);
  CHECK(code_of(with<int32_t>(kLastOffsetDeltaAt, -1)) == ErrorCode::invalid_record);
  CHECK(code_of(with<int32_t>(kRecordCountAt, 0)) == ErrorCode::invalid_record);
  CHECK(code_of(with<int32_t>(kRecordCountAt, -1)) == ErrorCode::invalid_record);
  CHECK(code_of(with<int32_t>(kRecordCountAt, 2)) == ErrorCode::invalid_record);
  CHECK(code_of(with<int64_t>(kProducerIdAt, 0)) == ErrorCode::invalid_record);  // no sequence
  // Count and delta agree with each other, but not with the records.
  CHECK(code_of(with<int32_t>(kRecordCountAt, 2, with<int32_t>(kLastOffsetDeltaAt, 1))) ==
        ErrorCode::invalid_record);
  ValidationRules small;
  small.batch_bytes_max = size - 1;
  CHECK(code_of(plain_batch(), small) == ErrorCode::message_too_large);
  small.batch_bytes_max = size;
  CHECK(code_of(plain_batch(), small) == ErrorCode::none);
}

TEST_CASE("the bounds of a timestamp are exact") {
  const auto at = [](int64_t timestamp) { return build({{0, timestamp, Bytes{1}, Bytes{2}, {}}}); };
  ValidationRules rules;
  rules.timestamp_before_ms_max = 1000;
  rules.timestamp_after_ms_max = 50;
  for (int64_t age : {0, 1, 999, 1000})
    CHECK(code_of(at(kNow.value - age), rules) == ErrorCode::none);
  for (int64_t ahead : {1, 49, 50})
    CHECK(code_of(at(kNow.value + ahead), rules) == ErrorCode::none);
  CHECK(code_of(at(kNow.value - 1001), rules) == ErrorCode::invalid_timestamp);
  CHECK(code_of(at(kNow.value + 51), rules) == ErrorCode::invalid_timestamp);
  CHECK(code_of(at(-1), rules) == ErrorCode::none);  // none at all
}

TEST_CASE("a record is found by its time as a plain scan finds it") {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    std::vector<PlainRecord> records = random_records(random, true);
    for (PlainRecord& record : records) record.timestamp = static_cast<int64_t>(random() % 10);
    BatchProperties properties;
    properties.base_offset = Offset(1000);
    const Bytes bytes = build(records, properties);
    const BatchView view = *BatchView::at(bytes);
    for (int64_t target = -1; target <= 10; ++target) {
      const Offset from(1000 + static_cast<int64_t>(random() % 3000));
      const auto found = find_by_timestamp(view, TimestampMs(target), from);
      const auto expected = std::find_if(records.begin(), records.end(), [&](const auto& record) {
        return record.timestamp >= target && Offset(1000 + record.delta) >= from;
      });
      REQUIRE(found.has_value() == (expected != records.end()));
      if (!found) continue;
      CHECK(found->offset == Offset(1000 + expected->delta));
      CHECK(found->timestamp.value == expected->timestamp);
    }
  }
}

}  // namespace odradek
