// Reads Kafka's primitive types from an answer. Sticky: after the first read past the end every
// read gives 0 and ok() is false, so a caller reads on and checks once.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/varint.h"

namespace odradek::bench {

class WireReader {
 public:
  explicit WireReader(ByteView bytes) : cursor_(bytes.data()), end_(cursor_ + bytes.size()) {}

  bool ok() const { return ok_; }
  const uint8_t* cursor() const { return cursor_; }

  template <std::integral T>
  T get() {
    if (!has(sizeof(T))) return 0;
    const T value = load_be<T>(cursor_);
    cursor_ += sizeof(T);
    return value;
  }
  uint32_t get_unsigned_varint() {
    uint32_t value = 0;
    if (!ok_ || !read_unsigned_varint32(&cursor_, end_, &value)) ok_ = false;
    return ok_ ? value : 0;
  }
  // Count of a compact array or string; null counts as empty.
  uint32_t get_compact_length() {
    const uint32_t value = get_unsigned_varint();
    return value == 0 ? 0 : value - 1;
  }
  std::string get_compact_string() {
    const uint32_t length = get_compact_length();
    if (!has(length)) return {};
    std::string text(as_text({cursor_, length}));
    cursor_ += length;
    return text;
  }
  void skip(size_t count) {
    if (has(count)) cursor_ += count;
  }
  void skip_tags() {
    const uint32_t count = get_unsigned_varint();
    for (uint32_t i = 0; i < count && ok_; i++) {
      get_unsigned_varint();
      skip(get_unsigned_varint());
    }
  }

 private:
  bool has(size_t count) {
    if (static_cast<size_t>(end_ - cursor_) < count) ok_ = false;
    return ok_;
  }

  const uint8_t* cursor_;
  const uint8_t* end_;
  bool ok_ = true;
};

}  // namespace odradek::bench
