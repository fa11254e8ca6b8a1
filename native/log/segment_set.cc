#include "log/segment_set.h"

#include "base/assert.h"
#include "log/sorted_search.h"

namespace odradek {

SegmentSet::SegmentSet(std::vector<std::shared_ptr<SealedSegment>> sealed,
                       std::shared_ptr<ActiveSegment> active)
    : sealed_(std::move(sealed)), active_(std::move(active)) {
  ASSERT(active_ != nullptr);
  for (size_t i = 0; i < sealed_.size(); ++i) {
    ASSERT(sealed_[i]->base_offset() < at(i + 1).base_offset());
    sealed_bytes_ += sealed_[i]->size_bytes();
  }
}

const Segment& SegmentSet::at(size_t index) const {
  ASSERT(index <= sealed_.size());
  if (index == sealed_.size()) return *active_;
  return *sealed_[index];
}

size_t SegmentSet::index_of(Offset offset) const {
  const size_t front = count_front(size(), [&](size_t i) { return at(i).base_offset() <= offset; });
  ASSERT(front > 0);
  return front - 1;
}

size_t SegmentSet::index_of_base(Offset base_offset) const {
  if (base_offset < first_base_offset()) return size();
  const size_t index = index_of(base_offset);
  return at(index).base_offset() == base_offset ? index : size();
}

}  // namespace odradek
