#include "measure.h"

#include <ctime>

#include "base/assert.h"

namespace odradek::micro {
namespace {

// A turn is shorter than what a scheduler gives at a time, and far longer than reading the clock.
constexpr double kTurnNs = 1e6;

// Time that this thread was on a processor: what others take of it does not count.
double thread_cpu_ns() {
  timespec time{};
  ASSERT(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double turn_ns(const Case& one, size_t times) {
  if (one.prepare) one.prepare();
  const double begin = thread_cpu_ns();
  one.run(times);
  return thread_cpu_ns() - begin;
}

// How often the case fits into a turn. Doubles the times, which warms it up too.
size_t times_in_turn(const Case& one) {
  size_t times = 1;
  double taken = turn_ns(one, times);
  while (taken < kTurnNs) {
    times *= 2;
    taken = turn_ns(one, times);
  }
  const double fitting = static_cast<double>(times) * kTurnNs / taken;
  return fitting < 1 ? 1 : static_cast<size_t>(fitting);
}

}  // namespace

std::vector<Figures> measure(const std::vector<Case>& cases, size_t rounds) {
  std::vector<size_t> times;
  std::vector<Figures> figures;
  for (const Case& one : cases) {
    times.push_back(times_in_turn(one));
    figures.push_back({one.name, {}});
  }
  for (size_t round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < cases.size(); ++i) {
      figures[i].ns.push_back(turn_ns(cases[i], times[i]) / static_cast<double>(times[i]));
    }
  }
  return figures;
}

}  // namespace odradek::micro
