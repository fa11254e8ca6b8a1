// Every bound of the core in one place, with the relations between them asserted.
#pragma once

#include <cstddef>
#include <cstdint>

namespace odradek {

// Kafka's `socket.request.max.bytes` default; also our upper bound for it.
inline constexpr size_t kFrameBytesDefault = 100U << 20;
inline constexpr size_t kFrameBytesMax = 2147483647U;

// `segment.bytes`: offsets and positions in indexes are 32 bits.
inline constexpr int64_t kSegmentBytesMax = 2147483647;
// A segment is preallocated in steps that double, from a block of most file systems on.
inline constexpr int64_t kPreallocateBytesMin = 4LL << 10;
inline constexpr int64_t kPreallocateBytesMax = 16LL << 20;
// A segment whose log asks for flushes is handed to the disk in pieces of this size.
inline constexpr int64_t kWriteBackBytes = 8 << 20;

// Write windows.
inline constexpr size_t kWriteWindowsMax = 64;
inline constexpr size_t kWriteWindowBytes = 1U << 20;
inline constexpr size_t kWriteWindowBytesTotalMax = 64U << 20;
inline constexpr size_t kPopulateAheadBytesMax = 256U << 10;
static_assert(kWriteWindowsMax * kWriteWindowBytes <= kWriteWindowBytesTotalMax);
static_assert(kPopulateAheadBytesMax <= kWriteWindowBytes);

// Last batches remembered per producer and partition, Kafka's duplicate window.
inline constexpr size_t kProducerBatchesMax = 5;

// Kafka's bounds for arrays and tagged fields (4.4): larger ones are refused before allocation.
inline constexpr size_t kWireArrayMax = 1000000;
inline constexpr size_t kWireTaggedFieldsMax = 10000;

}  // namespace odradek
