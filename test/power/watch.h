// One run of power cuts: a process loads a directory on a disk of its own, is killed at some
// moment, the power is cut, the next process checks what is there and goes on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "disk.h"
#include "ledger.h"

namespace odradek::power {

struct WatchOptions {
  std::string file_system = "ext4";
  std::string folder;  // where the disk lies
  std::string keep;    // where the evidence of a fault goes; nowhere if empty
  int64_t cuts = 100;
  uint64_t seed = 1;
};

struct WatchReport {
  int64_t cuts = 0;
  int64_t while_recovering = 0;  // of the cuts
  int64_t kills = 0;             // without a cut
  int64_t clean_stops = 0;
  int64_t with_windows = 0;  // processes that had mapped write windows at their end
  int64_t acknowledged = 0;  // records
  int64_t lost = 0;          // of those
  std::vector<std::string> faults;
  std::string obstacle;  // why nothing, or not all, could be done
};

// After a fault it goes on with a new disk.
WatchReport watch(const WatchOptions& options);

}  // namespace odradek::power
