// The fixed part of a stored record batch, for walks that need no records. Format: batch_format.h.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "batch/batch_format.h"
#include "batch/batch_view.h"

namespace odradek {

struct BatchHeader {
  Offset base_offset;
  Offset last_offset;
  int64_t size_bytes = 0;  // of the whole batch
  LeaderEpoch leader_epoch;
  uint16_t attributes = 0;
  TimestampMs max_timestamp;
  ProducerId producer_id;
  ProducerEpoch producer_epoch;
  Sequence base_sequence;
  Sequence last_sequence;

  Offset next_offset() const { return last_offset + 1; }
  bool has_producer() const { return producer_id.value >= 0; }
  bool is_transactional() const { return (attributes & kTransactionalBit) != 0; }
  bool is_control() const { return (attributes & kControlBit) != 0; }
  bool is_compressed() const { return (attributes & kCodecMask) != 0; }
  bool is_log_append_time() const { return (attributes & kLogAppendTimeBit) != 0; }

  // The header in the first kBatchHeaderBytes of `bytes`; nothing if there are fewer, or if length,
  // magic, offset or offset delta cannot be right (zeros never are).
  static std::optional<BatchHeader> parse(ByteView bytes);
  static BatchHeader of(const BatchView& batch);
};

// What a transaction marker says: the type and coordinator epoch in the only record of a control
// batch. Nothing for other control batches.
struct TransactionMarker {
  bool commit = false;
  int32_t coordinator_epoch = -1;
};
std::optional<TransactionMarker> transaction_marker(const BatchView& batch);

}  // namespace odradek
