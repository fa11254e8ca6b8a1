#include "batch/batch_builder.h"

#include <doctest/doctest.h>

#include "batch/batch_view.h"
#include "golden.h"

namespace odradek {
namespace {

using golden::Bytes;

NullableBytes nullable(const std::optional<Bytes>& bytes) {
  return bytes ? NullableBytes(*bytes) : NullableBytes();
}

BatchProperties properties_of(const golden::GoldenBatch& g) {
  BatchProperties properties;
  properties.base_offset = Offset(g.base_offset);
  properties.leader_epoch = LeaderEpoch(g.leader_epoch);
  properties.producer_id = ProducerId(g.producer_id);
  properties.producer_epoch = ProducerEpoch(static_cast<int16_t>(g.producer_epoch));
  properties.base_sequence = Sequence(g.base_sequence);
  properties.transactional = g.transactional;
  properties.control = g.control;
  if (g.append_time) properties.log_append_time = TimestampMs(g.max_timestamp);
  if (g.delete_horizon) properties.delete_horizon = TimestampMs(g.base_timestamp);
  return properties;
}

}  // namespace

TEST_CASE("golden batches are rebuilt byte by byte from their records") {
  size_t rebuilt = 0;
  for (const golden::GoldenBatch& g : golden::batches()) {
    // The empty ones are what compaction leaves. Where the last delta is not the last record's,
    // and under append time (the reader does not give the records' own times), there is no way
    // back.
    if (g.codec != 0 || g.count == 0 || g.append_time) continue;
    if (g.records.back().offset - g.base_offset != g.last_offset_delta) continue;
    CAPTURE(g.name);
    BatchBuilder builder(properties_of(g));
    for (const golden::GoldenRecord& record : g.records) {
      std::vector<RecordHeader> headers;
      for (const golden::GoldenHeader& h : record.headers) {
        headers.push_back({h.key, nullable(h.value)});
      }
      builder.append_at(static_cast<int32_t>(record.offset - g.base_offset),
                        TimestampMs(record.timestamp), nullable(record.key), nullable(record.value),
                        headers);
    }
    CHECK(builder.record_count() == g.count);
    CHECK(builder.size() == g.bytes.size());
    CHECK(builder.seal() == g.bytes);
    ++rebuilt;
  }
  CHECK(rebuilt > 20);
}

TEST_CASE("append time stands in the header for all records") {
  BatchProperties properties;
  properties.log_append_time = TimestampMs(5000);
  BatchBuilder builder(properties);
  builder.append(TimestampMs(10), {}, as_bytes("a"));
  builder.append(TimestampMs(20), {}, as_bytes("b"));
  const Bytes bytes = builder.seal();
  const BatchView view = *BatchView::at(bytes);
  CHECK(view.is_log_append_time());
  CHECK(view.base_timestamp() == TimestampMs(10));
  CHECK(view.max_timestamp() == TimestampMs(5000));
  CHECK(view.timestamp_of(10) == TimestampMs(5000));
}

TEST_CASE("a builder is empty after seal and may be used again") {
  BatchBuilder builder;
  builder.append(TimestampMs(100), as_bytes("k"), as_bytes("v"));
  const Bytes first = builder.seal();
  CHECK(builder.record_count() == 0);
  CHECK(builder.size() == kBatchHeaderBytes);
  builder.append(TimestampMs(100), as_bytes("k"), as_bytes("v"));
  CHECK(builder.seal() == first);
  builder.append(TimestampMs(1), {}, {});
  const Bytes other = builder.seal();
  CHECK(BatchView::at(other)->max_timestamp() == TimestampMs(1));
  CHECK(BatchView::at(other)->last_offset_delta() == 0);
}

TEST_CASE("timestamps at both ends of the number line read back") {
  BatchBuilder builder;
  builder.append(TimestampMs(INT64_MIN), {}, {});
  builder.append(TimestampMs(INT64_MAX), {}, {});
  const Bytes bytes = builder.seal();
  const BatchView view = *BatchView::at(bytes);
  RecordIterator iterator(view.records(), view.record_count());
  Record record;
  REQUIRE(iterator.next(&record));
  CHECK(view.timestamp_of(record.timestamp_delta) == TimestampMs(INT64_MIN));
  REQUIRE(iterator.next(&record));
  CHECK(view.timestamp_of(record.timestamp_delta) == TimestampMs(INT64_MAX));
}

}  // namespace odradek
