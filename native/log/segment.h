// A segment as readers see it, whether it is still written or sealed. Immutable below the limit
// that the reader was given, so any number of threads may use it at once.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "file/file_system.h"
#include "log/aborted_index.h"
#include "log/log_error.h"
#include "log/offset_index.h"
#include "log/read_wait.h"
#include "log/time_index.h"

namespace odradek {

// Bytes of the entries of its two indexes.
struct IndexSizes {
  int64_t offset_index_bytes = 0;
  int64_t time_index_bytes = 0;
};

class Segment {
 public:
  virtual ~Segment() = default;

  Offset base_offset() const { return base_offset_; }
  // Bytes of whole batches, without preallocated room. Of the active segment: grows.
  virtual int64_t size_bytes() const = 0;
  // Keeps the file open while held. Error kafka_storage_error if it cannot be opened.
  virtual LogResult<std::shared_ptr<const File>> file(ReadWait wait) const = 0;

  // The last index entry at or before the argument; nothing if there is none, which means: start at
  // position 0. Errors only from the disk. One that may not wait opens an index file nevertheless,
  // whose name and inode are in memory as a rule, but waits for none of its pages.
  virtual LogResult<std::optional<OffsetIndexEntry>> floor(Offset offset, ReadWait wait) const = 0;
  virtual LogResult<std::optional<OffsetIndexEntry>> floor(Position position,
                                                           ReadWait wait) const = 0;
  // The last time index entry below `timestamp`, and the last of all.
  virtual LogResult<std::optional<TimeIndexEntry>> below(TimestampMs timestamp) const = 0;
  virtual LogResult<std::optional<TimeIndexEntry>> last_time_entry() const = 0;

  virtual const AbortedIndex& aborted() const = 0;
  // Errors only from the disk. An index file that is missing has no entries.
  virtual LogResult<IndexSizes> index_sizes() const = 0;

 protected:
  explicit Segment(Offset base_offset) : base_offset_(base_offset) {}
  const Offset base_offset_;
};

}  // namespace odradek
