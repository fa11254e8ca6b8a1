// The three offset checkpoints of a log directory, in memory and on disk. Entries of partitions that
// are not open keep the values that were found.
//
// Safe from any thread; a write holds the lock, so that files never go back in time.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "file/file_system.h"
#include "log/checkpoint_file.h"
#include "log/log_error.h"

namespace odradek {

// What one partition contributes.
struct PartitionCheckpoint {
  TopicPartition topic_partition;
  Offset recovery_point;
  Offset high_watermark;
  std::optional<Offset> log_start;      // only when it is above the first segment's base
};

class DirectoryCheckpoints {
 public:
  // `fs` must outlive this. `path` is the log directory.
  DirectoryCheckpoints(FileSystem& fs, std::string path) : fs_(fs), path_(std::move(path)) {}

  // Reads the files that are there; a broken one counts as missing: recovery is then longer.
  LogResult<bool> load();

  Offset recovery_point(const TopicPartition& id) const;
  Offset log_start(const TopicPartition& id) const;

  void put(const PartitionCheckpoint& checkpoint);
  void remove(const TopicPartition& id);
  // Makes the recovery point on disk not higher than `offset`: before anything below it may change.
  LogResult<bool> lower_recovery_point(const TopicPartition& id, Offset offset);
  // Makes the log start durable: what was deleted does not come back.
  LogResult<bool> write_log_start(const TopicPartition& id, Offset log_start);
  // Replaces the files. `without_metadata`: the metadata log is left out, as Kafka does.
  LogResult<bool> write(bool without_metadata);

 private:
  LogResult<bool> write_file(const char* name, const OffsetsByPartition& offsets);

  FileSystem& fs_;
  const std::string path_;
  mutable std::mutex mutex_;
  OffsetsByPartition recovery_points_;
  OffsetsByPartition log_starts_;
  OffsetsByPartition high_watermarks_;
};

}  // namespace odradek
