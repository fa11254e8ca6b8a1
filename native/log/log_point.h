// A batch boundary of a log in both currencies: the offset, and where it lies on disk. Whoever
// holds one never has to look the position up.
#pragma once

#include "base/ids.h"

namespace odradek {

// Invariant: `position` is where the batch that holds or follows `offset` starts in the segment
// `segment_base`, or that segment's end. Position -1: only the offset is known.
struct LogPoint {
  Offset offset{0};
  Offset segment_base{0};
  Position position{0};

  bool has_position() const { return position.value >= 0; }
  static LogPoint without_position(Offset offset) { return {offset, kNoOffset, Position(-1)}; }
};

}  // namespace odradek
