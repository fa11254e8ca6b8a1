// Finds stored bytes in a view of a log. Pure but for reads of the segments' files; takes no lock.
#pragma once

#include "log/log_view.h"
#include "log/partition_log.h"

namespace odradek {

// The limit's offset and place.
LogResult<LogPoint> limit_point(const LogView& view, ReadLimit limit, ReadWait wait);

// PartitionLog::read on a view.
LogResult<ReadOutcome> read_view(const LogView& view, Offset from, size_t bytes_max,
                                 ReadLimit limit, bool whole_first_batch, ReadHint* hint,
                                 ReadWait wait);

// Where the first batch starts whose last offset is at or above `offset`, in the segment that
// `index_of` gives or, if that one ends before, in a later one. The log end if there is none.
LogResult<LogPoint> locate(const LogView& view, Offset offset, ReadWait wait);

// How far the whole batches of a segment may be read under `limit`: its size, or the limit's place.
Position readable_end(const Segment& segment, const LogPoint& limit);

}  // namespace odradek
