// One partition on disk: append, read, look up, truncate, flush. Orchestrates its neighbours
// (segment_set, active_segment, producer_state, leader_epochs, …) and decides nothing itself.
//
// Four offsets, never to be confused, each readable from any thread without a lock:
//   log start offset  first offset that may be read
//   durable offset    everything below is on the disk (exclusive end)
//   high watermark    everything below may be read by consumers and is acknowledged by acks=all
//   log end offset    offset that the next record gets
// Invariant: log start <= high watermark <= log end, and durable <= log end.
// On a single node: high watermark = min(log end, durable + flush.messages - 1), saturating and
// rounded down to a batch's end.
//
// Threads: every method may be called from any thread. Appends and truncations of one log exclude
// each other by its lock; no other system call than the append's own write happens under the lock.
// Reads take no lock: they hold a counted reference to an immutable set of segments.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "log/log_config.h"
#include "log/log_error.h"
#include "log/read_wait.h"

namespace odradek {

class File;
struct FileError;
class FlushTurn;
class PartitionLog;

// The name of a partition.
struct TopicPartition {
  std::string topic;
  PartitionIndex partition{0};
  auto operator<=>(const TopicPartition&) const = default;
};

// What an append was given; offsets are inclusive.
struct AppendOutcome {
  Offset base_offset;
  Offset last_offset;
  // The high watermark must reach this before acks=all may be answered.
  Offset required_high_watermark;
  TimestampMs log_append_time = kNoTimestamp;  // -1 with CreateTime
  Offset log_start_offset;
  bool duplicate = false;  // nothing was written: the first send's answer
};

// Who appends: it decides what is checked.
enum class AppendOrigin : uint8_t {
  client,       // judged in full: batch validator, producer epoch and sequence
  coordinator,  // our own records (metadata, groups): trusted batch, no producer checks
};

// How far a reader may look.
enum class ReadLimit : uint8_t { high_watermark, last_stable_offset, log_end_offset };

// An aborted transaction that a read_committed reader must leave out.
struct AbortedTransaction {
  ProducerId producer_id;
  Offset first_offset;
};

// A piece of one segment that holds whole stored batches (the last one may be cut by bytes_max).
// `file` keeps the segment open and on disk even if it is deleted meanwhile.
struct ReadOutcome {
  std::shared_ptr<const File> file;  // empty when bytes is 0
  Position position;
  size_t bytes = 0;
  // Only with ReadWait::cached_only: what it takes to find the batches is not in memory. The same
  // read on a thread that may wait brings it in. `bytes` are about the most that it finds, and
  // `file` is there if it is known already where they begin.
  bool is_cold = false;
  // Where a sequential reader goes on, so that nothing is looked up again: pass it as `hint`.
  Offset next_offset;
  // The numbers that a Fetch answer carries, all of the same moment.
  Offset high_watermark;
  Offset last_stable_offset;
  Offset log_start_offset;
  Offset log_end_offset;
  std::vector<AbortedTransaction> aborted;  // only with ReadLimit::last_stable_offset
};

// Remembers where a sequential reader stands. A value; owned by one reader at a time.
struct ReadHint {
  Offset offset = kNoOffset;  // the offset that `position` belongs to; -1: nothing known
  Offset segment_base = kNoOffset;
  Position position;
  uint64_t truncations = 0;  // of the log when this was noted; positions die with the next
};

// The answer to a lookup by timestamp.
struct TimestampLookup {
  Offset offset;  // -1: no such record
  TimestampMs timestamp;
  LeaderEpoch leader_epoch;
  // Set when the batch is compressed: it must be opened elsewhere to find the exact record, from
  // the first one with a timestamp >= the target. Otherwise empty.
  std::vector<uint8_t> compressed_batch;
};

// What a log remembers of one producer, for administrators and tests.
struct ProducerSummary {
  ProducerId producer_id;
  ProducerEpoch epoch;
  Sequence last_sequence;
  TimestampMs last_timestamp;
  int32_t coordinator_epoch = -1;
  Offset current_transaction_first_offset = kNoOffset;
  Offset last_data_offset = kNoOffset;  // of its last batch; -1: only a marker of it is known
};

// One segment of a log, as retention and compaction judge it.
struct SegmentSummary {
  Offset base_offset;
  Offset next_offset;  // where the next segment begins; of the active one the log end offset
  int64_t size_bytes = 0;
  // The largest of its records; where none has one, when its file was written last. The second is
  // of the machine's clock.
  TimestampMs largest_timestamp = kNoTimestamp;
  bool active = false;
};

// What compaction asks of a sealed segment beside its summary.
struct SegmentDetail {
  TimestampMs first_batch_timestamp = kNoTimestamp;  // the largest of its first batch; -1: none
  int64_t offset_index_bytes = 0;
  int64_t time_index_bytes = 0;
};

// An aborted transaction as the index of a segment has it.
struct AbortedIndexEntry {
  ProducerId producer_id;
  Offset first_offset;
  Offset last_offset;  // of its marker
  Offset last_stable_offset;
};

// A segment that is written to take the place of others. Used by one thread at a time; must not
// outlive its log's directory. Destruction without a commit leaves the log as it was.
class SegmentReplacement {
 public:
  virtual ~SegmentReplacement() = default;
  // Whole batches with ascending offsets, as they are to be stored. Error corrupt_message if they
  // are damaged, out of order or outside of the segments, kafka_storage_error by the disk.
  virtual LogResult<bool> append(ByteView batches) = 0;
  // In the order of the markers.
  virtual void append_aborted(const AbortedIndexEntry& entry) = 0;
  // Puts it in place of the segments, durably and, for readers and for every crash, all at once.
  // False, and nothing changed, if one of them is no longer part of the log. Error invalid_request
  // if the recovery point on disk is not behind them: a checkpoint has to come first, and the call
  // may be repeated then.
  virtual LogResult<bool> commit() = 0;
};

// Told whenever the high watermark of a log moved up. Called on whichever thread moved it (a
// reactor in append, the flusher), never under the log's lock; must not block and must not append.
class HighWatermarkObserver {
 public:
  virtual ~HighWatermarkObserver() = default;
  virtual void high_watermark_advanced(PartitionLog& log, Offset high_watermark) noexcept = 0;
};

class PartitionLog {
 public:
  virtual ~PartitionLog() = default;

