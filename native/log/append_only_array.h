// An array that one thread appends to while any number of threads read, without a lock. Elements
// never move and never change: chunks double in size and are reached through a fixed table. An
// empty one, of which there are two a partition, takes no memory beyond itself.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <type_traits>

#include "base/assert.h"

namespace odradek {

template <class T>
class AppendOnlyArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  // Elements that a reader may look at; grows only.
  size_t size() const { return size_.load(std::memory_order_acquire); }

  // `index` must be below a size() that this thread has seen.
  const T& operator[](size_t index) const {
    const size_t chunk = chunk_of(index);
    return (*chunks_)[chunk][index - first_of(chunk)];
  }

  // Only one thread at a time.
  void append(const T& element) {
    const size_t index = size_.load(std::memory_order_relaxed);
    const size_t chunk = chunk_of(index);
    ASSERT(chunk < kChunks);
    if (!chunks_) chunks_ = std::make_unique<Chunks>();
    std::unique_ptr<T[]>& place = (*chunks_)[chunk];
    if (!place) place = std::make_unique<T[]>(kFirstChunk << chunk);
    place[index - first_of(chunk)] = element;
    size_.store(index + 1, std::memory_order_release);
  }

 private:
  static constexpr size_t kFirstChunk = 4;
  static constexpr size_t kChunks = 26;  // 268 million elements, far above any index

  static size_t chunk_of(size_t index) {
    return static_cast<size_t>(std::bit_width(index / kFirstChunk + 1)) - 1;
  }
  static size_t first_of(size_t chunk) { return kFirstChunk * ((size_t{1} << chunk) - 1); }

  using Chunks = std::array<std::unique_ptr<T[]>, kChunks>;
  std::unique_ptr<Chunks> chunks_;  // null while empty; seen by whoever sees a size
  std::atomic<size_t> size_{0};
};

}  // namespace odradek
