#include "log/log_reader.h"

#include <algorithm>

#include "base/assert.h"
#include "log/header_cursor.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

// Whole batches in [begin, end) of a segment.
struct Range {
  Position begin;
  Position end;
  Offset next_offset;  // of the first record behind the range
};

// A boundary before the batch that holds `offset`, by the index. Falls back to the segment's start
// where an index entry points behind what may be read, as a damaged index file might.
LogResult<Position> walk_start(const Segment& segment, Offset offset, Position end, ReadWait wait) {
  auto entry = segment.floor(offset, wait);
  if (!entry.ok()) return Err(entry.error());
  if (!*entry || (*entry)->position >= end) return Position(0);
  return (*entry)->position;
}

// Walks from `start` to the first batch whose last offset is at or above `offset`. Nothing found:
// the position is `end`.
LogResult<LogPoint> walk_to(const Segment& segment, const File& file, Position start, Position end,
                            Offset offset, ReadWait wait) {
  HeaderCursor cursor(file, start, end, wait);
  for (;;) {
    auto more = cursor.next();
    if (!more.ok()) return Err(more.error());
    if (!*more) return LogPoint{offset, segment.base_offset(), end};
    if (cursor.header().last_offset >= offset) {
      return LogPoint{cursor.header().base_offset, segment.base_offset(), cursor.position()};
    }
  }
}

LogResult<LogPoint> locate_in(const Segment& segment, Offset offset, Position end, ReadWait wait) {
  if (offset <= segment.base_offset() && end.value > 0) {
    return LogPoint{offset, segment.base_offset(), Position(0)};  // nothing to look up
  }
  auto file = segment.file(wait);
  if (!file.ok()) return Err(file.error());
  auto start = walk_start(segment, offset, end, wait);
  if (!start.ok()) return Err(start.error());
  auto found = walk_to(segment, **file, *start, end, offset, wait);
  // An index file that was damaged while we were down may point between batches.
  const bool misled = !found.ok() && !found.error().disk_failed && start->value > 0;
  return misled ? walk_to(segment, **file, Position(0), end, offset, wait) : found;
}

// A walk over whole batches that began at `begin`, taken up at the boundary `start`: as many as end
// at or before `until`, and the first one in any case if `whole_first_batch`.
LogResult<Range> walk_until(const File& file, Position begin, Position start, Position until,
                            Position end, bool whole_first_batch, ReadWait wait) {
  ASSERT(begin <= start && start <= until && until < end);
  HeaderCursor cursor(file, start, end, wait);
  Range range{begin, start, kNoOffset};
  for (;;) {
    auto more = cursor.next();
    if (!more.ok()) return Err(more.error());
    ASSERT(*more);  // `until` lies before `end`, so a batch that crosses it must come
    if (cursor.end_position() > until) break;
    range.end = cursor.end_position();
  }
  range.next_offset = cursor.header().base_offset;
  if (cursor.position() == begin && whole_first_batch) {
    range.end = cursor.end_position();
    range.next_offset = cursor.header().next_offset();
  }
  return range;
}

// Cuts [begin, end) down to whole batches of at most `bytes_max`, or to the first batch alone.
LogResult<Range> fit(const Segment& segment, const File& file, const Range& all, size_t bytes_max,
                     bool whole_first_batch, ReadWait wait) {
  const int64_t available = all.end - all.begin;
  ASSERT(available > 0);
  if (static_cast<uint64_t>(available) <= bytes_max) return all;
  const Position until = all.begin + static_cast<int64_t>(bytes_max);
  auto entry = segment.floor(until, wait);
  if (!entry.ok()) return Err(entry.error());
  const bool skips = *entry && (*entry)->position > all.begin && (*entry)->position <= until;
  if (skips) {
    auto range = walk_until(file, all.begin, (*entry)->position, until, all.end, false, wait);
    if (range.ok() || range.error().disk_failed) return range;
  }
  return walk_until(file, all.begin, all.begin, until, all.end, whole_first_batch, wait);
}

// The place where reading at `from` begins: by the hint, or looked up.
LogResult<LogPoint> start_point(const LogView& view, Offset from, const ReadHint* hint,
                                ReadWait wait) {
  if (hint != nullptr && hint->offset == from && hint->truncations == view.truncations) {
    const size_t index = view.segments->index_of_base(hint->segment_base);
    if (index < view.segments->size() &&
        hint->position.value < view.segments->at(index).size_bytes()) {
      return LogPoint{from, hint->segment_base, hint->position};
    }
  }
  return locate(view, from, wait);
}

// What could not be told without waiting may be `bytes_most`, and the header behind it.
LogResult<ReadOutcome> cold_or_failed(ReadOutcome outcome, const LogError& error, ReadWait wait,
                                      size_t bytes_most) {
  if (wait == ReadWait::may_wait || !error.would_wait) return Err(error);
  outcome.is_cold = true;
  outcome.bytes = bytes_most + kBatchHeaderBytes;
  return outcome;
}

// No more is in the segment that holds `offset`.
size_t bytes_beside(const LogView& view, Offset offset, const LogPoint& limit) {
  const SegmentSet& segments = *view.segments;
  const size_t index = segments.index_of(std::max(offset, segments.first_base_offset()));
  return static_cast<size_t>(readable_end(segments.at(index), limit).value);
}

