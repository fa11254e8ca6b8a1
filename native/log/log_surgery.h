// What truncation and deletion do to the segments of a log: first as a new set in memory, then on
// disk. The caller excludes appends and flushes meanwhile and publishes the set in between.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "log/log_view.h"
#include "log/partition_folder.h"

namespace odradek {

// The log up to `cut`, a batch boundary: the segment that holds it becomes the active one again,
// with its indexes rebuilt from the headers. Changes nothing on disk.
LogResult<std::shared_ptr<const SegmentSet>> truncated_set(
    FileSystem& fs, const std::string& folder, const SegmentSet& segments, const LogPoint& cut,
    int64_t index_interval_bytes, TimestampMs now);

// Removes on disk what `before` holds and the log up to `cut` does not: later segments, snapshots
// above the cut, the bytes behind it. Durable when it returns.
FileResult<void> remove_behind(FileSystem& fs, const std::string& folder, const SegmentSet& before,
                               const SegmentSet& after, const LogPoint& cut);

// Which finished segments lie wholly below `log_start`, and the set without them.
struct DeletionPlan {
  std::shared_ptr<const SegmentSet> remaining;
  std::vector<std::shared_ptr<SealedSegment>> gone;
};
DeletionPlan plan_deletion(const SegmentSet& segments, Offset log_start);

// Renames the files of the segment and its snapshot to `….deleted`; returns their new paths.
FileResult<std::vector<std::string>> mark_deleted(FileSystem& fs, const std::string& folder,
                                                  Offset base_offset);

}  // namespace odradek
