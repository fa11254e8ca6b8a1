// The one implementation of LogDirectory.
//
// Locks: mutex_ guards the table of open partitions and the life of the directory; it is held while
// a partition is opened, so that one is never opened twice, and never while a log is used.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "log/ahead_loader.h"
#include "log/log_context.h"
#include "log/log_directory.h"
#include "log/partition_log_impl.h"

namespace odradek {

class LogDirectoryImpl final : public LogDirectory {
 public:
  // What open() found on the disk.
  struct Found {
    std::unique_ptr<FileLock> lock;
    std::optional<MetaProperties> meta_properties;
    std::vector<PartitionOnDisk> partitions;
    std::vector<std::string> doomed;  // names of folders that wait to be removed
    bool journal = false;             // it has one
    bool clean = false;
  };

  LogDirectoryImpl(const LogDirectoryOptions& options, std::shared_ptr<LogContext> context,
                   Found found);
  ~LogDirectoryImpl() override;

  const std::string& path() const override { return options_.path; }
  std::optional<MetaProperties> meta_properties() const override;
  LogResult<bool> format(const MetaProperties& properties) override;
  std::vector<PartitionOnDisk> partitions_on_disk() const override;
  LogResult<std::shared_ptr<PartitionLog>> open_partition(const TopicPartition& id,
                                                          const Uuid& topic_id,
                                                          const LogConfig& config) override;
  std::vector<LogResult<std::shared_ptr<PartitionLog>>> open_partitions(
      const std::vector<PartitionToOpen>& partitions) override;
  std::shared_ptr<PartitionLog> find(const TopicPartition& id) const override;
  LogResult<bool> delete_partition(const TopicPartition& id) override;
  void set_file_delete_delay(int64_t delay_ms) override;
  LogResult<bool> set_aside(const TopicPartition& id) override;
  LogResult<bool> checkpoint() override;
  LogResult<bool> close(BrokerEpoch epoch) override;
  RecoveryReport recovery_report() const override;
  std::string offline_reason() const override { return context_->health.reason(); }
  void on_offline(std::function<void(const std::string&)> callback) override {
    context_->health.on_offline(std::move(callback));
  }
  int64_t free_bytes() const override;
  int64_t total_bytes() const override;
  int64_t unflushed_bytes() const override {
    return context_->unflushed_bytes.load(std::memory_order_relaxed);
  }
  void run_on_helper(std::function<void()> job) override { context_->helpers.post(std::move(job)); }
  void run_once() override;
  LogResult<std::vector<uint8_t>> read_file(const std::string& relative,
                                            size_t bytes_max) const override;
  LogResult<bool> write_file(const std::string& relative, ByteView bytes) override;
  LogResult<std::vector<std::string>> list_files(const std::string& relative) const override;
  LogResult<bool> remove_file(const std::string& relative) override;

 private:
  using Logs = std::vector<std::shared_ptr<PartitionLogImpl>>;

  LogResult<bool> begin_changes();  // mutex_ is held
  LogResult<bool> mark_in_use();
  LogResult<bool> begin_journal();
  LogResult<bool> replay();
  LogResult<bool> write_meta_version(bool in_use);
  void checkpoint_soon();
  void tend_journal();
  bool let_go_of_files();
  LogResult<bool> sync_logs();
  LogResult<bool> write_epochs(const Logs& logs);
  // An opening that is under way: of a partition that is open already only `log` is set.
  struct Opening {
    bool to_load = false;
    std::shared_ptr<PartitionLogImpl> log;
    std::optional<LogResult<LoadedPartition>> loaded;
    std::optional<LogError> refused;
  };

  void let_go_of(const std::vector<Opening>& openings);
  // What is done for a partition that has no folder.
  enum class MissingFolder : uint8_t { make, leave };

  static LogResult<std::shared_ptr<PartitionLog>> answer(Opening opening);
  std::vector<Opening> open_locked(const std::vector<PartitionToOpen>& partitions,
                                   MissingFolder missing);
  LogResult<bool> begin_opening(const PartitionToOpen& partition, MissingFolder missing,
                                Opening* opening);
  LogResult<LoadedPartition> load(const PartitionToOpen& partition, std::vector<uint8_t>* buffer,
                                  bool only_look) const;
  void load_ahead();
  void load_all(const std::vector<PartitionToOpen>& partitions, std::vector<Opening>* openings);
  LogResult<bool> sync_loaded(const std::vector<PartitionToOpen>& partitions,
                              const std::vector<Opening>& openings);
  LogResult<bool> know_recovery_points(const std::vector<PartitionToOpen>& partitions,
                                       const std::vector<Opening>& openings);
  LogResult<bool> finish_opening(const PartitionToOpen& partition, Opening* opening);
  void add_to_report(const RecoveryReport& loaded);
  LogResult<bool> prepare_folder(const TopicPartition& id, const Uuid& topic_id,
                                 MissingFolder missing_folder);
  LogResult<bool> sync_names();  // mutex_ is held
  LogResult<bool> take_out(const TopicPartition& id, std::string_view suffix);
  LogResult<bool> take_out_locked(const TopicPartition& id, std::string_view suffix,
                                  std::shared_ptr<PartitionLogImpl>* log);
  std::string unused_name(const TopicPartition& id, Uuid unique, std::string_view suffix);
  LogResult<bool> close_all(const Logs& all);
  LogResult<bool> close_logs(const Logs& logs);
  LogResult<bool> give_up_journal(const Logs& all);
  LogResult<bool> write_clean(const Logs& logs, FileChanges* changes);
  LogResult<bool> recover_unopened();
  LogResult<bool> checkpoint_by_bytes();
  // Under checkpoint_mutex_.
  LogResult<bool> checkpoint_synced();
  bool may_stay_in_cache() const;
  LogResult<bool> write_resume_points(bool synced);
  LogResult<bool> changed(const FileResult<void>& done);
  LogResult<std::string> absolute(const std::string& relative) const;
  LogResult<std::string> absolute_file(const std::string& relative) const;
  void schedule_upkeep();
  void upkeep();
  void schedule_producer_check();
  void remove_folder_later(const std::string& path, int64_t delay_ms);
  Logs logs() const;
  std::string folder_of(const TopicPartition& id) const;

  const LogDirectoryOptions options_;
  const std::shared_ptr<LogContext> context_;
  FileSystem& fs_;

  mutable std::mutex mutex_;
  bool changing_ = false;  // the marker is removed, threads run
  // A folder's name may not be durable: an earlier run, or a call that failed, may have made it.
  bool names_unsynced_ = true;
  bool closing_ = false;
  bool closed_ = false;
  std::atomic<int64_t> file_delete_delay_ms_;
  std::atomic<bool> checkpoint_posted_{false};
  std::mutex letting_go_mutex_;  // taken before those of a log
  std::mutex checkpoint_mutex_;  // one checkpoint at a time
  int cached_checkpoints_ = 0;   // since one that synced; under checkpoint_mutex_
  uint64_t marked_ = 0;          // folders renamed so far, for unique names
  // What callers who must not wait for the disk may ask: written under both locks, read under
  // either; facts_mutex_ is held for copies only.
  mutable std::mutex facts_mutex_;
  Found found_;
  RecoveryReport report_;
  std::map<TopicPartition, std::shared_ptr<PartitionLogImpl>> logs_;
  std::map<TopicPartition, Uuid> topic_ids_;  // of the folders found, none zero
  AheadLoader ahead_;                         // last: what it uses outlives its thread
};

}  // namespace odradek
