// How far the index files of an active segment are written. They are searched in memory while the
// segment is active; a checkpoint adds to the files what is new, so that a start need not make them
// again. Nothing is synced: the checksum tells what of it reached the disk.
//
// Safe from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "file/file_system.h"
#include "log/active_segment.h"
#include "log/resume_point.h"

namespace odradek {

class IndexTail {
 public:
  // Writes the entries that `point` counts, which must be in `indexes`, as far as they are not in
  // the files yet, and sets the checksums of the point.
  FileResult<void> write(FileSystem& fs, const std::string& folder,
                         const std::shared_ptr<const SegmentIndexes>& indexes, ResumePoint* point);

 private:
  std::mutex mutex_;
  // What the files were written from. A truncation makes other indexes and removes the files; a
  // roll makes other files.
  std::shared_ptr<const SegmentIndexes> source_;
  IndexFront offsets_;
  IndexFront times_;
};

}  // namespace odradek
