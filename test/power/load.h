// The process that is killed: opens the directory, checks all that stands there against the ledger,
// then loads it from two threads, telling each step, until it dies or closes cleanly.
#pragma once

#include <cstdint>
#include <string>

#include "ledger.h"

namespace odradek::power {

// Whether the process with this seed is to load one partition so hard that it gets mapped write
// windows; it needs some tenths of a second for that.
bool is_heavy(uint64_t seed);

// Runs on `path` with the ledger that the watcher had when it forked; writes events to `pipe`.
// Ends with 0 after a clean stop and with 1 after a fault; otherwise it goes on until it is killed.
int run_load(const std::string& path, Ledger ledger, int pipe, uint64_t seed);

}  // namespace odradek::power
