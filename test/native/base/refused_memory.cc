#include "refused_memory.h"

#include <cstdlib>
#include <new>

#include "base/assert.h"

namespace odradek {
namespace {

thread_local RefusedMemory* current = nullptr;

}  // namespace

RefusedMemory::RefusedMemory(uint64_t first, bool lasts) : first_(first), lasts_(lasts) {
  ASSERT(current == nullptr);
  current = this;
}

RefusedMemory::~RefusedMemory() { current = nullptr; }

bool RefusedMemory::refuses_next() {
  if (!armed_) return false;
  ++count_;
  return lasts_ ? count_ >= first_ : count_ == first_;
}

}  // namespace odradek

// The library's, which frees what malloc gave; a sanitizer's wants its own.
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  if (odradek::current != nullptr && odradek::current->refuses_next()) return nullptr;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return ::operator new(size);
#else
  return std::malloc(size == 0 ? 1 : size);
#endif
}
