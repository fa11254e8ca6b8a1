// A growing byte string whose new bytes are not set to zero first: answers are built in it, and
// stored records are read straight into it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"

namespace odradek {

// Owns its bytes; move only. See above for why not a vector.
class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~ByteBuffer() { std::free(data_); }

  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  ByteView view() const { return {data_, size_}; }

  // Appends `count` bytes of unknown content and returns the first of them. Earlier pointers into
  // the buffer are void.
  uint8_t* extend(size_t count) {
    if (count > capacity_ - size_) grow(size_ + count);
    uint8_t* at = data_ + size_;
    size_ += count;
    return at;
  }
  void append(ByteView bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }
  // Makes room for `count` more bytes.
  void reserve_more(size_t count) {
    if (count > capacity_ - size_) grow(size_ + count);
  }
  // Cuts the end off; `size` must not exceed the present one. Keeps the memory.
  void truncate(size_t size) {
    ASSERT(size <= size_);
    size_ = size;
  }
  // Empties it, and gives the memory back if it holds more than `keep_bytes`.
  void clear(size_t keep_bytes) {
    size_ = 0;
    if (capacity_ <= keep_bytes) return;
    std::free(std::exchange(data_, nullptr));
    capacity_ = 0;
  }

 private:
  void grow(size_t at_least) {
    ASSERT(at_least > capacity_ && size_ <= capacity_);
    ASSERT((data_ == nullptr) == (capacity_ == 0));
    size_t capacity = capacity_ < 256 ? 256 : capacity_ * 2;
    if (capacity < at_least) capacity = at_least;
    ASSERT(capacity >= at_least && capacity > capacity_);  // no size wrapped around
    auto* moved = static_cast<uint8_t*>(std::realloc(data_, capacity));
    ASSERT(moved != nullptr);  // answers are bounded: out of memory here is ours to end on
    data_ = moved;
    capacity_ = capacity;
  }

  // Invariant: size_ <= capacity_, and data_ holds capacity_ bytes (null for 0).
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace odradek
