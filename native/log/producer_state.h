// What a partition remembers of its idempotent and transactional producers (kafka-facts 5.2):
// epoch, the last five batches, the open transaction. Pure: judged before an append, changed after
// it, and rebuilt from stored batches after a crash.
//
// Not safe for concurrent use: guarded by the log's lock.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error_code.h"
#include "base/limits.h"
#include "log/batch_header.h"

namespace odradek {

// One batch of a producer, as far as duplicates are told by it.
struct ProducerBatch {
  Sequence last_sequence;
  Offset last_offset;
  int32_t offset_delta = 0;  // last offset - base offset
  TimestampMs timestamp;     // max timestamp

  Offset base_offset() const { return last_offset - offset_delta; }
  Sequence first_sequence() const;
};

// One producer. Invariant: batches ascend in offset; the oldest comes first.
struct ProducerEntry {
  ProducerEpoch epoch = kNoProducerEpoch;
  int32_t coordinator_epoch = -1;
  TimestampMs last_timestamp = kNoTimestamp;
  Offset transaction_first_offset = kNoOffset;  // -1: no open transaction
  std::array<ProducerBatch, kProducerBatchesMax> batches;
  size_t batch_count = 0;

  const ProducerBatch* last_batch() const {
    return batch_count == 0 ? nullptr : &batches[batch_count - 1];
  }
  Sequence last_sequence() const {
    return batch_count == 0 ? kNoSequence : last_batch()->last_sequence;
  }
  bool in_transaction() const { return transaction_first_offset != kNoOffset; }
};

// A transaction that a marker has just ended.
struct EndedTransaction {
  ProducerId producer_id;
  Offset first_offset;
  Offset last_offset;  // the marker's
  bool committed = false;
};

// What a batch did to the transactions of its partition.
struct ProducerChange {
  bool began_transaction = false;
  std::optional<EndedTransaction> ended;
};

class ProducerState {
 public:
  struct Verdict {
    ErrorCode code = ErrorCode::none;
    std::string detail;                         // empty if code is none
    std::optional<ProducerBatch> duplicate_of;  // the batch was stored before
  };

  // May the batch be appended? Batches without a producer id always may. `client`: sequences are
  // checked, and a repeated batch is found; otherwise only the epoch.
  Verdict check(const BatchHeader& batch, bool client) const;
  // The same for a transaction marker.
  Verdict check_marker(const BatchHeader& batch, const TransactionMarker& marker) const;

  // Takes in a stored batch, in offset order, without judging it. `marker` for transaction markers.
  ProducerChange update(const BatchHeader& batch, const std::optional<TransactionMarker>& marker);

  // Drops producers that wrote nothing for `idle_ms_max` and have no open transaction.
  void expire(TimestampMs now, int64_t idle_ms_max);

  // Whether a log that ends at `end` can have this state: each batch and transaction lies below, a
  // producer's batches ascend, no two transactions begin with the same batch. What is read from a
  // file is judged so: a checksum doesn't say that its writer was right.
  bool fits_log_end(Offset end) const;

  const std::unordered_map<ProducerId, ProducerEntry>& entries() const { return entries_; }
  // For a snapshot's content.
  void restore(ProducerId id, const ProducerEntry& entry) { entries_[id] = entry; }

 private:
  std::unordered_map<ProducerId, ProducerEntry> entries_;
};

}  // namespace odradek
