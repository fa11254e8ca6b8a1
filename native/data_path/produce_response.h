// The answer to a Produce request, versions 3 to 13.
//
// The offsets are known as soon as the batches are appended; only whether they are acknowledged is
// not. So the answer is encoded at once, and where an error code lies is remembered: an answer that
// waits for the high watermark is finished bytes, of which a failure changes two.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error_code.h"
#include "base/ids.h"
#include "batch/batch_validator.h"
#include "data_path/produce_request.h"
#include "net/byte_buffer.h"

namespace odradek {

// The outcome for one partition of the request.
struct ProduceResult {
  ErrorCode code = ErrorCode::none;
  Offset base_offset = kNoOffset;
  TimestampMs log_append_time = kNoTimestamp;
  Offset log_start_offset = kNoOffset;
  std::string message;  // empty for none
  std::vector<RecordFault> faults;
};

// Appends the response header and body for `request`, whose partitions are answered by `results` in
// the same order. If error_positions is given, it receives for each partition where in `out` its
// error code lies, counted from the first byte written here.
void encode_produce_response(const ProduceRequest& request,
                             const std::vector<ProduceResult>& results, int32_t throttle_ms,
                             ByteBuffer& out, std::vector<uint32_t>* error_positions);

}  // namespace odradek
