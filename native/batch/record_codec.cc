#include "batch/record_codec.h"

#include <limits>

#include "base/assert.h"

namespace odradek {
namespace {

// Reads a length and that many bytes; a negative length is null.
inline bool read_nullable(const uint8_t** cursor, const uint8_t* end, NullableBytes* out) {
  int32_t length;
  if (!read_varint32(cursor, end, &length)) return false;
  if (length < 0) {
    *out = NullableBytes();
    return true;
  }
  if (length > end - *cursor) return false;
  *out = NullableBytes(ByteView(*cursor, static_cast<size_t>(length)));
  *cursor += length;
  return true;
}

inline bool read_header(const uint8_t** cursor, const uint8_t* end, RecordHeader* out) {
  NullableBytes key;
  if (!read_nullable(cursor, end, &key) || key.is_null) return false;
  out->key = key.bytes;
  return read_nullable(cursor, end, &out->value);
}

bool skip_headers(const uint8_t** cursor, const uint8_t* end, int32_t count) {
  RecordHeader header;
  for (int32_t i = 0; i < count; ++i) {
    if (!read_header(cursor, end, &header)) return false;
  }
  return true;
}

// The fields behind the length, which must fill [cursor, end) exactly.
inline bool parse_body(const uint8_t* cursor, const uint8_t* end, Record* record) {
  if (cursor == end) return false;
  record->attributes = static_cast<int8_t>(*cursor++);
  if (!read_varint64(&cursor, end, &record->timestamp_delta)) return false;
  if (!read_varint32(&cursor, end, &record->offset_delta)) return false;
  if (!read_nullable(&cursor, end, &record->key)) return false;
  if (!read_nullable(&cursor, end, &record->value)) return false;
  if (!read_varint32(&cursor, end, &record->header_count)) return false;
  const uint8_t* const headers = cursor;
  if (record->header_count != 0) {
    // Every header takes at least two bytes: a huge count is refused before it is walked.
    if (record->header_count < 0 || record->header_count > (end - cursor) / 2) return false;
    if (!skip_headers(&cursor, end, record->header_count)) return false;
  }
  record->headers = ByteView(headers, cursor);
  return cursor == end;
}

// Length and bytes of a nullable field as varint plus content.
void append_nullable(const NullableBytes& field, std::vector<uint8_t>* to) {
  ASSERT(field.bytes.size() <= static_cast<size_t>(std::numeric_limits<int32_t>::max()));
  uint8_t length[kVarint32BytesMax];
  const int32_t size = field.is_null ? -1 : static_cast<int32_t>(field.bytes.size());
  to->insert(to->end(), length, write_varint32(length, size));
  to->insert(to->end(), field.bytes.begin(), field.bytes.end());
}

size_t nullable_size(const NullableBytes& field) {
  if (field.is_null) return 1;
  return varint32_size(static_cast<int32_t>(field.bytes.size())) + field.bytes.size();
}

size_t body_size(const RecordContent& content) {
  size_t size = 1 + varint64_size(content.timestamp_delta) + varint32_size(content.offset_delta) +
                nullable_size(content.key) + nullable_size(content.value) +
                varint32_size(static_cast<int32_t>(content.headers.size()));
  for (const RecordHeader& header : content.headers) {
    size += nullable_size(header.key) + nullable_size(header.value);
  }
  return size;
}

}  // namespace

RecordsFault parse_record(const uint8_t** cursor, const uint8_t* end, Record* record) {
  const uint8_t* p = *cursor;
  int32_t length;
  if (!read_varint32(&p, end, &length)) {
    const bool endless = end - *cursor >= static_cast<ptrdiff_t>(kVarint32BytesMax);
    return endless ? RecordsFault::endless_length : RecordsFault::malformed;
  }
  if (length < 0 || length > end - p) return RecordsFault::malformed;
  if (!parse_body(p, p + length, record)) return RecordsFault::malformed;
  ASSERT(p + length > *cursor);  // every record moves the reader on
  *cursor = p + length;
  return RecordsFault::none;
}

bool RecordHeaderIterator::next(RecordHeader* header) {
  ASSERT(cursor_ <= end_);
  if (left_ <= 0) return false;
  --left_;
  const bool read = read_header(&cursor_, end_, header);
  ASSERT(read);  // parse_record walked the same bytes
  ASSERT(left_ > 0 || cursor_ == end_);
  return true;
}

bool RecordIterator::next(Record* record) {
  ASSERT(cursor_ <= end_);
  if (left_ <= 0) {
    const bool used_up = left_ == 0 && cursor_ == end_;
    if (fault_ == RecordsFault::none && !used_up) fault_ = RecordsFault::malformed;
    return false;
  }
  const RecordsFault fault = parse_record(&cursor_, end_, record);
  if (fault != RecordsFault::none) return stop(fault);
  --left_;
  return true;
}

void write_record(const RecordContent& content, std::vector<uint8_t>* to) {
  const size_t size = body_size(content);
  ASSERT(size <= static_cast<size_t>(std::numeric_limits<int32_t>::max()));
  ASSERT(!content.key.is_null || content.key.bytes.empty());
  ASSERT(!content.value.is_null || content.value.bytes.empty());
  ASSERT(content.offset_delta >= 0);
  ASSERT(content.headers.size() <= static_cast<size_t>(std::numeric_limits<int32_t>::max()));
  const size_t before = to->size();
  uint8_t numbers[kVarint32BytesMax + 1 + kVarint64BytesMax + kVarint32BytesMax];
  uint8_t* p = write_varint32(numbers, static_cast<int32_t>(size));
  *p++ = 0;  // attributes
  p = write_varint64(p, content.timestamp_delta);
  p = write_varint32(p, content.offset_delta);
  to->insert(to->end(), numbers, p);
  append_nullable(content.key, to);
  append_nullable(content.value, to);
  p = write_varint32(numbers, static_cast<int32_t>(content.headers.size()));
  to->insert(to->end(), numbers, p);
  for (const RecordHeader& header : content.headers) {
    append_nullable(header.key, to);
    append_nullable(header.value, to);
  }
  ASSERT(to->size() == before + varint32_size(static_cast<int32_t>(size)) + size);
}

}  // namespace odradek
