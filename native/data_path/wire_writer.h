// Writes Kafka's wire types at the end of a byte buffer.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/error_code.h"
#include "base/ids.h"
#include "base/varint.h"
#include "net/byte_buffer.h"

namespace odradek {

// Writes one message, or a part of one, from front to back. Lengths must be known beforehand, as
// the protocol has them in front. A writer keeps no state but the buffer, so several of them may
// write one after the other.
class WireWriter {
 public:
  // `flexible` chooses compact lengths and tagged fields for everything below. The buffer must
  // outlive the writer; others may append to it in between.
  WireWriter(ByteBuffer& out, bool flexible) : out_(out), flexible_(flexible) {}

  // A big-endian integer of the given width.
  template <class Int>
  void integer(Int value) {
    store_be<Int>(out_.extend(sizeof(Int)), value);
  }
  // A varint, whatever the version: for tags and their sizes.
  void unsigned_varint(uint32_t value) {
    uint8_t* at = out_.extend(kVarint32BytesMax);
    const uint8_t* end = write_unsigned_varint32(at, value);
    out_.truncate(out_.size() - kVarint32BytesMax + static_cast<size_t>(end - at));
  }
  // An int16 of the protocol's error table.
  void error(ErrorCode code) { integer(static_cast<int16_t>(code)); }
  void uuid(const Uuid& id) { out_.append(id.bytes); }
  // At most 32,767 bytes: topic names are far shorter, messages are cut by message().
  void string(std::string_view text) {
    ASSERT(text.size() <= INT16_MAX);
    if (flexible_) {
      unsigned_varint(static_cast<uint32_t>(text.size()) + 1);
    } else {
      integer(static_cast<int16_t>(text.size()));
    }
    out_.append(as_bytes(text));
  }
  void null_string() {
    if (flexible_) {
      unsigned_varint(0);
    } else {
      integer<int16_t>(-1);
    }
  }
  // An empty text is written as null: that is how our errors say that they have no message.
  void message(std::string_view text) {
    if (text.empty()) {
      null_string();
    } else {
      string(text.substr(0, INT16_MAX));
    }
  }
  // The number of elements, which follow.
  void array_length(size_t count) { length32(count); }
  void null_array() { null_length32(); }
  // The length of records or bytes, which follow.
  void bytes_length(size_t count) { length32(count); }
  // No tagged fields; nothing in versions that have none.
  void no_tags() {
    if (flexible_) unsigned_varint(0);
  }
  bool flexible() const { return flexible_; }
  // Bytes in the buffer so far: where the next one goes.
  size_t position() const { return out_.size(); }

 private:
  void length32(size_t count) {
    ASSERT(count < INT32_MAX);
    if (flexible_) {
      unsigned_varint(static_cast<uint32_t>(count) + 1);
    } else {
      integer(static_cast<int32_t>(count));
    }
  }
  void null_length32() {
    if (flexible_) {
      unsigned_varint(0);
    } else {
      integer<int32_t>(-1);
    }
  }

  ByteBuffer& out_;
  const bool flexible_;
};

}  // namespace odradek
