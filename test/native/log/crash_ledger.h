// What a log directory has promised at one moment: for each partition the batches that may be
// there, and how many of them must be, whatever a power cut does now.
//
// An operation that is under way leaves two outcomes open (a deletion: the partition as it was, or
// none), and any of them may be found. Once it has answered there is one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log_fixture.h"

namespace odradek {

// A batch with the offset and the epoch that it was given.
struct StoredBatch {
  explicit StoredBatch(std::vector<uint8_t> bytes);
  std::vector<uint8_t> bytes;
  Offset base;
  Offset end;  // behind its last record
  ProducerId producer;
  Sequence next_sequence;  // of the producer
};

using StoredBatches = std::vector<std::shared_ptr<const StoredBatch>>;

// What may be found of one partition.
struct LogPromise {
  Uuid topic_id;
  LogConfig config;
  StoredBatches batches;  // a prefix of these, and no others; those before the log start as well
  Offset durable{0};      // of which everything below this is there
  Offset start_min{0};    // log start that was answered
  Offset start_max{0};    // that was asked for
  int last_records = 1;   // of the newest append, whether it is there or not
  size_t last_bytes = 40;

  Offset end() const { return batches.empty() ? Offset(0) : batches.back()->end; }
  // The base of the batch that holds `offset`; end() beyond the last.
  Offset batch_start(Offset offset) const;
  // Drops the batches from `offset` on.
  void cut(Offset offset);
  int32_t next_sequence() const;
};

// One outcome: no such partition, or this one.
using Outcome = std::optional<LogPromise>;

// A value: a copy is what stood at its moment.
class Ledger {
 public:
  using Slots = std::map<TopicPartition, std::vector<Outcome>>;
  const Slots& slots() const { return slots_; }
  // Counts changes, so that equal versions of one ledger are equal.
  uint64_t version() const { return version_; }

  // The only outcome of a partition that is there. It may be changed by the next three.
  const LogPromise& present(const TopicPartition& id) const;
  bool is_present(const TopicPartition& id) const;
  void is(const TopicPartition& id, Outcome outcome);
  void may_become(const TopicPartition& id, Outcome outcome);
  void durable(const TopicPartition& id, Offset offset);

  // The last stop was clean: a start finds nothing to recover.
  bool clean() const { return clean_; }
  void set_clean(bool clean);

 private:
  Slots slots_;
  bool clean_ = false;
  uint64_t version_ = 0;
};

}  // namespace odradek
