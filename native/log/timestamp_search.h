// Finds records by time in a view of a log (ListOffsets): time index, then a walk over headers,
// then the records of one batch. Pure but for reads of the segments' files; takes no lock.
#pragma once

#include "log/log_view.h"
#include "log/partition_log.h"

namespace odradek {

// PartitionLog::lookup_timestamp and lookup_max_timestamp on a view.
LogResult<TimestampLookup> search_timestamp(const LogView& view, TimestampMs at_least,
                                            ReadLimit limit, Offset from);
LogResult<TimestampLookup> search_max_timestamp(const LogView& view, ReadLimit limit, Offset from);

}  // namespace odradek
