// Reads Kafka's wire types from a request. Sticky: the first read beyond the end, or of something
// that cannot be, makes this and every later read give zeros and empty views, so a decoder reads on
// and checks ok() once. Never reads outside its bytes, allocates nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/varint.h"

namespace odradek {

// Reads one message from front to back. The bytes must outlive the reader and every view that it
// gives out; the views are spans of the frame itself, so that a batch can be changed where it lies.
// Cheap to copy: a copy reads on by itself from the same place.
class WireReader {
 public:
  explicit WireReader(ByteSpan bytes) : cursor_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  // False once anything was malformed; what was read since then is all zeros.
  bool ok() const { return ok_; }
  // Bytes not read yet; 0 once ok() is false.
  size_t remaining() const { return static_cast<size_t>(end_ - cursor_); }

  // A big-endian integer of the given width.
  template <class Int>
  Int integer() {
    const uint8_t* at = take(sizeof(Int));
    return at == nullptr ? Int{0} : load_be<Int>(at);
  }
  // A varint of at most 5 bytes, as lengths and tags of flexible versions are.
  uint32_t unsigned_varint() {
    uint32_t value = 0;
    const uint8_t* at = cursor_;
    if (ok_ && read_unsigned_varint32(&at, end_, &value)) {
      cursor_ += at - cursor_;
      return value;
    }
    fail();
    return 0;
  }
  // 16 bytes in wire order; zero is "none".
  Uuid uuid() {
    Uuid id;
    const uint8_t* at = take(id.bytes.size());
    if (at != nullptr) std::memcpy(id.bytes.data(), at, id.bytes.size());
    return id;
  }

  // Strings have an int16 length, or in flexible versions a varint length + 1.
  std::optional<std::string_view> nullable_string(bool flexible) {
    const int64_t length = flexible ? compact_length() : integer<int16_t>();
    if (!ok_ || length < 0) return std::nullopt;
    return as_text(bytes_of(length, INT16_MAX));
  }
  // The same where null is malformed. The characters are not checked: names are only compared.
  std::string_view string(bool flexible) {
    const auto text = nullable_string(flexible);
    if (!text) fail();
    return text.value_or(std::string_view());
  }
  // Bytes and records have an int32 length, or in flexible versions a varint length + 1.
  std::optional<ByteSpan> nullable_bytes(bool flexible) {
    const int64_t length = flexible ? compact_length() : integer<int32_t>();
    if (!ok_ || length < 0) return std::nullopt;
    return bytes_of(length, INT32_MAX);
  }
  // Number of elements, each of at least `element_bytes_min` (not 0): more than can follow is
  // malformed, as is null.
  size_t array_length(bool flexible, size_t element_bytes_min) {
    const int64_t length = flexible ? compact_length() : integer<int32_t>();
    if (length < 0 || static_cast<uint64_t>(length) > kWireArrayMax ||
        static_cast<uint64_t>(length) > remaining() / element_bytes_min) {
      fail();
    }
    return ok_ ? static_cast<size_t>(length) : 0;
  }

  // Calls on_field(tag, reader of the field's bytes) for each tagged field. A reader that fails
  // makes this one fail.
  template <class OnField>
  void tagged_fields(OnField on_field) {
    const uint32_t count = unsigned_varint();
    if (count > kWireTaggedFieldsMax) fail();
    for (uint32_t i = 0; i < count && ok_; ++i) {
      const uint32_t tag = unsigned_varint();
      const uint32_t size = unsigned_varint();
      WireReader field(bytes_of(size, INT32_MAX));
      if (!ok_) return;
      on_field(tag, field);
      if (!field.ok()) fail();
    }
  }
  // Passes over tagged fields that this version of ours has no use for.
  void skip_tagged_fields() {
    tagged_fields([](uint32_t, WireReader&) {});
  }
  // For a decoder that finds a value which cannot be.
  void fail() {
    ok_ = false;
    cursor_ = end_;
  }

 private:
  // Compact lengths are stored plus one, so that 0 can stand for null: -1 here.
  int64_t compact_length() { return static_cast<int64_t>(unsigned_varint()) - 1; }

  ByteSpan bytes_of(int64_t length, int64_t length_max) {
    if (length > length_max) fail();
    uint8_t* at = take(static_cast<size_t>(length));
    return at == nullptr ? ByteSpan() : ByteSpan(at, static_cast<size_t>(length));
  }
  uint8_t* take(size_t count) {
    if (count > remaining()) fail();
    if (!ok_) return nullptr;
    uint8_t* at = cursor_;
    cursor_ += count;
    return at;
  }

  // Invariant: cursor_ <= end_, and cursor_ == end_ once ok_ is false.
  uint8_t* cursor_;
  uint8_t* end_;
  bool ok_ = true;
};

}  // namespace odradek
