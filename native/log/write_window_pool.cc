#include "log/write_window_pool.h"

namespace odradek {

WriteWindowPool::Place& WriteWindowPool::Place::operator=(Place&& other) noexcept {
  if (this != &other) {
    give_back();
    pool_ = other.pool_;
    other.pool_ = nullptr;
  }
  return *this;
}

void WriteWindowPool::Place::give_back() {
  if (pool_ == nullptr) return;
  const size_t before = pool_->taken_.fetch_sub(1, std::memory_order_relaxed);
  ASSERT(before > 0);
  pool_ = nullptr;
}

WriteWindowPool::Place WriteWindowPool::take() {
  size_t taken = taken_.load(std::memory_order_relaxed);
  while (taken < windows_max_) {
    if (taken_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed)) {
      return Place(this);
    }
  }
  return Place();
}

}  // namespace odradek
