// Uses a log directory on a disk in memory and writes down what it was promised; after a crash
// opens what is left and holds it against that. What the directory does wrong becomes one sentence,
// the violation, and ends the run.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "crash_ledger.h"

namespace odradek {

// Partitions of this topic have no folder before their first append, in every variant.
inline constexpr const char* kLazyTopic = "lazy";

// How a directory is used, the same for all lives of one witness.
struct WitnessOptions {
  FaultHook hook;         // of every disk; asked before each change
  FaultHook look_hook;    // and this before each look
  bool same_run = false;  // each start takes the same run id: a flaw to be found
  // Decides sizes of batches, segments and the journal's parts, which flushes are left out, and how
  // the power cuts of a workload fall.
  uint64_t variant = 0;
};

class Witness final : private HighWatermarkObserver {
 public:
  // Begins on this disk with what the ledger says of it. `run` numbers the last start so far.
  Witness(std::unique_ptr<MemoryFileSystem> disk, Ledger ledger, int run, WitnessOptions options);
  ~Witness() override;

  // Opens the directory and every partition, holds what is there against the ledger and takes it
  // over. Each call here answers false, and all later ones do nothing, once something went wrong.
  bool start();
  bool create(const TopicPartition& id, const Uuid& topic_id, const LogConfig& config = {});
  // A batch of so many records, of about `bytes` bytes each; no two have the same content.
  bool append(const TopicPartition& id, int records = 1, size_t bytes = 40);
  // One more of the size of the last, which may be torn.
  bool append_alike(const TopicPartition& id);
  bool run_once();  // flusher and helpers, as far as they are due
  bool flush(const TopicPartition& id);
  bool roll(const TopicPartition& id);
  bool truncate(const TopicPartition& id, Offset to);
  bool delete_below(const TopicPartition& id, Offset to);
  // Replaces the segments of [base, end) by those of their batches for which `stays` holds.
  bool compact(const TopicPartition& id, Offset base, Offset end,
               const std::function<bool(const StoredBatch&)>& stays);
  bool delete_topic(const TopicPartition& id);
  bool checkpoint();
  // From the next start on a checkpoint comes after so many bytes.
  void checkpoint_each(int64_t bytes) { checkpoint_bytes_ = bytes; }
  bool close();
  bool advance(int64_t ms);
  // What another program does to the files; `after` is what the partition then may be.
  bool rewrite(const TopicPartition& id, LogPromise after,
               const std::function<FileResult<void>(FileSystem&)>& work);
  // Ends the life without a clean stop; start() begins the next.
  void kill();
  void power_cut(CrashKind kind, uint64_t seed);

  // Sends each producer's last batch again: it must be known. Writes nothing.
  bool retry_last_batches();
  // Finds each batch by its offset and by its time, as readers do that begin anywhere.
  bool look_up_all();

  const Ledger& ledger() const { return ledger_; }
  // Of an open partition; 0 once the run has stopped.
  Offset recovery_point(const TopicPartition& id) const;
  const MemoryFileSystem& disk() const { return *disk_; }
  int run() const { return run_; }
  // Empty while nothing is wrong.
  const std::string& violation() const { return violation_; }
  // The directory failed and said so, or refuses what it is asked for: the run ended.
  bool offline() const { return offline_; }
  bool stopped() const { return offline_ || !violation_.empty(); }
  // Calls of the disk may fail. An operation that fails while the directory stays online is tried
  // again: that succeeds where one call fails, and ends the run where all later ones do as well.
  void expect_failures(bool lasting) {
    expects_failures_ = true;
    failures_last_ = lasting;
  }

 private:
  using Found = std::map<TopicPartition, Uuid>;

  void high_watermark_advanced(PartitionLog& log, Offset high_watermark) noexcept override;
  template <class Operation>
  bool attempt(const char* what, const Operation& operation);
  bool violated(const std::string& what);
  bool went_offline();
  Offset owed(const PartitionLog& log) const;
  bool note_durable();
  bool open_slot(const TopicPartition& id, const Found& found);
  bool take_over(const TopicPartition& id, const std::vector<const LogPromise*>& candidates);
  std::string differs(const PartitionLog& log, const LogPromise& promise, LogPromise* found) const;
  LogDirectoryOptions directory_options();

  const WitnessOptions options_;
  std::unique_ptr<MemoryFileSystem> disk_;
  Ledger ledger_;
  int run_;
  ManualClock clock_;
  std::unique_ptr<LogDirectory> directory_;
  std::map<TopicPartition, std::shared_ptr<PartitionLog>> logs_;
  int appended_ = 0;
  uint64_t rounds_ = 0;  // of run_once()
  // A truncation is under way: what lies behind it may be gone, durable or not.
  std::optional<std::pair<TopicPartition, Offset>> truncating_;
  int64_t checkpoint_bytes_ = 0;
  bool nothing_lost_ = false;  // the last life was killed, and the machine went on
  bool expects_failures_ = false;
  bool failures_last_ = false;
  bool offline_ = false;
  std::string violation_;
};

}  // namespace odradek
