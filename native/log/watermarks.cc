#include "log/watermarks.h"

#include "base/assert.h"

namespace odradek {
namespace {

constexpr size_t kEndsKept = 64;  // room for so many stays where none is left

}  // namespace

bool Watermarks::appended(const LogPoint& log_end) {
  ASSERT(log_end.offset > log_end_.offset);
  log_end_ = log_end;
  ends_above_.push_back(log_end);
  return advance();
}

bool Watermarks::synced(const LogPoint& end) {
  ASSERT(end.offset <= log_end_.offset);
  if (end.offset > synced_.offset) synced_ = end;
  return committed(end);
}

bool Watermarks::committed(const LogPoint& end) {
  ASSERT(end.offset <= log_end_.offset);
  if (end.offset > durable_.offset) durable_ = end;
  return advance();
}

bool Watermarks::configure(int64_t flush_messages) {
  ASSERT(flush_messages >= 1);
  flush_messages_ = flush_messages;
  return advance();
}

void Watermarks::truncated(const LogPoint& log_end) {
  ASSERT(log_end.offset <= log_end_.offset);
  log_end_ = log_end;
  if (synced_.offset > log_end.offset) synced_ = log_end;
  if (durable_.offset > log_end.offset) durable_ = log_end;
  if (high_watermark_.offset > log_end.offset) high_watermark_ = log_end;
  while (ends_above_.size() > first_above_ && ends_above_.back().offset > log_end.offset) {
    ends_above_.pop_back();
  }
  drop_passed();
}

// Whatever stands in one of them stands at their end: the last may be smaller now.
void Watermarks::replaced(Offset from, Offset end) {
  const auto move = [&](LogPoint& point) {
    if (point.segment_base < from || point.segment_base >= end) return;
    ASSERT(point.offset == end);
    point = {end, end, Position(0)};
  };
  for (LogPoint* point : {&synced_, &durable_, &high_watermark_, &log_end_}) move(*point);
  for (size_t i = first_above_; i < ends_above_.size(); ++i) move(ends_above_[i]);
}

bool Watermarks::advance() {
  const int64_t room = INT64_MAX - durable_.offset.value;
  const int64_t ahead = flush_messages_ - 1 < room ? flush_messages_ - 1 : room;
  const Offset bound = durable_.offset + ahead;
  bool moved = false;
  while (first_above_ < ends_above_.size() && ends_above_[first_above_].offset <= bound) {
    high_watermark_ = ends_above_[first_above_++];
    moved = true;
  }
  drop_passed();
  ASSERT(synced_.offset <= durable_.offset && durable_.offset <= log_end_.offset);
  ASSERT(high_watermark_.offset <= log_end_.offset);
  return moved;
}

// Each end is moved at most once for each that was passed.
void Watermarks::drop_passed() {
  if (first_above_ < ends_above_.size() && first_above_ <= ends_above_.size() / 2) return;
  ends_above_.erase(ends_above_.begin(),
                    ends_above_.begin() + static_cast<ptrdiff_t>(first_above_));
  first_above_ = 0;
  if (ends_above_.empty() && ends_above_.capacity() > kEndsKept) ends_above_.shrink_to_fit();
}

}  // namespace odradek
