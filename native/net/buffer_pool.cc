#include "net/buffer_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

#include "base/assert.h"
#include "base/limits.h"

namespace odradek {
namespace {

// From here on a buffer is its own mapping: untouched pages cost nothing, and freeing gives them
// back at once.
constexpr size_t kMappedBytesMin = 64U << 10;
static_assert(std::has_single_bit(kMappedBytesMin));  // so no class is half mapped

uint8_t* allocate(size_t bytes) {
  if (bytes < kMappedBytesMin) return static_cast<uint8_t*>(std::malloc(bytes));
  void* mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return mapped == MAP_FAILED ? nullptr : static_cast<uint8_t*>(mapped);
}

void deallocate(uint8_t* data, size_t bytes) {
  ASSERT(data != nullptr);
  if (bytes < kMappedBytesMin) {
    std::free(data);
    return;
  }
  const int result = ::munmap(data, bytes);
  ASSERT(result == 0);
}

}  // namespace

PooledBuffer::PooledBuffer(PooledBuffer&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

PooledBuffer& PooledBuffer::operator=(PooledBuffer&& other) noexcept {
  std::swap(pool_, other.pool_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void PooledBuffer::release() {
  if (data_ == nullptr) return;
  ASSERT(pool_ != nullptr && size_ > 0);
  pool_->put_back(std::exchange(data_, nullptr), std::exchange(size_, 0));
  pool_ = nullptr;
}

BufferPool::~BufferPool() {
  ASSERT(used_bytes_ == 0);
  for (unsigned i = 0; i < kClasses; ++i) {
    for (uint8_t* data : classes_[i].idle) deallocate(data, class_bytes(i));
    idle_bytes_ -= classes_[i].idle.size() * class_bytes(i);
  }
  ASSERT(idle_bytes_ == 0);
}

unsigned BufferPool::class_of(size_t size) {
  ASSERT(size > 0);
  const unsigned shift = static_cast<unsigned>(std::bit_width(size - 1));
  return shift <= kSmallestShift ? 0 : shift - kSmallestShift;
}

PooledBuffer BufferPool::take(size_t size) {
  ASSERT(size > 0 && size <= kFrameBytesMax);
  const unsigned index = class_of(size);
  ASSERT(index < kClasses && class_bytes(index) >= size);
  SizeClass& sizes = classes_[index];
  PooledBuffer buffer;
  if (!sizes.idle.empty()) {
    buffer.data_ = sizes.idle.back();  // the last one returned is the hottest
    sizes.idle.pop_back();
    sizes.idle_min = std::min(sizes.idle_min, sizes.idle.size());
    ASSERT(buffer.data_ != nullptr && idle_bytes_ >= class_bytes(index));
    idle_bytes_ -= class_bytes(index);
  } else {
    buffer.data_ = allocate(class_bytes(index));
    if (buffer.data_ == nullptr) return buffer;
  }
  buffer.pool_ = this;
  buffer.size_ = size;
  used_bytes_ += class_bytes(index);
  return buffer;
}

void BufferPool::put_back(uint8_t* data, size_t size) {
  const unsigned index = class_of(size);
  const size_t bytes = class_bytes(index);
  ASSERT(used_bytes_ >= bytes);
  used_bytes_ -= bytes;
  if (idle_bytes_ + bytes > idle_bytes_max_) {
    deallocate(data, bytes);
    return;
  }
  classes_[index].idle.push_back(data);
  idle_bytes_ += bytes;
  ASSERT(idle_bytes_ <= idle_bytes_max_);
}

void BufferPool::trim() {
  for (unsigned i = 0; i < kClasses; ++i) {
    SizeClass& sizes = classes_[i];
    // The front of the list is the coldest.
    const size_t unused = std::min(sizes.idle_min, sizes.idle.size());
    for (size_t k = 0; k < unused; ++k) deallocate(sizes.idle[k], class_bytes(i));
    sizes.idle.erase(sizes.idle.begin(), sizes.idle.begin() + static_cast<ptrdiff_t>(unused));
    ASSERT(idle_bytes_ >= unused * class_bytes(i));
    idle_bytes_ -= unused * class_bytes(i);
    sizes.idle_min = sizes.idle.size();
  }
}

}  // namespace odradek
