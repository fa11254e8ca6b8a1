// The three offset checkpoints of a log directory, in memory and on disk. Entries of partitions
// that are not open keep the values that were found.
//
// Safe from any thread; a write holds the lock, so that files never go back in time.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "file/file_system.h"
#include "log/checkpoint_file.h"
#include "log/directory_health.h"
#include "log/log_error.h"

namespace odradek {

inline constexpr const char* kMetadataTopic = "__cluster_metadata";

// What one partition contributes.
struct PartitionCheckpoint {
  TopicPartition topic_partition;
  Offset recovery_point;
  Offset high_watermark;
  std::optional<Offset> log_start;  // only when it is above the first segment's base
};

class DirectoryCheckpoints {
 public:
  // `fs` and `health` must outlive this; a failed write is told to `health`. `path` is the log
  // directory.
  DirectoryCheckpoints(FileSystem& fs, DirectoryHealth& health, std::string path)
      : fs_(fs), health_(health), path_(std::move(path)) {}

  // Reads the files that are there; a broken one counts as missing: recovery is then longer.
  LogResult<bool> load();
  // In a directory that Apache Kafka left unclean, whose cleaner may have worked above the recovery
  // points: they count for this recovery and are no longer known. Removes their file, for the
  // directory's sync to follow.
  FileResult<void> disown_recovery_points();
  // True if the recovery point is one that this program wrote, or that a clean stop left: what lies
  // above was not compacted.
  bool knows_recovery_point(const TopicPartition& id) const;
  // Of a partition that was just opened, everything in it synced. For the next write().
  void add_recovery_point(const TopicPartition& id, Offset offset);
  // Makes those durable, if there are any: before anything is appended that a crash may tear.
  LogResult<bool> write_recovery_points();
  // The same for whoever judges a failure himself.
  FileResult<void> write_added_recovery_points();

  Offset recovery_point(const TopicPartition& id) const;
  // What the file says: a crash goes by that.
  Offset recovery_point_on_disk(const TopicPartition& id) const;
  Offset log_start(const TopicPartition& id) const;

  // Never lowers the recovery point: a gap below it would become a hole. lower_recovery_point()
  // does, before the batches there change.
  void put(const PartitionCheckpoint& checkpoint);
  // Forgets a partition. Its folder is gone already; the files follow with the next write.
  void remove(const TopicPartition& id);
  // Forgets every partition but these: what has no folder at the start.
  void keep_only(const std::set<TopicPartition>& ids);
  // Before the folder of a new partition is made: what an earlier one of that name left behind must
  // be gone from the files too, else a crash would apply it to the new one's batches.
  LogResult<bool> forget(const TopicPartition& id);
  // Makes the recovery point on disk not higher than `offset`: before anything below it may change.
  LogResult<bool> lower_recovery_point(const TopicPartition& id, Offset offset);
  // Makes the log start durable: what was deleted does not come back.
  LogResult<bool> write_log_start(const TopicPartition& id, Offset log_start);
  // Replaces the files. `without_metadata`: the metadata log is left out, as Kafka does.
  LogResult<bool> write(bool without_metadata);

 private:
  // mutex_ is held for these.
  void erase(const TopicPartition& id);
  LogResult<bool> write_all();
  LogResult<bool> write_recovery_points_locked();
  LogResult<bool> write_file(const char* name, const OffsetsByPartition& offsets);

  FileSystem& fs_;
  DirectoryHealth& health_;
  const std::string path_;
  mutable std::mutex mutex_;
  bool files_say_more_ = false;  // the files have entries of partitions that were forgotten
  bool added_ = false;           // their file lacks recovery points that were added
  OffsetsByPartition recovery_points_;
  // What the file says until the next write.
  OffsetsByPartition recovery_points_on_disk_;
  OffsetsByPartition disowned_;
  OffsetsByPartition log_starts_;
  OffsetsByPartition high_watermarks_;
};

}  // namespace odradek
