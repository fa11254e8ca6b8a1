// Searches the power cuts of a workload for one that the log does not survive: runs the workload
// once and, before each call that changes the disk, looks at the disks that a cut there could
// leave. Each is opened and held against what was promised at that moment; so is the disk that a
// second cut leaves, after the recovery, within it, and after more was appended.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "crash_plan.h"
#include "crash_witness.h"
#include "crash_workloads.h"

namespace odradek {

// How long to search, and with which flaw.
struct CrashSearch {
  uint64_t seed = 1;
  size_t states_per_call = 16;       // new ones of one moment, beyond which the next call is made
  uint64_t states_max = UINT64_MAX;  // of the workload: the search ends
  // Of so many states one is crashed again, at each call of its recovery, so many times.
  uint64_t crash_recovery_of = 8;
  size_t crashes_per_recovery_call = 1;
  uint64_t variant = 0;  // of the workload, see WitnessOptions
  // This part of all states, so that several processes share a search.
  uint64_t shard = 0;
  uint64_t shards = 1;
  // To be found: what the disk lies about, asked before each change of the workload or of the
  // recoveries that follow; the same run id everywhere.
  FaultHook flaw;
  FaultHook recovery_flaw;
  bool same_run = false;
};

// What a search saw.
struct CrashFindings {
  uint64_t moments = 0;     // calls before which power was cut
  uint64_t states = 0;      // distinct disks that were recovered
  uint64_t recoveries = 0;  // of those disks, with their second cuts and with different promises
  std::string violation;    // the first, with what repeats it; then the search ended

  void add(const CrashFindings& other);
};

// Disks that were recovered, by fingerprint.
using SeenDisks = std::unordered_set<uint64_t>;

// One search. A disk of `seen` is not new; what the search sees is added.
CrashFindings explore_crashes(const CrashWorkload& workload, const CrashSearch& search,
                              SeenDisks* seen);

}  // namespace odradek
