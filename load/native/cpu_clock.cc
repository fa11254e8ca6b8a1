#include "cpu_clock.h"

#include <ctime>

#include "fatal.h"

namespace odradek::bench {

namespace {

int64_t read_clock(clockid_t clock) {
  timespec t{};
  if (clock_gettime(clock, &t) != 0) fatal("cannot read a clock");
  return int64_t{t.tv_sec} * 1000000000 + t.tv_nsec;
}

}  // namespace

int64_t now_ns() { return read_clock(CLOCK_MONOTONIC); }

int64_t process_cpu_ns(int pid) {
  if (pid == 0) return 0;
  clockid_t clock{};
  if (clock_getcpuclockid(pid, &clock) != 0) fatal("there is no process %d", pid);
  return read_clock(clock);
}

int64_t own_cpu_ns() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace odradek::bench
