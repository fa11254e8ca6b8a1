// How many write windows a log directory may have mapped at once: each counts as resident memory of
// the process. Safe from any thread.
#pragma once

#include <atomic>
#include <cstddef>

#include "base/assert.h"
#include "base/limits.h"

namespace odradek {

class WriteWindowPool {
 public:
  explicit WriteWindowPool(size_t windows_max = kWriteWindowsMax) : windows_max_(windows_max) {}

  // A place in the pool, held until it is destroyed; empty if the pool is full.
  class Place {
   public:
    Place() = default;
    explicit Place(WriteWindowPool* pool) : pool_(pool) {}
    Place(Place&& other) noexcept : pool_(other.pool_) { other.pool_ = nullptr; }
    Place& operator=(Place&& other) noexcept;
    ~Place() { give_back(); }
    explicit operator bool() const { return pool_ != nullptr; }

   private:
    void give_back();
    WriteWindowPool* pool_ = nullptr;
  };

  Place take();
  size_t taken() const { return taken_.load(std::memory_order_relaxed); }

 private:
  const size_t windows_max_;
  std::atomic<size_t> taken_{0};
};

}  // namespace odradek
