// Large allocations (native/base/large_bytes.h) that find no memory, as many as a test says. The
// whole program asks for them by the nothrow `new`, which is replaced here.
#pragma once

#include <cstdint>

namespace odradek {

// While one lives, the large allocations of its thread are counted, from 1, and those from `first`
// on are refused: that one alone, or all later ones too. One at a time for each thread.
class RefusedMemory {
 public:
  explicit RefusedMemory(uint64_t first = UINT64_MAX, bool lasts = false);
  ~RefusedMemory();
  RefusedMemory(const RefusedMemory&) = delete;
  RefusedMemory& operator=(const RefusedMemory&) = delete;

  // Nothing is counted or refused before arm(true).
  void arm(bool armed) { armed_ = armed; }
  uint64_t count() const { return count_; }
  bool refuses_next();

 private:
  const uint64_t first_;
  const bool lasts_;
  bool armed_ = false;
  uint64_t count_ = 0;
};

}  // namespace odradek
