// odradek-load: loads a Kafka broker from C++ so cheaply that the figures are the broker's. See
// bench/README.md for the method.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include "cpu_clock.h"
#include "durable_writes.h"
#include "evict.h"
#include "fatal.h"
#include "options.h"
#include "report.h"
#include "run.h"
#include "scan.h"
#include "topic_setup.h"

namespace odradek::bench {

namespace {

// Answers that are still out when a run ends come within this time, or the broker hangs.
constexpr int64_t kDrainNs = 30'000'000'000;
constexpr useconds_t kTickUs = 1000;

struct Instant {
  int64_t wall_ns;
  int64_t own_cpu_ns;
  int64_t broker_cpu_ns;
};

Instant read_clocks(const Options& options) {
  return {now_ns(), own_cpu_ns(), process_cpu_ns(options.pid)};
}

// Set by SIGTERM.
std::atomic<bool> told_to_end{false};
static_assert(std::atomic<bool>::is_always_lock_free);

// Sleeps until the time is over, or earlier when `going_on` says no.
template <typename GoingOn>
void wait_while(GoingOn going_on, int64_t deadline_ns) {
  while (going_on()) {
    const int64_t left_us = (deadline_ns - now_ns()) / 1000;
    if (left_us <= 0) return;
    usleep(static_cast<useconds_t>(std::min<int64_t>(left_us, kTickUs)));
  }
}

int64_t to_ns(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

Window run_phases(const Options& options, RunState& state, int64_t connecting_ns) {
  const auto draining = [&state] { return state.workers_running.load() > 0; };
  const auto working = [&draining] { return draining() && !told_to_end.load(); };
  state.connected.wait();
  const int64_t connected_ns = now_ns();
  state.begun_ns = connected_ns;
  state.begun.count_down();
  wait_while(working, now_ns() + to_ns(options.warmup_s));
  const Instant begin = read_clocks(options);
  if (options.warmup_s > 0) state.measured_from_ns.store(begin.wall_ns);
  state.phase.store(Phase::measure);
  wait_while(working, begin.wall_ns + to_ns(options.duration_s));
  state.stopped_ns.store(now_ns());
  state.phase.store(Phase::stop);
  const Instant end = read_clocks(options);
  wait_while(draining, end.wall_ns + kDrainNs);
  if (state.workers_running.load() > 0) fatal("answers are missing 30 s after the run");
  return {end.wall_ns - begin.wall_ns, end.own_cpu_ns - begin.own_cpu_ns,
          end.broker_cpu_ns - begin.broker_cpu_ns, connected_ns - connecting_ns};
}

// Without a broker.
template <typename Run>
void run_bare(const Options& options, Run run) {
  const auto counts = std::make_unique<Counts>();
  const Window window = run(options, *counts);
  print_report(options, window, *counts);
}

// Many systems give a process 1,024 descriptors and let it take more.
void allow_connections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) fatal("getrlimit failed");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) fatal("setrlimit failed");
}

// Of an end-to-end run what has arrived counts, and what the last worker saw of it.
const Counts& sum_up(const Options& options, const std::vector<std::unique_ptr<Counts>>& counts) {
  Counts& total = *counts.back();
  const bool end_to_end = options.mode == Mode::end_to_end;
  for (size_t i = 0; i + 1 < counts.size(); i++) {
    const Counts& one = *counts[i];
    total.send_lag.merge(one.send_lag);
    total.behind += one.behind;
    if (end_to_end && options.rate != 0) {
      total.answer.merge(one.latency);
    } else {
      total.latency.merge(one.latency);
    }
    if (end_to_end) continue;
    total.requests += one.requests;
    total.records += one.records;
    total.batch_bytes += one.batch_bytes;
  }
  return total;
}

void run_broker(const Options& options) {
  allow_connections();
  const int workers = threads_of(options);
  std::signal(SIGTERM, [](int) { told_to_end.store(true); });
  RunState state(workers, options.threads, prepare_topic(options));
  state.requests_left = options.requests_max;
  state.bytes_left = options.bytes_max;
  // Without a warm-up the first request counts.
  if (options.warmup_s == 0) {
    state.phase = Phase::measure;
    state.measured_from_ns = now_ns();
  }
  const auto worker = options.mode == Mode::fetch ? run_fetch_worker : run_produce_worker;
  std::vector<std::unique_ptr<Counts>> counts;
  std::vector<std::thread> threads;
  // Before the first thread: on a busy machine all may be connected when this one goes on.
  const int64_t connecting_ns = now_ns();
  for (int i = 0; i < workers; i++) {
    counts.push_back(std::make_unique<Counts>());
    Counts& own = *counts.back();
    if (i < options.threads) {
      threads.emplace_back(worker, std::cref(options), i, std::ref(state), std::ref(own));
    } else {
      threads.emplace_back(run_tail_worker, std::cref(options), std::ref(state), std::ref(own));
    }
  }
  const Window window = run_phases(options, state, connecting_ns);
  for (std::thread& thread : threads) thread.join();
  print_report(options, window, sum_up(options, counts));
}

}  // namespace

}  // namespace odradek::bench

int main(int argc, char** argv) {
  using namespace odradek::bench;
  const Options options = parse_options(argc, argv);
  switch (options.mode) {
    case Mode::produce:
    case Mode::fetch:
    case Mode::end_to_end:
      run_broker(options);
      break;
    case Mode::disk:
      run_bare(options, run_durable_writes);
      break;
    case Mode::scan:
      run_bare(options, run_scan);
      break;
    case Mode::evict:
      print_evicted(evict_record_files(options.path));
      break;
  }
  return 0;
}
