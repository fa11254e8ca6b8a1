// One record inside the (opened) records section of a batch v2. Integers are zig-zag varints.
//
//   length | attributes | timestamp delta | offset delta | key length | key | value length | value
//          | int8       | 64 bits         | 32 bits      | -1 null    |     | -1 null      |
//   header count | for each: key length | key (UTF-8) | value length (-1 null) | value
//
// `length` counts what follows it. A negative key, value or header value length reads as null, a
// header key is never null; whether a header key is UTF-8 is not looked at. As Apache Kafka reads.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/varint.h"

namespace odradek {

// Bytes or null. The bytes belong to whoever made them; anything that is a ByteView will do.
struct NullableBytes {
  ByteView bytes;
  bool is_null = true;

  NullableBytes() = default;
  template <std::convertible_to<ByteView> T>
  NullableBytes(const T& from) : bytes(from), is_null(false) {}  // NOLINT: on purpose implicit
};

// One header of a record, as a pair of views.
struct RecordHeader {
  ByteView key;
  NullableBytes value;
};

// A parsed record: numbers, and views into the bytes that it was parsed from.
struct Record {
  int8_t attributes = 0;  // no bit has a meaning yet
  int64_t timestamp_delta = 0;
  int32_t offset_delta = 0;
  NullableBytes key;
  NullableBytes value;
  int32_t header_count = 0;
  ByteView headers;  // undecoded; see RecordHeaderIterator
};

// What is wrong with a record, or with a section of them.
enum class RecordsFault : uint8_t {
  none,
  malformed,       // a length or count that does not fit, or bytes left over
  endless_length,  // the record's own length takes more than five bytes; Kafka tells it apart
};

// Parses the record at *cursor, never reads at or past `end`. On success fills *record and moves
// *cursor behind the record; headers are walked too, so that iterating them later can't fail.
RecordsFault parse_record(const uint8_t** cursor, const uint8_t* end, Record* record);

// Walks the headers of a record that parse_record accepted.
class RecordHeaderIterator {
 public:
  explicit RecordHeaderIterator(const Record& record)
      : cursor_(record.headers.data()),
        end_(record.headers.data() + record.headers.size()),
        left_(record.header_count) {
    // parse_record refuses both, and a header takes at least two bytes.
    ASSERT(left_ >= 0 && static_cast<size_t>(left_) <= record.headers.size() / 2);
  }
  // Moves on to the next header; false behind the last.
  bool next(RecordHeader* header);

 private:
  const uint8_t* cursor_;
  const uint8_t* end_;
  int32_t left_;
};

// Walks an uncompressed (or opened) records section. Sticky: call next() until it is false, then
// look at fault() once. The views in a Record live as long as the section.
class RecordIterator {
 public:
  // `count` is the header's record count; a negative one is a fault. All bytes must be used up by
  // exactly `count` records.
  RecordIterator(ByteView records, int32_t count)
      : cursor_(records.data()), end_(records.data() + records.size()), left_(count) {}
  // Moves on to the next record; false behind the last or at a fault.
  bool next(Record* record);
  RecordsFault fault() const { return fault_; }

 private:
  bool stop(RecordsFault fault) {
    ASSERT(fault != RecordsFault::none && fault_ == RecordsFault::none);
    fault_ = fault;
    left_ = 0;
    return false;
  }

  const uint8_t* cursor_;
  const uint8_t* end_;
  int32_t left_;
  RecordsFault fault_ = RecordsFault::none;
};

// What write_record writes; header keys must be UTF-8.
struct RecordContent {
  int64_t timestamp_delta = 0;
  int32_t offset_delta = 0;
  NullableBytes key;
  NullableBytes value;
  std::span<const RecordHeader> headers;
};

// Appends the record to `to`.
void write_record(const RecordContent& content, std::vector<uint8_t>* to);

}  // namespace odradek
