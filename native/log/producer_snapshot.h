// The producer state of a partition before some offset, as it lies in a `.snapshot` file. Big
// endian:
//
//   +---------+------------+-------------+------------------------------------------------+
//   | int16 1 | uint32 crc | int32 count | count entries of 46 bytes, by producer id       |
//   +---------+------------+-------------+------------------------------------------------+
//   entry: producer id 8, epoch 2, last sequence 4, last offset 8, offset delta 4, timestamp 8,
//          coordinator epoch 4, first offset of the open transaction 8 (-1: none)
//
// The CRC-32C covers everything behind itself, so that a torn file is never taken for an older one.
// Only the last of a producer's five batches is kept.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "log/producer_state.h"

namespace odradek {

inline constexpr size_t kSnapshotEntryBytes = 46;

// The content of a `.snapshot` file.
std::vector<uint8_t> encode_producer_snapshot(const ProducerState& state);
// Nothing if version, length or checksum is wrong, or if it is no state of a log that ends at
// `offset`, which the file's name says.
std::optional<ProducerState> decode_producer_snapshot(ByteView bytes, Offset offset);

}  // namespace odradek
