// What compaction reads of the sealed segments of a log: one that is named by its base offset, by
// position. Pure but for reads of the segments' files; takes no lock.
#pragma once

#include <vector>

#include "log/log_view.h"
#include "log/partition_log.h"

namespace odradek {

// PartitionLog::segment_detail, segment_position and read_segment on a view.
LogResult<SegmentDetail> sealed_detail(const LogView& view, Offset base);
LogResult<Position> sealed_position(const LogView& view, Offset base, Offset offset);
LogResult<std::vector<uint8_t>> sealed_bytes(const LogView& view, Offset base, Position from,
                                             size_t bytes_max);

}  // namespace odradek
