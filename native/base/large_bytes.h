// Memory whose size the world decides: a batch's length on a disk, a file, a request. Everything
// else that we allocate is small, and a process that has no memory for it ends
// (docs/decisions/memory.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <vector>

namespace odradek {

// So many zeros; nothing if there is no memory for them. The caller has bounded `size` before. The
// core has no exceptions to learn it by, so it asks first: a thread that takes the memory in
// between ends the process, as it would any small allocation.
inline std::optional<std::vector<uint8_t>> allocate_bytes(size_t size) {
  void* const room = ::operator new(size, std::nothrow);
  if (room == nullptr) return std::nullopt;
  ::operator delete(room);
  return std::vector<uint8_t>(size);
}

}  // namespace odradek
