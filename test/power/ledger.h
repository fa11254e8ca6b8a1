// What is known of each partition from the events: which batches stand where, what was
// acknowledged, which step was under way. From that follows what may stand there after a cut.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "event.h"

namespace odradek::power {

inline constexpr int32_t kPartitions = 8;

// A batch; its bytes follow from it and the partition, see batch_bytes().
struct LedgerBatch {
  int64_t serial = 0;  // of the partition's batches, never used again
  int64_t base = 0;
  int32_t records = 0;
  int32_t sequence = 0;
  int16_t leader_epoch = 0;
  int16_t producer_epoch = 0;
  int64_t end() const { return base + records; }
};

// One partition. Its rules: acknowledged <= end; batches ascend without gaps up to end.
struct PartitionLedger {
  bool exists = false;
  int64_t generation = 0;  // of the partition under its name; the topic id follows from it
  int64_t next_serial = 0;
  int64_t start = 0;
  int64_t end = 0;
  int64_t acknowledged = 0;
  int64_t cached = 0;                // everything below is at least in the machine's page cache
  std::vector<LedgerBatch> batches;  // those below the start only as long as they are the last
  bool seen = false;                 // since the last cut: the end is what stands there
  std::optional<Event> under_way;
  LedgerBatch attempt;  // while an append is under way
  int16_t leader_epoch = 0;
  int16_t producer_epoch = 0;

  void apply(const Event& event);

  // Where the log ends after a truncation to that offset.
  int64_t cut_at(int64_t offset) const;
  // What may be found after a cut, with the step that was under way done or not.
  int64_t end_min() const;
  int64_t end_max() const;
  int64_t start_max() const;
  bool may_be_missing() const;
  // The first sequence of the producer's next batch.
  int32_t next_sequence() const;

 private:
  void cut(int64_t new_end);
  void forget_below_start();
  void begin_again();
};

struct Ledger {
  std::array<PartitionLedger, kPartitions> partitions;
  bool closing = false;
  bool clean = false;        // the last stop was a clean one
  int64_t acknowledged = 0;  // records, in all
  int64_t lost = 0;          // of those

  void apply(const Event& event);
  // The process died and the machine did not: what was appended stays, until the power goes.
  void process_died();
  void power_cut();
};

// Whether the partition's producer is idempotent.
bool has_producer(int32_t partition);
// How many records a batch holds.
int32_t records_of(int32_t partition, int64_t serial);
// The batch as it is to stand in the log, byte for byte.
std::vector<uint8_t> batch_bytes(int32_t partition, const LedgerBatch& batch);
// The topic id of a partition: another one for every second generation only, so that the same
// identity is also used again.
Uuid topic_id_of(int32_t partition, int64_t generation);

}  // namespace odradek::power