  virtual const TopicPartition& topic_partition() const = 0;
  virtual const Uuid& topic_id() const = 0;

  virtual Offset log_start_offset() const = 0;
  virtual Offset durable_offset() const = 0;
  virtual Offset recovery_point() const = 0;
  virtual Offset high_watermark() const = 0;
  virtual Offset last_stable_offset() const = 0;
  virtual Offset log_end_offset() const = 0;
  virtual LeaderEpoch leader_epoch() const = 0;
  virtual int64_t size_bytes() const = 0;  // of all segments, without preallocated room
  virtual size_t segment_count() const = 0;
  // Every segment, the active one last. May read index files: not for reactors.
  virtual LogResult<std::vector<SegmentSummary>> segments() const = 0;
  // Of the sealed segment that begins at `base`: what compaction judges it by; where a batch begins
  // such that none before it holds `offset` or more; its stored bytes from `from` on, at most
  // `bytes_max`, none at its end. Error offset_out_of_range if there is no such segment (any more).
  // Not for reactors.
  virtual LogResult<SegmentDetail> segment_detail(Offset base) const = 0;
  virtual LogResult<Position> segment_position(Offset base, Offset offset) const = 0;
  virtual LogResult<std::vector<uint8_t>> read_segment(Offset base, Position from,
                                                       size_t bytes_max) const = 0;
  // False once its log directory failed or the log was closed or deleted: every call then answers
  // kafka_storage_error (or not_leader_or_follower after a delete).
  virtual bool online() const = 0;
  // Why its log directory failed; empty where that did not. Also when the directory is gone.
  virtual std::string offline_reason() const { return {}; }
  // True while so much of its directory is not durable that nothing more should be taken in for it
  // before that is: it asks for its own flush then; or while so many files wait to be synced and
  // closed that no more should be opened. The former never of a log that asks for no flushes.
  virtual bool is_backed_up() { return false; }

  virtual LogConfig config() const = 0;
  virtual void configure(const LogConfig& config) = 0;
  // Raises the leader epoch that later appends are stamped with; writes it to the epoch checkpoint
  // at the next append. Epochs never go down: a lower one than the present one changes nothing.
  virtual void become_leader(LeaderEpoch epoch) = 0;
  // Any number of observers. Each must outlive the log or be removed first; remove returns only
  // when no call to that observer is under way. When the log goes offline, closes or is deleted,
  // observers are called once more with kNoOffset.
  virtual void add_observer(HighWatermarkObserver* observer) = 0;
  virtual void remove_observer(HighWatermarkObserver* observer) = 0;

