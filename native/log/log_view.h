// Everything that a reader needs of a log at one moment, copied under the log's state lock: no
// number in it can contradict another.
#pragma once

#include <memory>

#include "log/log_point.h"
#include "log/segment_set.h"

namespace odradek {

// Invariant: log start <= last stable <= high watermark <= log end.
struct LogView {
  std::shared_ptr<const SegmentSet> segments;
  Offset log_start;
  LogPoint last_stable;
  LogPoint high_watermark;
  LogPoint log_end;
  // Counts truncations and replacements of segments: positions noted before one are void.
  uint64_t truncations = 0;
};

}  // namespace odradek
