// Changes that a leader makes to a batch in place, without opening it.
#pragma once

#include "base/bytes.h"
#include "base/ids.h"
#include "batch/batch_format.h"

namespace odradek {

// Gives the batch its place in the log. The checksum covers neither field and stays right. `batch`
// is one whole batch (or more bytes; only its first header is touched).
void assign_offsets(ByteSpan batch, Offset base_offset, LeaderEpoch leader_epoch);

// Whose clock a batch's timestamps are from: the producer's or the broker's.
enum class TimestampType : uint8_t { create_time, log_append_time };

// Sets timestamp type and max timestamp and renews the checksum, unless both are so already. A
// changed batch also loses the attribute bits that have no meaning, as in Kafka. `batch` must be
// exactly one whole batch.
void set_max_timestamp(ByteSpan batch, TimestampType type, TimestampMs max_timestamp);

// Writes the checksum of what the batch holds now. `batch` must be exactly one whole batch.
void renew_crc(ByteSpan batch);

}  // namespace odradek
