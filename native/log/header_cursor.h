// Walks the headers of stored batches in a part of a segment file, reading only what it needs:
// small batches share one read of a few KiB, the records of large ones are skipped.
#pragma once

#include <array>
#include <optional>

#include "file/file_system.h"
#include "log/batch_header.h"
#include "log/log_error.h"

namespace odradek {

// Whether headers may be read from the disk, and where one stands that was not in memory.
struct HeaderReads {
  bool may_wait = true;
  std::optional<Position> missed;
};

class HeaderCursor {
 public:
  // `from` is a batch boundary, `end` the end of the whole batches. `file` must outlive the cursor,
  // `reads` too; without them it may wait.
  HeaderCursor(const File& file, Position from, Position end, HeaderReads* reads = nullptr);

  // Moves to the next batch and returns true; false at the end. Error kafka_storage_error if the
  // file cannot be read or `reads` say that it missed one, corrupt_message if it does not hold a
  // batch where one must be.
  LogResult<bool> next();

  // Of the batch that next() moved to.
  const BatchHeader& header() const { return header_; }
  Position position() const { return position_; }
  Position end_position() const { return position_ + header_.size_bytes; }

 private:
  LogResult<bool> fill();

  static constexpr size_t kWindowBytes = 4096;

  const File& file_;
  HeaderReads* const reads_;
  Position next_;
  Position end_;
  Position position_;
  BatchHeader header_;
  Position window_begin_;
  size_t window_bytes_ = 0;
  std::array<uint8_t, kWindowBytes> window_;
};

}  // namespace odradek
