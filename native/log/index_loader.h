// Takes index files from disk after a clean stop, or as far as a checkpoint vouches for them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/active_segment.h"
#include "log/resume_point.h"

namespace odradek {

// True if the segment's offset and time index are there and their sizes are whole entries.
LogResult<bool> has_plausible_indexes(const FileSystem& fs, const std::string& folder,
                                      Offset base_offset);

// The aborted transactions of a segment, none without a file. Nothing if the file is broken.
LogResult<std::optional<std::vector<AbortedIndexEntry>>> load_aborted_index(
    FileSystem& fs, const std::string& folder, Offset base_offset);

// The segment that becomes the active one, with what its files told.
struct LoadedActive {
  std::shared_ptr<ActiveSegment> segment;  // empty if indexes and file do not fit each other
  Offset log_end;
  LeaderEpoch last_epoch;  // of the last batch that was looked at; -1 without one
};
// Opens the last segment for writing, with its indexes in memory; reads no more than those and the
// batch headers behind the last entry.
LogResult<LoadedActive> load_active_segment(FileSystem& fs, const std::string& folder,
                                            Offset base_offset, TimestampMs now);

// Opens the segment of a resume point up to there, with its indexes in memory. Null if an index
// file is not what the point says.
LogResult<std::shared_ptr<ActiveSegment>> load_resumed_segment(FileSystem& fs,
                                                               const std::string& folder,
                                                               const ResumePoint& point,
                                                               TimestampMs now);

}  // namespace odradek
