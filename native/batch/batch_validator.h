// Judges a produced batch as Apache Kafka does, before it may be appended. Pure: no clock, no I/O.
//
// The checks run from cheap to dear and stop at the first that fails: frame, magic, codec of the
// API version, second batch, base offset, size, CRC, header fields, then every record. A compressed
// batch is judged by its header alone, unless the rules ask for opening it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error_code.h"
#include "base/ids.h"

namespace odradek {

// What the topic asks of a batch. Plain numbers out of the control plane.
struct ValidationRules {
  int32_t batch_bytes_max = 1048588;            // max.message.bytes
  bool compacted = false;                       // cleanup.policy has compact: keys required
  bool log_append_time = false;                 // message.timestamp.type
  int64_t timestamp_before_ms_max = INT64_MAX;  // message.timestamp.before.max.ms
  int64_t timestamp_after_ms_max = 3600000;     // message.timestamp.after.max.ms
  int8_t target_codec = -1;                     // compression.type; -1 is `producer`
  int32_t target_level = 0;                     // compression.*.level, if the codec has one
  bool open_compressed = false;                 // odradek.validate.compressed=full
};

// A record of the batch that is refused for itself.
struct RecordFault {
  int32_t index = 0;    // of the record in the batch
  std::string message;  // empty if the batch's message says it all
};

// The judgement. With code `none` and `needs_opening` false the batch may be appended as it stands
// (LogAppendTime already written into it, CRC renewed). With `needs_opening` the compressed records
// must first be opened by a worker: the header is in order, the records are not judged yet.
struct BatchVerdict {
  ErrorCode code = ErrorCode::none;
  std::string message;              // for the answer's error message; empty if none
  std::vector<RecordFault> faults;  // for Produce v8 and later
  bool needs_opening = false;
  // It is one whole batch, so that whatever else is wrong with it the log itself has found.
  bool is_batch = false;
  // With code `none`: how many of the given bytes are the batch. Append these and no more: like
  // Kafka, the judge passes over a torn end behind the batch (less than a whole second one).
  size_t batch_bytes = 0;
};

// Record faults that a verdict lists; further ones count but are not told.
inline constexpr size_t kRecordFaultsMax = 100;

// Judges the records that a Produce request carries for one partition: they must be exactly one
// batch. Every rule and its order are Apache Kafka 4.3.1's, except where docs/differences.md says
// otherwise. The timestamp type and max timestamp that the topic and the records ask for are
// written into the batch in place, and its CRC renewed if they differ (not with needs_opening).
//
// `api_version` is the Produce version: zstd is allowed from 7 on. `now` is the time of the append.
// Reads at most records.size() bytes; allocates only for what it refuses. Safe from any thread.
BatchVerdict validate_produced_batch(ByteSpan records, const ValidationRules& rules,
                                     TimestampMs now, int16_t api_version);

// The second half for a batch that needed opening: judges `opened`, its decompressed records
// section, by the same rules, and stamps the batch as above. `batch` is the batch_bytes that
// validate_produced_batch passed. A batch that goes to another codec is rewritten by the caller
// afterwards.
BatchVerdict validate_opened_batch(ByteSpan batch, ByteView opened, const ValidationRules& rules,
                                   TimestampMs now);

}  // namespace odradek
