// When the active segment is full. Pure. Kafka's rule (kafka-facts 4.1).
#pragma once

#include "log/active_segment.h"
#include "log/batch_header.h"
#include "log/log_config.h"

namespace odradek {

// True if `batch` must go into a new segment. `jitter_ms` is this segment's share of
// segment.jitter.ms, below segment_ms.
bool must_roll(const ActiveSegment& active, const BatchHeader& batch, const LogConfig& config,
               int64_t jitter_ms, TimestampMs now);

// A segment's share of segment.jitter.ms: spread evenly, the same at every start.
int64_t roll_jitter_ms(const LogConfig& config, uint64_t partition_hash, Offset base_offset);

}  // namespace odradek