void note_position(const LogView& view, const ReadOutcome& outcome, Offset segment_base,
                   ReadHint* hint) {
  if (hint == nullptr) return;
  ASSERT(outcome.file != nullptr && outcome.position.value >= 0);
  *hint = ReadHint{outcome.next_offset, segment_base,
                   outcome.position + static_cast<int64_t>(outcome.bytes), view.truncations};
}

void collect_aborted(const LogView& view, size_t index, ReadOutcome* outcome, Offset from) {
  ASSERT(index < view.segments->size());
  for (size_t i = index; i < view.segments->size(); ++i) {
    const AbortedIndex& aborted = view.segments->at(i).aborted();
    if (!aborted.collect(from, outcome->next_offset, &outcome->aborted)) return;
  }
}

}  // namespace

Position readable_end(const Segment& segment, const LogPoint& limit) {
  if (segment.base_offset() == limit.segment_base) return limit.position;
  if (segment.base_offset() > limit.segment_base) return Position(0);
  return Position(segment.size_bytes());
}

LogResult<LogPoint> locate(const LogView& view, Offset offset, ReadWait wait) {
  const SegmentSet& segments = *view.segments;
  if (offset >= view.log_end.offset) return view.log_end;
  const Offset first = segments.first_base_offset();
  for (size_t i = segments.index_of(std::max(offset, first)); i < segments.size(); ++i) {
    const Segment& segment = segments.at(i);
    const Position end = readable_end(segment, view.log_end);
    auto found = locate_in(segment, offset, end, wait);
    if (!found.ok()) return Err(found.error());
    if (found->position < end) return found;
  }
  return view.log_end;
}

LogResult<LogPoint> limit_point(const LogView& view, ReadLimit limit, ReadWait wait) {
  const LogPoint& point = limit == ReadLimit::log_end_offset   ? view.log_end
                          : limit == ReadLimit::high_watermark ? view.high_watermark
                                                               : view.last_stable;
  if (point.has_position()) return point;
  // A transaction that was open at the last start: only its offset is known.
  auto found = locate(view, point.offset, wait);
  if (!found.ok()) return Err(found.error());
  return LogPoint{point.offset, found->segment_base, found->position};
}

LogResult<ReadOutcome> read_view(const LogView& view, Offset from, size_t bytes_max,
                                 ReadLimit limit, bool whole_first_batch, ReadHint* hint,
                                 ReadWait wait) {
  ReadOutcome outcome;
  outcome.next_offset = from;
  outcome.high_watermark = view.high_watermark.offset;
  outcome.last_stable_offset = view.last_stable.offset;
  outcome.log_start_offset = view.log_start;
  outcome.log_end_offset = view.log_end.offset;
  ASSERT(view.last_stable.offset <= view.high_watermark.offset);
  ASSERT(view.high_watermark.offset <= view.log_end.offset);
  if (from < view.log_start || from > view.log_end.offset) {
    return Err(LogError{ErrorCode::offset_out_of_range,
                        "offset " + std::to_string(from.value) + " is outside [" +
                            std::to_string(view.log_start.value) + ", " +
                            std::to_string(view.log_end.offset.value) + "]",
                        {}});
  }
  auto bound = limit_point(view, limit, wait);
  if (!bound.ok()) return cold_or_failed(std::move(outcome), bound.error(), wait, bytes_max);
  if (from >= bound->offset) return outcome;

  auto start = start_point(view, from, hint, wait);
  if (!start.ok()) {
    const size_t most = std::min(bytes_max, bytes_beside(view, from, *bound));
    return cold_or_failed(std::move(outcome), start.error(), wait, most);
  }
  const size_t index = view.segments->index_of_base(start->segment_base);
  ASSERT(index < view.segments->size() && start->has_position());
  const Segment& segment = view.segments->at(index);
  const Position end = readable_end(segment, *bound);
  if (start->position >= end) return outcome;  // nothing but compacted offsets below the limit

  const bool at_limit = segment.base_offset() == bound->segment_base;
  const Offset end_offset = at_limit ? bound->offset : view.segments->at(index + 1).base_offset();
  auto file = segment.file(wait);
  if (!file.ok()) {
    const auto most = std::min(bytes_max, static_cast<size_t>(end - start->position));
    return cold_or_failed(std::move(outcome), file.error(), wait, most);
  }
  auto range =
      fit(segment, **file, {start->position, end, end_offset}, bytes_max, whole_first_batch, wait);
  if (!range.ok()) {
    outcome.file = *file;
    outcome.position = start->position;
    return cold_or_failed(std::move(outcome), range.error(), wait, bytes_max);
  }
  ASSERT(range->begin == start->position && range->end <= end);
  ASSERT(range->begin <= range->end);
  if (range->end == range->begin) return outcome;  // the first batch is too large

  outcome.file = *file;
  outcome.position = range->begin;
  outcome.bytes = static_cast<size_t>(range->end - range->begin);
  outcome.next_offset = range->next_offset;
  note_position(view, outcome, segment.base_offset(), hint);
  if (limit == ReadLimit::last_stable_offset) collect_aborted(view, index, &outcome, from);
  return outcome;
}

}  // namespace odradek
