// What the workers of one run share: the phase, the limits, and what each has counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <latch>

#include "histogram.h"
#include "options.h"

namespace odradek::bench {

enum class Phase : uint8_t { warm_up, measure, stop };

// Shared by all threads of a run; every member may be used from any of them.
struct RunState {
  explicit RunState(int workers) : connected(workers + 1), workers_running(workers) {}

  // Opens when all workers are connected and the main thread has started its clock.
  std::latch connected;
  std::atomic<Phase> phase{Phase::warm_up};
  // Requests and bytes that may still be started; a worker that finds one used up stops.
  std::atomic<int64_t> requests_left{INT64_MAX};
  std::atomic<int64_t> bytes_left{INT64_MAX};
  std::atomic<int> workers_running;
  // Requests begun with --rotate: whichever connection takes the next one, all partitions get as
  // many.
  std::atomic<uint32_t> rotated{0};

  // Takes one request of `bytes` from the budget; false when there is nothing left.
  bool take(int64_t bytes) {
    if (phase.load(std::memory_order_relaxed) == Phase::stop) return false;
    return requests_left.fetch_sub(1, std::memory_order_relaxed) > 0 &&
           bytes_left.fetch_sub(bytes, std::memory_order_relaxed) > 0;
  }
};

// What one worker counted while the phase was `measure`. Owned by the worker until it has ended.
struct Counts {
  int64_t requests = 0;
  int64_t records = 0;
  // Whole record batches, headers included.
  int64_t batch_bytes = 0;
  Histogram latency;
};

// One thread's share of the connections: those whose number modulo `threads` is `index`. Both
// return when the budget or the phase ends the run and all answers are in.
void run_produce_worker(const Options& options, int index, RunState& state, Counts& counts);
void run_fetch_worker(const Options& options, int index, RunState& state, Counts& counts);

}  // namespace odradek::bench
