// What the workers of one run share: the phase, the limits, and what each has counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <latch>
#include <utility>
#include <vector>

#include "histogram.h"
#include "options.h"

namespace odradek::bench {

enum class Phase : uint8_t { warm_up, measure, stop };

// Shared by all threads of a run; every member may be used from any of them.
struct RunState {
  // `offsets` are where the partitions end before the run.
  RunState(int workers, int producers, std::vector<int64_t> offsets)
      : first_offsets(std::move(offsets)),
        connected(workers),
        workers_running(workers),
        producers_running(producers) {}

  const std::vector<int64_t> first_offsets;

  // Opens when all workers are connected, and then for them when the main thread has started its
  // clock: what is due while they connect would count as late.
  std::latch connected;
  std::latch begun{1};
  std::atomic<Phase> phase{Phase::warm_up};
  // Requests and bytes that may still be started; a worker that finds one used up stops.
  std::atomic<int64_t> requests_left{INT64_MAX};
  std::atomic<int64_t> bytes_left{INT64_MAX};
  std::atomic<int> workers_running;
  // Producing workers that have answers to come, and the requests answered to those that have not.
  std::atomic<int> producers_running;
  std::atomic<int64_t> acknowledged{0};
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
  // End to end with --rate: from when a request was due to its answer.
  Histogram answer;
};

// One thread's share of the connections: those whose number modulo `threads` is `index`. Both
// return when the budget or the phase ends the run and all answers are in.
void run_produce_worker(const Options& options, int index, RunState& state, Counts& counts);
void run_fetch_worker(const Options& options, int index, RunState& state, Counts& counts);
// All consumers of an end-to-end run; returns when the producers have and all has arrived that was
// acknowledged.
void run_tail_worker(const Options& options, RunState& state, Counts& counts);

}  // namespace odradek::bench
