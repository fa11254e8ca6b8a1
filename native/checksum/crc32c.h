// CRC-32C (Castagnoli), the checksum of Kafka's record batches, snapshots and of our journal.
// Reflected polynomial 0x82F63B78, initial value and final xor 0xFFFFFFFF; "123456789" gives
// 0xE3069283. The fastest implementation that this CPU has is chosen at the first call.
// Safe from any thread.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace odradek {

// The checksum of `bytes`; 0 for none.
uint32_t crc32c(ByteView bytes);

// The checksum of what `crc` is the checksum of, followed by `bytes`.
uint32_t crc32c_extend(uint32_t crc, ByteView bytes);

// Which implementation is in use, for a log line: "sse4.2", "arm64" or "portable".
const char* crc32c_implementation();

}  // namespace odradek
