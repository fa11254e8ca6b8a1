// All segments of a log at one moment. Immutable: whoever holds one reads undisturbed by rolls,
// truncations and deletions; those publish a new set.
#pragma once

#include <memory>
#include <vector>

#include "log/active_segment.h"
#include "log/sealed_segment.h"

namespace odradek {

class SegmentSet {
 public:
  // Invariant: base offsets ascend and the active segment's is the highest.
  SegmentSet(std::vector<std::shared_ptr<SealedSegment>> sealed,
             std::shared_ptr<ActiveSegment> active);

  const std::vector<std::shared_ptr<SealedSegment>>& sealed() const { return sealed_; }
  const std::shared_ptr<ActiveSegment>& active() const { return active_; }
  size_t size() const { return sealed_.size() + 1; }
  const Segment& at(size_t index) const;
  Offset first_base_offset() const { return at(0).base_offset(); }
  int64_t sealed_bytes() const { return sealed_bytes_; }

  // Index of the segment that holds `offset` if any does: the last one that starts at or before it.
  // `offset` must not be below the first segment's base.
  size_t index_of(Offset offset) const;
  // Index of the segment with exactly this base offset, or size().
  size_t index_of_base(Offset base_offset) const;

 private:
  std::vector<std::shared_ptr<SealedSegment>> sealed_;
  std::shared_ptr<ActiveSegment> active_;
  int64_t sealed_bytes_ = 0;
};

}  // namespace odradek
