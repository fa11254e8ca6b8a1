// What retention and compaction see of the segments of a log.
#pragma once

#include <string>
#include <vector>

#include "log/log_view.h"
#include "log/partition_log.h"

namespace odradek {

// Every segment of the view, which lies in `folder`; `largest_of_active` is the active one's
// largest timestamp, -1 if it has none. Without a folder (`is_made`) there is nothing but an empty
// active one. Errors only from the disk: also where a segment was deleted since the view was taken.
LogResult<std::vector<SegmentSummary>> summarize_segments(const FileSystem& fs,
                                                          const std::string& folder,
                                                          const LogView& view,
                                                          TimestampMs largest_of_active,
                                                          bool is_made);

}  // namespace odradek
