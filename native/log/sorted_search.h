// Binary search over anything that can be indexed: an array in memory or the pages of a file.
#pragma once

#include <cstddef>

namespace odradek {

// The number of elements at the front of [0, count) for which `is_before(i)` holds; it must hold
// for a prefix. Calls it about log2(count) times.
template <class IsBefore>
size_t count_front(size_t count, IsBefore is_before) {
  size_t low = 0;
  size_t high = count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (is_before(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace odradek
