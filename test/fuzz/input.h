// Takes what a fuzzer made up apart, from the front; behind its end everything is zero or empty.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/bytes.h"

namespace odradek::fuzz {

class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(data, size) {}

  // A number, big endian.
  template <class T>
  T number() {
    uint8_t bytes[sizeof(T)] = {};
    const ByteView some = view(sizeof(T));
    std::copy(some.begin(), some.end(), bytes);
    return load_be<T>(bytes);
  }
  // At most `count` bytes.
  ByteView view(size_t count) {
    const ByteView some = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(some.size());
    return some;
  }
  std::vector<uint8_t> bytes(size_t count) {
    const ByteView some = view(count);
    return {some.begin(), some.end()};
  }
  // Bytes behind their length in two bytes.
  std::vector<uint8_t> piece() { return bytes(number<uint16_t>()); }
  bool empty() const { return rest_.empty(); }
  size_t size() const { return rest_.size(); }

 private:
  ByteView rest_;
};

}  // namespace odradek::fuzz
