// The real WriteWindow: a shared, writable mapping of a piece of a file.
//
// A mapping answers a failing disk, or a file cut short behind our back, with SIGBUS. One handler
// for the process, installed with the first window and chained to the one before, recognises faults
// in our windows: it puts a zero page there and marks the window failed, so that the host process
// lives and the log directory can go offline. Other faults go to the handler before ours.
#pragma once

#include <memory>
#include <string>

#include "file/file_system.h"

namespace odradek {

// Maps [from, from + length) of `descriptor`; both are multiples of the page size. `path` is for
// the error. Error unsupported on macOS, or if all kMappedWindowsMax windows are taken.
FileResult<std::unique_ptr<WriteWindow>> map_write_window(int descriptor, const std::string& path,
                                                          Position from, size_t length);

// Windows that may exist at a time in a process.
inline constexpr size_t kMappedWindowsMax = 1024;

}  // namespace odradek
