// Checks everything in a partition's folder and changes nothing: segments batch by batch, indexes
// entry by entry, producer snapshots, leader epochs, the topic id, and what the directory's
// checkpoints say of the partition.
//
// What is judged hard is what was on the disk once: everything after a clean stop, and what lies
// below the recovery point after an unclean one. Above it a torn end is no damage, and indexes are
// not looked at: recovery makes them anew.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "check/finding.h"
#include "file/file_system.h"
#include "log/log_error.h"

namespace odradek {

// A partition folder and what the directory says of it; -1 where a checkpoint has no entry.
struct PartitionFacts {
  std::string folder;  // its name in the directory
  bool clean = false;  // the last stop was
  Offset recovery_point{-1};
  Offset log_start{-1};
  Offset high_watermark{-1};
  Offset cleaned_to{-1};  // of the cleaner: it has left gaps, at least below; -1: it never came
};

// Where a truncation would cut so that only whole batches are left, and what it would take.
struct PartitionCut {
  Offset segment_base;
  Position position;
  Offset offset;        // the log end offset that is left
  int64_t batches = 0;  // whole ones behind the damage
  int64_t bytes = 0;
};

// What a check found.
struct PartitionReport {
  std::string folder;
  Offset log_start;
  Offset log_end;
  int64_t segments = 0;
  int64_t batches = 0;  // whole ones
  int64_t bytes = 0;    // of all files that were read
  Findings findings;
  std::optional<PartitionCut> cut;  // only where a segment is damaged
};

// `directory` is the log directory. `progress`, if there is one, is raised by the bytes that were
// read, as they are. Errors only from the disk.
LogResult<PartitionReport> check_partition(FileSystem& fs, const std::string& directory,
                                           const PartitionFacts& facts,
                                           std::atomic<int64_t>* progress);

}  // namespace odradek
