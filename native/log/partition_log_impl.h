// The one implementation of PartitionLog. It wires: what is decided is decided in producer_state,
// roll_policy, watermarks and log_reader; what changes files beyond an append is in log_surgery.
//
// Locks, in the order in which they are taken:
//   surgery_mutex_   one truncation, deletion, swap or finishing of segments or close at a time
//   the flusher's round, for surgery that syncs or truncates
//   append_mutex_    the log's lock: appends, rolls, producer state
//   LogState's own   copies and arithmetic only
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "log/index_tail.h"
#include "log/log_context.h"
#include "log/log_state.h"
#include "log/observer_list.h"
#include "log/partition_loader.h"
#include "log/partition_log.h"
#include "log/write_pace.h"

namespace odradek {

class CleanedSegment;

class PartitionLogImpl final : public PartitionLog,
                               public Flushable,
                               public std::enable_shared_from_this<PartitionLogImpl> {
 public:
  PartitionLogImpl(std::shared_ptr<LogContext> context, TopicPartition id, const Uuid& topic_id,
                   std::string folder, const LogConfig& config, LoadedPartition loaded);
  ~PartitionLogImpl() override;

  const TopicPartition& topic_partition() const override { return id_; }
  const Uuid& topic_id() const override { return topic_id_; }
  Offset log_start_offset() const override { return state_.log_start(); }
  Offset durable_offset() const override { return state_.durable(); }
  Offset recovery_point() const override { return context_->checkpoints.recovery_point(id_); }
  Offset high_watermark() const override { return state_.high_watermark(); }
  Offset last_stable_offset() const override { return state_.last_stable(); }
  Offset log_end_offset() const override { return state_.log_end(); }
  LeaderEpoch leader_epoch() const override { return LeaderEpoch(leader_epoch_.load()); }
  int64_t size_bytes() const override;
  size_t segment_count() const override { return state_.segments()->size(); }
  LogResult<std::vector<SegmentSummary>> segments() const override;
  LogResult<SegmentDetail> segment_detail(Offset base) const override;
  LogResult<Position> segment_position(Offset base, Offset offset) const override;
  LogResult<std::vector<uint8_t>> read_segment(Offset base, Position from,
                                               size_t bytes_max) const override;
  bool online() const override;
  std::string offline_reason() const override { return context_->health.reason(); }
  bool is_backed_up() override;
  LogConfig config() const override;
  void configure(const LogConfig& config) override;
  void become_leader(LeaderEpoch epoch) override;
  void add_observer(HighWatermarkObserver* observer) override { observers_.add(observer); }
  void remove_observer(HighWatermarkObserver* observer) override { observers_.remove(observer); }
  using PartitionLog::append;
  LogResult<AppendOutcome> append(ByteSpan batch, AppendOrigin origin, FlushTurn* turn) override;
  using PartitionLog::read;
  LogResult<ReadOutcome> read(Offset from, size_t bytes_max, ReadLimit limit,
                              bool whole_first_batch, ReadHint* hint, ReadWait wait) const override;
  void read_failed(const FileError& error) const override;
  using PartitionLog::lookup_timestamp;
  LogResult<TimestampLookup> lookup_timestamp(TimestampMs at_least, ReadLimit limit,
                                              Offset from) const override;
  using PartitionLog::lookup_max_timestamp;
  LogResult<TimestampLookup> lookup_max_timestamp(ReadLimit limit, Offset from) const override;
  Offset end_offset_of(LeaderEpoch epoch, LeaderEpoch* found) const override;
  LeaderEpoch leader_epoch_at(Offset offset) const override;
  LogResult<Offset> truncate_to(Offset offset) override;
  LogResult<Offset> roll() override;
  LogResult<Offset> delete_up_to(Offset offset) override;
  LogResult<std::unique_ptr<SegmentReplacement>> replace_segments(Offset base, Offset end) override;
  std::vector<AbortedIndexEntry> aborted_entries(Offset base, Offset end) const override;
  LogResult<Offset> flush() override;
  std::vector<ProducerSummary> producers() const override;

  // Flushable, for the flusher.
  JournalIdentity journal_identity() const override { return {topic_id_, id_.partition}; }
  bool begin_sync(SyncOrder* order) override;
  bool begin_commit(CommitOrder* order) override;
  void sync_postponed(const SyncOrder& order) override;
  void finish_sync(const SyncOrder& order) override;
  void finish_commit(const CommitOrder& order) override;
  void after_flush() override;

  // Has a helper do what rolls, or the loading of the log, left to be done.
  void finish_soon();
  // A checkpoint in three steps, for the directory: before the segments are synced, what recovery
  // should resume with is noted; then the index files are completed up to there, and the directory
  // writes the epochs; at last its checkpoints are told what they may say.
  void begin_checkpoint(bool synced);
  void write_indexes();
  // The checkpoint file of the leader epochs, if they changed since it was written.
  std::optional<FileContent> epochs_to_write();
  void epochs_not_written() { state_.epochs_not_written(); }
  LogResult<bool> finish_checkpoint();
  // A clean stop in three steps, for the directory: nothing is appended any more; with everything
  // synced, the folder becomes exactly Apache Kafka's, as far as `changes` are completed; once they
  // are, the checkpoints are told. Each may be repeated.
  LogResult<bool> begin_close();
  // About as many bytes as write_clean() keeps in memory.
  size_t clean_bytes() const;
  LogResult<bool> write_clean(FileChanges* changes);
  void finish_close();
  // Inside the flusher's exclusively(): the folder is renamed, nothing in it is to be synced.
  void folder_gone() { folder_gone_.store(true); }
  // Closes the active segment's file unless something of it is to be synced or it is busy; what is
  // left of it. It is opened again when it is used.
  ActiveFileUse let_go_of_file();
  int64_t opened_turn() const { return state_.segments()->active()->opened_turn(); }
  // Takes the log out of service; later calls answer `code`.
  void retire(ErrorCode code);
  // Closes its files, once it is retired and no helper works any more: whoever still holds the log
  // holds no descriptor.
  void close_files();
  // Tells the observers that nothing more will come.
  void tell_out_of_service() { observers_.tell(*this, kNoOffset); }
  // From time to time: gives back windows that are not used any more.
  void tidy_up();
  // Forgets those whose last record is older than `producer_id_expiration_ms`.
  void forget_idle_producers();
  const std::string& folder() const { return folder_; }

 private:
  LogResult<bool> check_online() const;
  LogResult<bool> prepare(const BatchHeader& batch);
  LogResult<bool> make_folder();
  LogResult<bool> open_active();
  LogError refused(const FileError& error);
  void settle(ActiveSegment& active) const;
  void keep_pace(ActiveSegment& active, int64_t batch_bytes);
  void note_appended(int64_t bytes);
  void write_back_behind(const ActiveSegment& active, Position begin, Position end);
  LogResult<bool> begin_segment(TimestampMs now);
  LogError write_failed(const FileError& error);
  void note_failed_read(const LogError& error) const;
  void announce(const LogState::Moved& moved, FlushTurn* turn);
  void note_durable(const LogState::Moved& moved);
  void ask_for_flush(const LogState::Moved& moved, FlushTurn* turn);
  uint64_t partition_hash() const;

  // Runs `search` on a view; again if a deletion took a file away under it, or a truncation its
  // bytes. What fails otherwise is the disk's doing.
  template <class Search>
  auto on_view(Search search) const -> decltype(search(LogView())) {
    for (;;) {
      RETURN_IF_ERROR(check_online());
      const LogView view = state_.view();
      auto result = search(view);
      const bool disturbed = !result.ok() && state_.segments() != view.segments;
      if (disturbed || state_.truncations() != view.truncations) continue;
      if (!result.ok()) note_failed_read(result.error());
      return result;
    }
  }

  // Runs `work`, which syncs, while no other sync is under way. A failed one ends the directory
  // before the next begins: that would succeed, and take the lost bytes for durable.
  template <class Work>
  FileResult<void> between_syncs(Work work) {
    return context_->flusher.between_syncs([&]() -> FileResult<void> {
      FileResult<void> done = work();
      if (!done.ok()) static_cast<void>(context_->health.change_failed(done.error()));
      return done;
    });
  }

  void finish_rolls();
  FileResult<void> write_roll_snapshots();
  FileResult<void> finish_segments();
  std::optional<FileContent> epochs_of_checkpoint();
  FileResult<void> write_clean_files(FileChanges* changes);
  FileResult<void> write_clean_epochs(FileChanges* changes);
  bool may_lack_snapshot(const ActiveSegment& active) const;
  FileResult<void> write_snapshot(Offset offset, const std::vector<uint8_t>& bytes);
  void stop_windows();
  LogResult<Offset> truncate_at(Offset offset);
  LogResult<Offset> delete_below(Offset offset);
  LogResult<bool> finish_below(Offset offset);
  // The replacement of segments, in partition_log_swap.cc.
  class Replacement;
  using Sealed = std::vector<std::shared_ptr<SealedSegment>>;
  LogResult<bool> swap_in(const Sealed& replaced, Offset end, CleanedSegment& cleaned);
  LogResult<bool> may_swap(const Sealed& replaced, Offset end);
  void publish_swap(const Sealed& replaced, Offset end,
                    const std::shared_ptr<SealedSegment>& cleaned);
  FileResult<void> change_names(const Sealed& replaced, CleanedSegment& cleaned);
  LogResult<ProducerHistory> history_at(const SegmentSet& segments, const LogPoint& end);
  void put_checkpoint(Offset up_to);
  Offset end_of_unfinished() const;
  void remove_later(std::vector<std::string> paths, std::shared_ptr<const SealedSegment> segment);
  static void remove_deleted(LogContext& context, const std::vector<std::string>& paths,
                             const std::shared_ptr<const SealedSegment>& segment);

  const std::shared_ptr<LogContext> context_;
  const TopicPartition id_;
  const Uuid topic_id_;
  const bool uses_reserve_;
  const std::string folder_;
  LogState state_;

  // What a checkpoint that is under way noted; its thread's alone.
  struct Draft {
    bool synced = false;  // the checkpoint syncs
    uint64_t truncations = 0;
    Offset epochs_up_to{0};  // what the file of the leader epochs speaks of
    std::optional<ResumePoint> point;
    std::shared_ptr<const SegmentIndexes> indexes;  // of its segment
  };

  std::mutex surgery_mutex_;
  Draft draft_;
  IndexTail index_tail_;
  // Of the newest resume points: one that is synced, and any.
  Offset synced_resume_offset_ = kNoOffset;
  Offset resume_offset_ = kNoOffset;
  bool changed_;  // files differ from what a clean close leaves
  bool closed_ = false;
  EpochsFile epochs_file_;
  Offset snapshot_offset_;  // of the newest producer snapshot on disk; -1 if none

  mutable std::mutex append_mutex_;
  LogConfig config_;
  ProducerState producers_;
  std::map<Offset, std::vector<uint8_t>> snapshots_to_write_;  // of rolls that are not finished
  WritePace pace_;

  std::atomic<int32_t> leader_epoch_;
  std::atomic<int64_t> flush_ms_;
  std::atomic<ErrorCode> retired_{ErrorCode::none};
  std::atomic<bool> flush_asked_{false};
  std::atomic<bool> replacing_{false};  // a replacement of segments is under way
  std::atomic<bool> folder_gone_{false};
  std::atomic<bool> made_;   // the folder is there
  std::atomic<bool> young_;  // the names that lead to it may not be durable: see SyncOrder
  std::atomic<bool> folder_changed_{true};  // its new entries are not synced yet
  ObserverList observers_;
};

}  // namespace odradek
