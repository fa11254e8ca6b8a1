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
  explicit RunState(int workers) : connected(workers), workers_running(workers) {}

  // Opens when all workers are connected, and then for them when the main thread has started its
  // clock: what is due while they connect would count as late.
  std::latch connected;
  std::latch begun{1};
  std::atomic<Phase> phase{Phase::warm_up};
  // Requests and bytes that may still be started; a worker that finds one used up stops.
  std::atomic<int64_t> requests_left{INT64_MAX};
  std::atomic<int64_t> bytes_left{INT64_MAX};
  std::atomic<int> workers_running;
  // Requests begun with --rotate: whichever connection takes the next one, all partitions get as
  // many.
  std::atomic<uint32_t> rotated{0};
  // When the workers were let go: the beginning of the schedule of --rate, one for all threads.
  std::atomic<int64_t> begun_ns{0};
  // With --rate: what is due from here on counts, whenever its answer comes.
  std::atomic<int64_t> measured_from_ns{INT64_MAX};
  // When the measured time ended, set before the phase says so; 0 until then.
  std::atomic<int64_t> stopped_ns{0};

  // True when take() will not succeed again.
  bool used_up() const {
    return requests_left.load(std::memory_order_relaxed) <= 0 ||
           bytes_left.load(std::memory_order_relaxed) <= 0;
  }

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
  // With --rate: how late requests were sent, and how many were due at the end and not yet sent,
  // because their connection's window was full.
  Histogram send_lag;
  int64_t behind = 0;
};

// One thread's share of the connections: those whose number modulo `threads` is `index`. Both
// return when the budget or the phase ends the run and all answers are in.
void run_produce_worker(const Options& options, int index, RunState& state, Counts& counts);
void run_fetch_worker(const Options& options, int index, RunState& state, Counts& counts);

}  // namespace odradek::bench
