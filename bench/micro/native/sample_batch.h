// The batches that the cases work on.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"

namespace odradek::micro {

// The present of all cases.
inline constexpr TimestampMs kNow{1700000000000};

// An uncompressed batch of records with values of so many bytes, written a millisecond apart.
std::vector<uint8_t> sample_batch(int records, size_t value_bytes, TimestampMs first = kNow);

}  // namespace odradek::micro
