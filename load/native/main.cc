// odradek-load: loads a Kafka broker from C++ so cheaply that the figures are the broker's. See
// bench/README.md for the method.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "cpu_clock.h"
#include "durable_writes.h"
#include "fatal.h"
#include "options.h"
#include "report.h"
#include "run.h"
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

// Sleeps until the time is over or all workers have used up the budget.
void wait_until(int64_t deadline_ns, const RunState& state) {
  while (state.workers_running.load() > 0) {
    const int64_t left_us = (deadline_ns - now_ns()) / 1000;
    if (left_us <= 0) return;
    usleep(static_cast<useconds_t>(std::min<int64_t>(left_us, kTickUs)));
  }
}

int64_t to_ns(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

Window run_phases(const Options& options, RunState& state, int64_t connecting_ns) {
  state.connected.wait();
  const int64_t connected_ns = now_ns();
  state.begun_ns = connected_ns;
  state.begun.count_down();
  wait_until(now_ns() + to_ns(options.warmup_s), state);
  const Instant begin = read_clocks(options);
  if (options.warmup_s > 0) state.measured_from_ns.store(begin.wall_ns);
  state.phase.store(Phase::measure);
  wait_until(begin.wall_ns + to_ns(options.duration_s), state);
  state.stopped_ns.store(now_ns());
  state.phase.store(Phase::stop);
  const Instant end = read_clocks(options);
  wait_until(end.wall_ns + kDrainNs, state);
  if (state.workers_running.load() > 0) fatal("answers are missing 30 s after the run");
  return {end.wall_ns - begin.wall_ns, end.own_cpu_ns - begin.own_cpu_ns,
          end.broker_cpu_ns - begin.broker_cpu_ns, connected_ns - connecting_ns};
}

void run_disk(const Options& options) {
  const auto counts = std::make_unique<Counts>();
  const Window window = run_durable_writes(options, *counts);
  print_report(options, window, *counts);
}

// Many systems give a process 1,024 descriptors and let it take more.
void allow_connections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) fatal("getrlimit failed");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) fatal("setrlimit failed");
}

void run_broker(const Options& options) {
  allow_connections();
  prepare_topic(options);
  RunState state(options.threads);
  state.requests_left = options.requests_max;
  state.bytes_left = options.bytes_max;
  // Without a warm-up the first request counts.
  if (options.warmup_s == 0) {
    state.phase = Phase::measure;
    state.measured_from_ns = now_ns();
  }
  const auto worker = options.mode == Mode::produce ? run_produce_worker : run_fetch_worker;
  std::vector<std::unique_ptr<Counts>> counts;
  std::vector<std::thread> threads;
  // Before the first thread: on a busy machine all may be connected when this one goes on.
  const int64_t connecting_ns = now_ns();
  for (int i = 0; i < options.threads; i++) {
    counts.push_back(std::make_unique<Counts>());
    threads.emplace_back(worker, std::cref(options), i, std::ref(state), std::ref(*counts[i]));
  }
  const Window window = run_phases(options, state, connecting_ns);
  for (std::thread& thread : threads) thread.join();
  Counts& total = *counts[0];
  for (size_t i = 1; i < counts.size(); i++) {
    total.requests += counts[i]->requests;
    total.records += counts[i]->records;
    total.batch_bytes += counts[i]->batch_bytes;
    total.latency.merge(counts[i]->latency);
    total.send_lag.merge(counts[i]->send_lag);
    total.behind += counts[i]->behind;
  }
  print_report(options, window, total);
}

}  // namespace

}  // namespace odradek::bench

int main(int argc, char** argv) {
  using namespace odradek::bench;
  const Options options = parse_options(argc, argv);
  options.mode == Mode::disk ? run_disk(options) : run_broker(options);
  return 0;
}
