// The physical limit of a durable log: how often one thread can write and sync on this disk.
#pragma once

#include "options.h"
#include "report.h"
#include "run.h"

namespace odradek::bench {

// Writes `options.write_bytes` and syncs them, again and again, from the start of a file in
// `options.path` to its end and round, as a journal does: the file was filled with zeros before, so
// that a sync changes no metadata. It has no name from the start and is gone at the end. Counts one
// request a write. An error ends the process.
Window run_durable_writes(const Options& options, Counts& counts);

}  // namespace odradek::bench
