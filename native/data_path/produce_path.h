// From a decoded Produce request to appended batches: per partition look it up, judge the batch,
// append it. What must wait (acks=all, batches that must be opened first) is left to the caller.
//
// Threads: one per reactor, belongs to its thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "data_path/partition_entry.h"
#include "data_path/partition_table.h"
#include "data_path/produce_request.h"
#include "data_path/produce_response.h"
#include "log/flush_turn.h"

namespace odradek {

// The outcome of a request so far. Reused from request to request.
struct ProduceWork {
  // acks=all: the partition's high watermark must reach `required`.
  struct Ack {
    uint32_t partition;  // index into request.partitions
    std::shared_ptr<PartitionEntry> entry;
    Offset required;
  };
  // The batch must be opened before it is judged and appended.
  struct Opening {
    uint32_t partition;
    std::shared_ptr<PartitionEntry> entry;
    ByteSpan batch;  // in the frame
    ValidationRules rules;
  };

  std::vector<ProduceResult> results;  // one per partition of the request
  std::vector<Ack> acks;
  // Of directories that have too much to make durable, see PartitionLog::is_backed_up().
  std::vector<std::shared_ptr<PartitionEntry>> backed_up;
  std::vector<Opening> openings;

  // True if any partition was refused.
  bool has_error() const;
};

// Puts the log start offset into a refusal, where Apache Kafka tells it: what the log itself found
// wrong, but for a few codes.
void tell_log_start(const PartitionEntry& entry, ProduceResult* result);

// Has no state of its own. Every partition of a request stands for itself: an error of one does not
// keep the others from being appended, as in Apache Kafka.
class ProducePath {
 public:
  // Flushes that appends ask for are left to `turn`, `meter` counts. All must outlive it.
  ProducePath(PartitionView& partitions, const Clock& clock, FlushTurn& turn, TrafficMeter& meter)
      : partitions_(partitions), clock_(clock), turn_(turn), meter_(meter) {}

  // Appends what can be appended. Offsets, epochs and timestamps are written into the request's
  // frame. `work` is overwritten.
  void append(const ProduceRequest& request, ProduceWork* work);
  // Appends a batch that was opened: `batch` as it shall be stored.
  void append_opened(const ProduceRequest& request, uint32_t partition,
                     const std::shared_ptr<PartitionEntry>& entry, ByteSpan batch,
                     ProduceWork* work);
  // Counts a batch that is refused.
  void count_refused(const PartitionEntry& entry, ErrorCode code, size_t batch_bytes);

 private:
  void append_partition(const ProduceRequest& request, const ProduceRequest::Topic& topic,
                        uint32_t partition, ProduceWork* work);

  PartitionView& partitions_;
  const Clock& clock_;
  FlushTurn& turn_;
  TrafficMeter& meter_;
};

}  // namespace odradek
