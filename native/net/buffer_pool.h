// Buffers for frames that do not fit the reactor's scratch buffer, reused while they are hot and
// given back to the system when they are not needed for a while.
//
// Sizes are powers of two. Large ones are fresh mappings, so a buffer costs memory only where bytes
// were stored: a peer that announces 100 MiB and sends nothing occupies address space.
//
// Threads: a pool and its buffers belong to one thread. The pool must outlive its buffers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/limits.h"

namespace odradek {

class BufferPool;

// Owns one buffer of the pool and returns it on destruction. Move only; empty by default.
class PooledBuffer {
 public:
  PooledBuffer() = default;
  PooledBuffer(PooledBuffer&& other) noexcept;
  PooledBuffer& operator=(PooledBuffer&& other) noexcept;
  ~PooledBuffer() { release(); }

  explicit operator bool() const { return data_ != nullptr; }
  uint8_t* data() { return data_; }
  size_t size() const { return size_; }  // as asked for; the memory may be larger
  ByteSpan span() { return {data_, size_}; }
  void release();

 private:
  friend class BufferPool;
  BufferPool* pool_ = nullptr;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

// Makes, keeps and gives back frame buffers.
class BufferPool {
 public:
  // Keeps at most `idle_bytes_max` of buffers that nobody uses.
  explicit BufferPool(size_t idle_bytes_max) : idle_bytes_max_(idle_bytes_max) {}
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // A buffer of `size` bytes (1 to kFrameBytesMax) of unknown content, or an empty one if the
  // system has no memory.
  PooledBuffer take(size_t size);
  // Gives back what was not used since the last trim. To be called now and then, say every second.
  void trim();

  size_t idle_bytes() const { return idle_bytes_; }
  size_t used_bytes() const { return used_bytes_; }

 private:
  friend class PooledBuffer;
  static constexpr unsigned kSmallestShift = 12;  // 4 KiB
  static constexpr unsigned kClasses = 20;        // up to 2 GiB
  static_assert((uint64_t{1} << (kSmallestShift + kClasses - 1)) > kFrameBytesMax);

  struct SizeClass {
    std::vector<uint8_t*> idle;
    size_t idle_min = 0;  // fewest since the last trim: these were not needed
  };

  static unsigned class_of(size_t size);
  static size_t class_bytes(unsigned index) {
    ASSERT(index < kClasses);
    return size_t{1} << (kSmallestShift + index);
  }
  void put_back(uint8_t* data, size_t size);

  // Invariant: idle_bytes_ is the sum over all classes of idle.size() * class_bytes.
  std::array<SizeClass, kClasses> classes_;
  size_t idle_bytes_max_;
  size_t idle_bytes_ = 0;
  size_t used_bytes_ = 0;
};

}  // namespace odradek
