#include "batch/record_codec.h"

#include <string>

#include <doctest/doctest.h>

#include "batch/batch_view.h"
#include "golden.h"

namespace odradek {
namespace {

using golden::Bytes;

void check_bytes(const NullableBytes& read, const std::optional<Bytes>& expected) {
  CHECK(read.is_null == !expected.has_value());
  if (expected)
    CHECK(std::equal(read.bytes.begin(), read.bytes.end(), expected->begin(), expected->end()));
}

Bytes written(const RecordContent& content) {
  Bytes bytes;
  write_record(content, &bytes);
  return bytes;
}

RecordsFault parse(const Bytes& bytes) {
  const uint8_t* cursor = bytes.data();
  Record record;
  const RecordsFault fault = parse_record(&cursor, bytes.data() + bytes.size(), &record);
  CHECK((cursor == bytes.data()) == (fault != RecordsFault::none));
  return fault;
}

// A record's bytes with the length before it.
Bytes with_length(Bytes body) {
  Bytes bytes(kVarint32BytesMax);
  const uint8_t* end = write_varint32(bytes.data(), static_cast<int32_t>(body.size()));
  bytes.resize(static_cast<size_t>(end - bytes.data()));
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

}  // namespace

TEST_CASE("every record of every golden batch reads as in Apache Kafka") {
  size_t records = 0;
  for (const golden::GoldenBatch& g : golden::batches()) {
    CAPTURE(g.name);
    const BatchView view = *BatchView::at(g.bytes);
    RecordIterator iterator(g.opened ? ByteView(*g.opened) : view.records(), g.count);
    Record record;
    for (const golden::GoldenRecord& expected : g.records) {
      REQUIRE(iterator.next(&record));
      CHECK(view.offset_of(record.offset_delta) == Offset(expected.offset));
      CHECK(view.timestamp_of(record.timestamp_delta) == TimestampMs(expected.timestamp));
      check_bytes(record.key, expected.key);
      check_bytes(record.value, expected.value);
      REQUIRE(record.header_count == static_cast<int32_t>(expected.headers.size()));
      RecordHeaderIterator headers(record);
      RecordHeader header;
      for (const golden::GoldenHeader& h : expected.headers) {
        REQUIRE(headers.next(&header));
        check_bytes(header.key, h.key);
        check_bytes(header.value, h.value);
      }
      CHECK_FALSE(headers.next(&header));
      ++records;
    }
    CHECK_FALSE(iterator.next(&record));
    CHECK(iterator.fault() == RecordsFault::none);
  }
  CHECK(records > 1000);
}

TEST_CASE("every golden record is written byte by byte as Apache Kafka writes it") {
  for (const golden::GoldenBatch& g : golden::batches()) {
    CAPTURE(g.name);
    const BatchView view = *BatchView::at(g.bytes);
    const ByteView section = g.opened ? ByteView(*g.opened) : view.records();
    RecordIterator iterator(section, g.count);
    Record record;
    Bytes bytes;
    while (iterator.next(&record)) {
      std::vector<RecordHeader> headers(static_cast<size_t>(record.header_count));
      RecordHeaderIterator walk(record);
      for (RecordHeader& header : headers) REQUIRE(walk.next(&header));
      write_record({record.timestamp_delta, record.offset_delta, record.key, record.value, headers},
                   &bytes);
    }
    CHECK(std::equal(bytes.begin(), bytes.end(), section.begin(), section.end()));
  }
}

TEST_CASE("every proper prefix of a record is refused") {
  const Bytes key(3, 'k');
  const Bytes value(200, 'v');
  const RecordHeader header{as_bytes("name"), NullableBytes(as_bytes("content"))};
  const Bytes whole = written({12345, 7, key, value, std::span(&header, 1)});
  CHECK(parse(whole) == RecordsFault::none);
  for (size_t size = 0; size < whole.size(); ++size) {
    CHECK(parse(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size))) ==
          RecordsFault::malformed);
  }
}

TEST_CASE("negative lengths of key, value and header value are null, of a header key a fault") {
  // attributes, timestamp delta, offset delta, key, value, header count, headers
  const auto length_minus_2 = uint8_t{0x03};
  CHECK(parse(with_length({0, 0, 0, length_minus_2, length_minus_2, 0})) == RecordsFault::none);
  CHECK(parse(with_length({0, 0, 0, 1, 1, 2, 2, 'h', length_minus_2})) == RecordsFault::none);
  CHECK(parse(with_length({0, 0, 0, 1, 1, 2, 1, 1})) == RecordsFault::malformed);
}

TEST_CASE("lengths and counts beyond the record are refused before they are believed") {
  const Bytes huge = {0xfe, 0xff, 0xff, 0xff, 0x0f};  // 2147483647
  for (size_t field = 3; field <= 5; ++field) {
    Bytes body = {0, 0, 0, 1, 1, 0};
    body.erase(body.begin() + static_cast<ptrdiff_t>(field));
    body.insert(body.begin() + static_cast<ptrdiff_t>(field), huge.begin(), huge.end());
    CHECK(parse(with_length(body)) == RecordsFault::malformed);
  }
  CHECK(parse(with_length({0, 0, 0, 1, 1, 1})) == RecordsFault::malformed);     // count -1
  CHECK(parse(with_length({0, 0, 0, 1, 1, 0, 9})) == RecordsFault::malformed);  // a byte left
  CHECK(parse({0x01}) == RecordsFault::malformed);                              // length -1
  CHECK(parse({0x00}) == RecordsFault::malformed);                              // length 0
}

TEST_CASE("an endless length is told apart, an endless field is not") {
  CHECK(parse({0x80, 0x80, 0x80, 0x80, 0x80, 0x01}) == RecordsFault::endless_length);
  CHECK(parse({0x80, 0x80, 0x80, 0x80}) == RecordsFault::malformed);
  CHECK(parse(with_length({0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0,
                           1, 1, 0})) == RecordsFault::malformed);
}

TEST_CASE("an iterator is sticky: it stops at a fault, and counts must fit") {
  const Bytes one = written({0, 0, NullableBytes(), as_bytes("v"), {}});
  Bytes two = one;
  two.insert(two.end(), one.begin(), one.end());
  Record record;
  for (int32_t count : {-1, 0, 1, 3, INT32_MAX}) {
    CAPTURE(count);
    RecordIterator iterator(two, count);
    int32_t seen = 0;
    while (iterator.next(&record)) ++seen;
    CHECK(seen == std::min(std::max(count, 0), 2));
    CHECK(iterator.fault() == RecordsFault::malformed);
    CHECK_FALSE(iterator.next(&record));
  }
  RecordIterator iterator(two, 2);
  while (iterator.next(&record)) continue;
  CHECK(iterator.fault() == RecordsFault::none);
  RecordIterator empty({}, 0);
  CHECK_FALSE(empty.next(&record));
  CHECK(empty.fault() == RecordsFault::none);
}

}  // namespace odradek