  // Appends exactly one batch. Assigns base offset and leader epoch in place (and, with
  // LogAppendTime, the timestamp and CRC), so `batch` changes. Codes: those of the validator,
  // out_of_order_sequence_number, invalid_producer_epoch, invalid_txn_state, record_list_too_large
  // (larger than a segment), kafka_storage_error (disk failed or full; nothing was appended).
  // needs_opening is never seen here: the caller validates first (see data_path) and passes
  // client only for batches that validate_produced_batch passed; append repeats no validation, it
  // checks producer epoch and sequence only. The flush that it asks for is left to `turn`; without
  // one the flusher is woken at once.
  virtual LogResult<AppendOutcome> append(ByteSpan batch, AppendOrigin origin, FlushTurn* turn) = 0;
  LogResult<AppendOutcome> append(ByteSpan batch, AppendOrigin origin) {
    return append(batch, origin, nullptr);
  }

  // Finds stored bytes from the batch that contains `from` up to the limit, at most bytes_max; when
  // `whole_first_batch`, the first batch comes whole even if it is larger. Error
  // offset_out_of_range outside [log start, log end] (beyond the limit but not the end: empty),
  // corrupt_message where no batch stands although one must.
  virtual LogResult<ReadOutcome> read(Offset from, size_t bytes_max, ReadLimit limit,
                                      bool whole_first_batch, ReadHint* hint,
                                      ReadWait wait) const = 0;
  LogResult<ReadOutcome> read(Offset from, size_t bytes_max, ReadLimit limit,
                              bool whole_first_batch, ReadHint* hint) const {
    return read(from, bytes_max, limit, whole_first_batch, hint, ReadWait::may_wait);
  }
  // To be told when a file that `read` gave out answers an error. As with a read of the log's own,
  // the first that is no shortage takes the log directory offline. Any thread, under no lock.
  virtual void read_failed(const FileError& error) const = 0;

  // First record whose timestamp is at least `at_least`, up to the limit and not below `from`
  // (ListOffsets). The offset of a compressed batch is where its records may be looked at from.
  virtual LogResult<TimestampLookup> lookup_timestamp(TimestampMs at_least, ReadLimit limit,
                                                      Offset from) const = 0;
  LogResult<TimestampLookup> lookup_timestamp(TimestampMs at_least, ReadLimit limit) const {
    return lookup_timestamp(at_least, limit, Offset(0));
  }
  // The first record with the largest timestamp, of those up to the limit and not below `from`
  // (ListOffsets -3). Of a compressed batch that begins below, the largest one may be deleted.
  virtual LogResult<TimestampLookup> lookup_max_timestamp(ReadLimit limit, Offset from) const = 0;
  LogResult<TimestampLookup> lookup_max_timestamp(ReadLimit limit) const {
    return lookup_max_timestamp(limit, Offset(0));
  }
  // Start offset of the epoch after `epoch`, i.e. its end (OffsetForLeaderEpoch); and the epoch of
  // the record at `offset`.
  virtual Offset end_offset_of(LeaderEpoch epoch, LeaderEpoch* found) const = 0;
  virtual LeaderEpoch leader_epoch_at(Offset offset) const = 0;

  // Removes everything from `offset` on (rounded down to a batch's start); returns the new end.
  virtual LogResult<Offset> truncate_to(Offset offset) = 0;
  // Seals the active segment, as an append does when it is full, unless it is empty. Returns the
  // base offset of the segment that is active then. Error kafka_storage_error: nothing changed.
  virtual LogResult<Offset> roll() = 0;
  // Moves the log start offset up (never down, at most to the high watermark) and gives whole
  // segments below it to the deleter. Returns the new log start offset.
  virtual LogResult<Offset> delete_up_to(Offset offset) = 0;
  // Begins the replacement of the sealed segments from the one that begins at `base` up to the one
  // that begins at `end`, where the offsets of the replacement end as well. One at a time, and only
  // of what is below the last stable offset: error invalid_request.
  virtual LogResult<std::unique_ptr<SegmentReplacement>> replace_segments(Offset base,
                                                                          Offset end) = 0;
  // What the indexes of these segments say of aborted transactions.
  virtual std::vector<AbortedIndexEntry> aborted_entries(Offset base, Offset end) const = 0;
  // Makes everything up to the present log end durable; waits for the disk. Not for reactors.
  virtual LogResult<Offset> flush() = 0;

  virtual std::vector<ProducerSummary> producers() const = 0;
};

}  // namespace odradek
