// Walks the headers of stored batches in a part of a segment file, reading only what it needs:
// small batches share one read of a few KiB, the records of large ones are skipped.
#pragma once

#include <array>

#include "file/file_system.h"
#include "log/batch_header.h"
#include "log/log_error.h"
#include "log/read_wait.h"

namespace odradek {

class HeaderCursor {
 public:
  // `from` is a batch boundary, `end` the end of the whole batches. `file` must outlive the cursor.
  HeaderCursor(const File& file, Position from, Position end, ReadWait wait = ReadWait::may_wait);

  // Moves to the next batch and returns true; false at the end. Error kafka_storage_error if the
  // file cannot be read, or not without waiting; corrupt_message if it does not hold a batch where
  // one must be.
  LogResult<bool> next();

  // Of the batch that next() moved to.
  const BatchHeader& header() const { return header_; }
  Position position() const { return position_; }
  Position end_position() const { return position_ + header_.size_bytes; }

 private:
  LogResult<bool> fill();

  static constexpr size_t kWindowBytes = 4096;

  const File& file_;
  const ReadWait wait_;
  Position next_;
  Position end_;
  Position position_;
  BatchHeader header_;
  Position window_begin_;
  size_t window_bytes_ = 0;
  std::array<uint8_t, kWindowBytes> window_;
};

}  // namespace odradek
