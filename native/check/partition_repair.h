// Mends a partition's folder as far as that can be done without knowing what was lost: cuts the log
// behind its last whole batch, and makes anew what follows from the batches: indexes, producer
// snapshots, leader epochs. What is whole is not touched.
//
// The caller holds the directory's lock alone. Idempotent: after a crash at any call, a check and a
// repair again end the same.
#pragma once

#include <string>
#include <vector>

#include "check/partition_check.h"

namespace odradek {

// What becomes of what is taken away.
enum class RepairKeeps : uint8_t {
  everything,  // beside where it was, with `.cut` or `.damaged` behind its name
  nothing,
};

// What a repair did; paths are below the log directory.
struct PartitionRepair {
  std::string folder;
  Offset log_end;
  int64_t bytes_cut = 0;
  std::vector<std::string> kept;
  std::vector<std::string> rebuilt;
};

// `report` is what a check has just found in the partition. Errors only from the disk.
LogResult<PartitionRepair> repair_partition(FileSystem& fs, const std::string& directory,
                                            const PartitionFacts& facts,
                                            const PartitionReport& report, RepairKeeps keeps);

}  // namespace odradek
