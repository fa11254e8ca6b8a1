// One log directory: its lock, identity (meta.properties), checkpoints, clean-shutdown marker and
// the partition logs below it, with the flusher thread and the helper pool that serve them.
//
// Life: open() locks and reads, changing nothing if it refuses; format() writes meta.properties
// into a fresh one; open_partition() for each partition that the metadata names; close() makes
// exactly a directory that Apache Kafka opens. Destruction without close() is an unclean stop.
//
// The first failed write or flush takes the directory offline: nothing is retried, nothing more is
// acknowledged, every log answers kafka_storage_error. A full disk only refuses the append.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "file/file_system.h"
#include "log/clean_shutdown.h"
#include "log/journal.h"
#include "log/journal_replay.h"
#include "log/meta_properties.h"
#include "log/partition_log.h"

namespace odradek {

// How a directory is opened; times in milliseconds.
struct LogDirectoryOptions {
  std::string path;
  FileSystem* file_system = nullptr;       // must outlive the directory; required
  const Clock* clock = nullptr;            // must outlive the directory; required
  int helper_threads = 2;                  // write-back, population, deletion, cold reads: 1 to 4
  int64_t checkpoint_interval_ms = 60000;  // log.flush.offset.checkpoint.interval.ms
  int64_t file_delete_delay_ms = 60000;    // log.segment.delete.delay.ms, of a deleted partition
  // How often idle producers are looked for: producer.id.expiration.check.interval.ms. One whose
  // records carry old times is idle at once, and keeps its sequences for so long.
  int64_t producer_check_interval_ms = 600000;
  // A checkpoint also comes after so many appended bytes: recovery reads about as many at most.
  int64_t checkpoint_bytes = 768LL << 20;
  JournalLimits journal;
  size_t open_files_max = 1024;      // active segments; and as many sealed ones that are read
  int64_t open_files_burst = 2048;   // active segments: with so many, who appends waits
  int64_t reserve_bytes = 16 << 20;  // held back for a full disk (reserve_file.h)
  Uuid run;                // of the journal, another one for each open(); zero: a random one
  bool background = true;  // false: no threads; tests and the simulator pump run_once()
  std::shared_ptr<const void> keep_alive;  // owns what the pointers point to, if nobody else does
};

// What open_partitions() is to open.
struct PartitionToOpen {
  TopicPartition topic_partition;
  Uuid topic_id;
  LogConfig config;
};

// A partition folder that was found at open.
struct PartitionOnDisk {
  TopicPartition topic_partition;
  Uuid topic_id;  // zero without partition.metadata
};

// What a start found and did, for one log line.
struct RecoveryReport {
  bool clean = false;  // the marker was there: nothing was scanned
  int64_t partitions = 0;
  int64_t segments_scanned = 0;
  int64_t bytes_scanned = 0;
  int64_t bytes_cut = 0;  // behind the last whole batch
  int64_t indexes_rebuilt = 0;
  JournalReplayReport journal;
};

class LogDirectory {
 public:
  // Refuses with one sentence (LogError::detail): held by another process, no permission, not a
  // directory, meta.properties of a newer version or broken, disk full. Creates a missing
  // directory.
  static LogResult<std::unique_ptr<LogDirectory>> open(const LogDirectoryOptions& options);
  virtual ~LogDirectory() = default;

  virtual const std::string& path() const = 0;
  // Nothing in a directory that was never formatted.
  virtual std::optional<MetaProperties> meta_properties() const = 0;
  virtual LogResult<bool> format(const MetaProperties& properties) = 0;

  // Partition folders found at open, except those marked for deletion or stray.
  virtual std::vector<PartitionOnDisk> partitions_on_disk() const = 0;
  // Opens the partition, creating its folder (synced, with partition.metadata) if it is missing,
  // recovering it if the last stop was not clean. Error inconsistent_topic_id if the folder belongs
  // to another topic id. Opening one that is open returns the same object.
  virtual LogResult<std::shared_ptr<PartitionLog>> open_partition(const TopicPartition& id,
                                                                  const Uuid& topic_id,
                                                                  const LogConfig& config) = 0;
  // The same for many at once, each with its own answer, in their order: they are recovered side by
  // side and synced together. A folder that is missing is made by the partition's first append.
  virtual std::vector<LogResult<std::shared_ptr<PartitionLog>>> open_partitions(
      const std::vector<PartitionToOpen>& partitions) = 0;
  virtual std::shared_ptr<PartitionLog> find(const TopicPartition& id) const = 0;
  // Takes the partition out of service at once, renames its folder to `…-delete` and has a helper
  // remove it after the delay of this moment.
  virtual LogResult<bool> delete_partition(const TopicPartition& id) = 0;
  // Changes file_delete_delay_ms, at least 0, for partitions that are deleted from now on. Any
  // thread.
  virtual void set_file_delete_delay(int64_t delay_ms) = 0;
  // Marks a folder that no metadata names as `-stray`, as Kafka does; it is kept.
  virtual LogResult<bool> set_aside(const TopicPartition& id) = 0;

  // Writes recovery-point, log-start and replication offset checkpoints (also done in background).
  virtual LogResult<bool> checkpoint() = 0;
  // Flushes, trims, snapshots, checkpoints, and writes the marker last, with the epoch of the
  // broker that stops. Idempotent.
  virtual LogResult<bool> close(BrokerEpoch epoch) = 0;
  // The same where no broker had the directory.
  LogResult<bool> close() { return close(kNoBrokerEpoch); }

  virtual RecoveryReport recovery_report() const = 0;
  // Empty while online; otherwise the sentence of the first failure.
  virtual std::string offline_reason() const = 0;
  // Called once, on the thread that failed, when the directory goes offline; at once if it is
  // already. Any number of callbacks; they must not call the directory.
  virtual void on_offline(std::function<void(const std::string&)> callback) = 0;
  virtual int64_t free_bytes() const = 0;
  // Size of its disk; -1 where the system does not tell.
  virtual int64_t total_bytes() const = 0;
  // Bytes appended to logs that ask for flushes (flush.messages, flush.ms) and not yet durable; at
  // 64 MiB, producing connections should not be read from.
  virtual int64_t unflushed_bytes() const { return 0; }
  // Runs `job` on a helper thread (cold reads). Jobs must not block for each other.
  virtual void run_on_helper(std::function<void()> job) = 0;
  // Does on this thread whatever flusher and helpers are due to do; for `background` false.
  virtual void run_once() {}
  // Whole-file access inside the directory for the metadata log's neighbours (snapshots
  // `*.checkpoint`, `quorum-state`, `bootstrap.checkpoint`): relative paths without "..".
  virtual LogResult<std::vector<uint8_t>> read_file(const std::string& relative,
                                                    size_t bytes_max) const = 0;
  virtual LogResult<bool> write_file(const std::string& relative, ByteView bytes) = 0;  // atomic
  // Empty for a folder that is not there.
  virtual LogResult<std::vector<std::string>> list_files(const std::string& relative) const = 0;
  virtual LogResult<bool> remove_file(const std::string& relative) = 0;
};

}  // namespace odradek
