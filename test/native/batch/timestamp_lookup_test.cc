#include "batch/timestamp_lookup.h"

#include <doctest/doctest.h>

#include "batch/batch_builder.h"
#include "golden.h"

namespace odradek {
namespace {

// Offsets 10 to 14 with timestamps that go back and forth.
golden::Bytes batch_of_five(std::optional<TimestampMs> append_time = std::nullopt) {
  BatchProperties properties;
  properties.base_offset = Offset(10);
  properties.log_append_time = append_time;
  BatchBuilder builder(properties);
  for (int64_t timestamp : {100, 300, 200, 300, 250}) {
    builder.append(TimestampMs(timestamp), {}, as_bytes("v"));
  }
  return builder.seal();
}

int64_t found(const golden::Bytes& bytes, int64_t target, int64_t from = 0) {
  const auto hit = find_by_timestamp(*BatchView::at(bytes), TimestampMs(target), Offset(from));
  return hit ? hit->offset.value : -1;
}

}  // namespace

TEST_CASE("the first record at or after the timestamp is found, in order of offsets") {
  const golden::Bytes bytes = batch_of_five();
  CHECK(found(bytes, 0) == 10);
  CHECK(found(bytes, 100) == 10);
  CHECK(found(bytes, 101) == 11);
  CHECK(found(bytes, 300) == 11);
  CHECK(found(bytes, 301) == -1);
  const auto hit = find_by_timestamp(*BatchView::at(bytes), TimestampMs(150), Offset(0));
  CHECK(hit->timestamp == TimestampMs(300));
}

TEST_CASE("records below the first wanted offset do not count") {
  const golden::Bytes bytes = batch_of_five();
  CHECK(found(bytes, 0, 12) == 12);
  CHECK(found(bytes, 201, 12) == 13);
  CHECK(found(bytes, 251, 14) == -1);
  CHECK(found(bytes, 0, 15) == -1);
}

TEST_CASE("with append time every record has the batch's time") {
  const golden::Bytes bytes = batch_of_five(TimestampMs(1000));
  CHECK(found(bytes, 1000) == 10);
  CHECK(found(bytes, 500, 13) == 13);
  CHECK(found(bytes, 1001) == -1);
}

TEST_CASE("a compressed batch is searched in its opened records") {
  for (const char* name : {"gzip-many", "snappy-many", "lz4-many", "zstd-many"}) {
    CAPTURE(name);
    const golden::GoldenBatch& g = golden::batch(name);
    const BatchView view = *BatchView::at(g.bytes);
    for (const golden::GoldenRecord& record : g.records) {
      const auto hit =
          find_by_timestamp(view, *g.opened, TimestampMs(record.timestamp), Offset(record.offset));
      REQUIRE(hit.has_value());
      CHECK(hit->offset == Offset(record.offset));
      CHECK(hit->timestamp == TimestampMs(record.timestamp));
    }
  }
}

TEST_CASE("gaps between offsets are kept") {
  const golden::GoldenBatch& g = golden::batch("offsets-gaps");
  for (const golden::GoldenRecord& record : g.records) {
    const auto hit = find_by_timestamp(*BatchView::at(g.bytes), TimestampMs(record.timestamp),
                                       Offset(record.offset));
    REQUIRE(hit.has_value());
    CHECK(hit->offset == Offset(record.offset));
  }
}

TEST_CASE("a search ends at a record that cannot be parsed") {
  golden::Bytes bytes = batch_of_five();
  bytes[kBatchHeaderBytes] = 0x01;  // length -1
  CHECK(found(bytes, 0) == -1);
}

}  // namespace odradek
