// Builds request frames: appends Kafka's primitive types to a growing buffer. Used before a run
// and for the few administrative requests, never per request.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/varint.h"

namespace odradek::bench {

class WireWriter {
 public:
  // Position of the next byte; what is written there can be patched later through bytes().
  size_t position() const { return bytes_.size(); }
  std::vector<uint8_t>& bytes() { return bytes_; }

  template <std::integral T>
  void put(T value) {
    const size_t at = grow(sizeof(T));
    store_be(bytes_.data() + at, value);
  }
  void put_unsigned_varint(uint32_t value) {
    uint8_t form[kVarint32BytesMax];
    bytes_.insert(bytes_.end(), form, write_unsigned_varint32(form, value));
  }
  void put_varint(int32_t value) { put_unsigned_varint(zigzag_encode32(value)); }
  // The length of a compact array or string: one more than the count, 0 is null.
  void put_compact_length(size_t count) { put_unsigned_varint(static_cast<uint32_t>(count) + 1); }
  void put_compact_string(std::string_view text) {
    put_compact_length(text.size());
    put_bytes(as_bytes(text));
  }
  void put_string(std::string_view text) {
    put(static_cast<int16_t>(text.size()));
    put_bytes(as_bytes(text));
  }
  void put_null_compact() { put_unsigned_varint(0); }
  void put_no_tags() { put_unsigned_varint(0); }
  void put_bytes(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

 private:
  size_t grow(size_t count) {
    const size_t at = bytes_.size();
    bytes_.resize(at + count);
    return at;
  }

  std::vector<uint8_t> bytes_;
};

}  // namespace odradek::bench
