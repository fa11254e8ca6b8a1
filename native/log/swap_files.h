// Finishes or undoes the replacement of segments that a crash interrupted, ours or that of Apache
// Kafka's cleaner.
//
// The cleaner writes `….cleaned` files, renames them to `….swap` once they are complete, removes
// the segments whose offsets they cover and renames them again. Whatever is there at a start:
//
//   ….cleaned                              not complete: removed
//   ….swap at or above a `.cleaned` base   half of a split segment: removed as well
//   other ….swap                           complete: takes the place of the segments it covers
#pragma once

#include <string>

#include "file/file_system.h"
#include "log/log_error.h"

namespace odradek {

// Leaves the folder without `.cleaned` and `.swap` files, durably. Idempotent.
LogResult<bool> complete_swaps(FileSystem& fs, const std::string& folder);

}  // namespace odradek
