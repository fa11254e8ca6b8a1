// How this program gives up: one sentence on stderr and exit code 1. A load generator that goes on
// after an error would report a figure that nobody should read.
#pragma once

namespace odradek::bench {

// Prints `odradek-load: ` and the formatted sentence, then ends the process with code 1.
[[noreturn]] void fatal(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace odradek::bench
