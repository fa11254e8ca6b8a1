// Repairs a log directory that nobody uses: its damaged partitions, and what its checkpoints say of
// them. Everything else stays as it is. An unclean directory is unclean afterwards, but recovery
// then no longer meets damage.
#pragma once

#include <string>
#include <vector>

#include "check/partition_repair.h"

namespace odradek {

// What was done.
struct DirectoryRepair {
  std::vector<PartitionRepair> partitions;
  int64_t journal_entries = 0;           // brought to segments before anything was cut
  std::vector<std::string> checkpoints;  // of the directory, written anew
  std::vector<std::string> kept;
};

// Takes the directory's lock alone, checks the partitions whose folders are named once more, and
// mends those that are damaged. Errors, each a sentence: what an open of the check refuses, or
// a call that failed; what was done before stays done, and a repair again goes on from there.
LogResult<DirectoryRepair> repair_directory(FileSystem& fs, const std::string& path,
                                            const std::vector<std::string>& folders,
                                            RepairKeeps keeps);

}  // namespace odradek
