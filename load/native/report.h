// The result of a run as one line of JSON.
#pragma once

#include <cstdint>

#include "evict.h"
#include "options.h"
#include "run.h"

namespace odradek::bench {

// The measured window: everything between the end of the warm-up and the end of the run.
struct Window {
  int64_t wall_ns = 0;
  // CPU time of the generator itself and of the process named by --pid (0 without one).
  int64_t own_cpu_ns = 0;
  int64_t broker_cpu_ns = 0;
  // From before the first connection until all were there; before the window.
  int64_t connect_ns = 0;
};

// Prints the report to stdout. Times are seconds, or microseconds where the name ends in Us; sizes
// are bytes of whole record batches; MB and GB are powers of ten.
void print_report(const Options& options, const Window& window, const Counts& counts);

// Prints what evict did.
void print_evicted(const Evicted& evicted);

}  // namespace odradek::bench
