// Settings of one partition log. Decided by the control plane, handed down as plain numbers.
#pragma once

#include <cstdint>

#include "base/limits.h"
#include "batch/batch_validator.h"

namespace odradek {

struct LogConfig {
  int64_t segment_bytes = 1LL << 30;             // segment.bytes
  int64_t segment_ms = 604800000;                // segment.ms
  int64_t segment_jitter_ms = 0;                 // segment.jitter.ms
  int64_t segment_index_bytes = 10LL << 20;      // segment.index.bytes, each index
  int64_t index_interval_bytes = 4096;           // index.interval.bytes
  int64_t flush_messages = 1;                    // flush.messages; INT64_MAX: never asked for
  int64_t flush_ms = INT64_MAX;                  // flush.ms
  int64_t producer_id_expiration_ms = 86400000;  // producer.id.expiration.ms
  int64_t file_delete_delay_ms = 60000;          // file.delete.delay.ms
  ValidationRules validation;                    // what a produced batch must satisfy
};

// Is anything to be flushed, but by checkpoints and the kernel?
inline bool asks_for_flushes(const LogConfig& config) {
  return config.flush_messages != INT64_MAX || config.flush_ms != INT64_MAX;
}

}  // namespace odradek
