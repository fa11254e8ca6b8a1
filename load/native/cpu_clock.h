// CPU time and wall clock, in nanoseconds.
#pragma once

#include <cstdint>

namespace odradek::bench {

// Monotonic time.
int64_t now_ns();
// User and system time of a process so far, all threads, ended ones too; 0 for pid 0. It is the
// sum that /proc/PID/stat gives in ticks, in full resolution. Ends the program if there is no
// such process.
int64_t process_cpu_ns(int pid);
// The same for this process.
int64_t own_cpu_ns();

}  // namespace odradek::bench
