// Variable-length integers: 7 bits a byte, low bits first, top bit set on all but the last byte;
// signed ones are zig-zag coded first (Protobuf's sint32 and sint64).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace odradek {

// What the longest forms take; writers need that much room, whatever the number.
inline constexpr size_t kVarint32BytesMax = 5;
inline constexpr size_t kVarint64BytesMax = 10;

// Zig-zag puts the sign into the lowest bit, so that numbers near 0 of either sign are short.
constexpr uint32_t zigzag_encode32(int32_t v) {
  return (static_cast<uint32_t>(v) << 1) ^ static_cast<uint32_t>(v >> 31);
}
constexpr int32_t zigzag_decode32(uint32_t v) {
  return static_cast<int32_t>(v >> 1) ^ -static_cast<int32_t>(v & 1);
}
constexpr uint64_t zigzag_encode64(int64_t v) {
  return (static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63);
}
constexpr int64_t zigzag_decode64(uint64_t v) {
  return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1);
}

// Reads an unsigned varint at *cursor, never at or past `end`. On success moves *cursor behind it
// and returns true; otherwise (short input, or longer than 5 or 10 bytes) returns false and leaves
// both arguments unchanged. Bits above the width are dropped, as Kafka's reader does.
inline bool read_unsigned_varint32(const uint8_t** cursor, const uint8_t* end, uint32_t* out) {
  const uint8_t* p = *cursor;
  uint32_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    if (p == end) return false;
    const uint8_t b = *p++;
    value |= static_cast<uint32_t>(b & 0x7f) << shift;
    if ((b & 0x80) == 0) {
      *cursor = p;
      *out = value;
      return true;
    }
  }
  return false;
}
// The same for 64 bits and up to 10 bytes.
inline bool read_unsigned_varint64(const uint8_t** cursor, const uint8_t* end, uint64_t* out) {
  const uint8_t* p = *cursor;
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (p == end) return false;
    const uint8_t b = *p++;
    value |= static_cast<uint64_t>(b & 0x7f) << shift;
    if ((b & 0x80) == 0) {
      *cursor = p;
      *out = value;
      return true;
    }
  }
  return false;
}
// The same for zig-zag coded, signed numbers: lengths, counts and deltas of records.
inline bool read_varint32(const uint8_t** cursor, const uint8_t* end, int32_t* out) {
  uint32_t raw;
  if (!read_unsigned_varint32(cursor, end, &raw)) return false;
  *out = zigzag_decode32(raw);
  return true;
}
inline bool read_varint64(const uint8_t** cursor, const uint8_t* end, int64_t* out) {
  uint64_t raw;
  if (!read_unsigned_varint64(cursor, end, &raw)) return false;
  *out = zigzag_decode64(raw);
  return true;
}

// Writes to `to`, which must have room for the longest form; returns the byte behind the number.
inline uint8_t* write_unsigned_varint32(uint8_t* to, uint32_t v) {
  while (v >= 0x80) {
    *to++ = static_cast<uint8_t>(v) | 0x80;
    v >>= 7;
  }
  *to++ = static_cast<uint8_t>(v);
  return to;
}
inline uint8_t* write_unsigned_varint64(uint8_t* to, uint64_t v) {
  while (v >= 0x80) {
    *to++ = static_cast<uint8_t>(v) | 0x80;
    v >>= 7;
  }
  *to++ = static_cast<uint8_t>(v);
  return to;
}
// The same, zig-zag coded.
inline uint8_t* write_varint32(uint8_t* to, int32_t v) {
  return write_unsigned_varint32(to, zigzag_encode32(v));
}
inline uint8_t* write_varint64(uint8_t* to, int64_t v) {
  return write_unsigned_varint64(to, zigzag_encode64(v));
}

// Bytes that the number takes as a signed varint.
constexpr size_t varint64_size(int64_t v) {
  const uint64_t bits = static_cast<uint64_t>(std::bit_width(zigzag_encode64(v) | 1));
  return (bits + 6) / 7;
}
constexpr size_t varint32_size(int32_t v) { return varint64_size(v); }

}  // namespace odradek
