// The one record batch that a produce run sends again and again.
#pragma once

#include <cstdint>
#include <vector>

namespace odradek::bench {

// Builds an uncompressed record batch v2 (native/batch/batch_format.h) of `records` records
// without key and headers, each value `record_bytes` pseudo-random letters; the same arguments
// give the same bytes, apart from the timestamps, which are `timestamp_ms`. Not idempotent:
// producer id, epoch and base sequence are -1, so that it may be sent any number of times. The
// checksum is valid.
std::vector<uint8_t> make_record_batch(int records, int record_bytes, int64_t timestamp_ms);

}  // namespace odradek::bench
