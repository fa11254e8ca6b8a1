// How far the index files of an active segment are written. They are searched in memory while the
// segment is active; a checkpoint adds to the files what is new, so that a start need not make them
// again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "file/file_system.h"
#include "log/active_segment.h"

namespace odradek {

class IndexTail {
 public:
  // Writes the entries up to these counts, which must be in `indexes`, as far as they are not in
  // the files yet. Adds what is to be synced to `written`.
  FileResult<void> write(FileSystem& fs, const std::string& folder, const SegmentIndexes& indexes,
                         size_t offset_entries, size_t time_entries,
                         std::vector<std::unique_ptr<File>>* written);
  // The files tell nothing any more: the next write begins at their start.
  void forget() { base_ = kNoOffset; }

 private:
  Offset base_ = kNoOffset;  // of the segment; the counts are of its files
  size_t offset_entries_ = 0;
  size_t time_entries_ = 0;
};

}  // namespace odradek
