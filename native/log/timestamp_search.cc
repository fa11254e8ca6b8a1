#include "log/timestamp_search.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/large_bytes.h"
#include "batch/record_codec.h"
#include "batch/timestamp_lookup.h"
#include "log/header_cursor.h"
#include "log/log_reader.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

TimestampLookup nothing() { return {kNoOffset, kNoTimestamp, kNoLeaderEpoch, {}}; }

// A batch in the log, by its header and place.
struct StoredBatch {
  BatchHeader header;
  Position position;

  // Compaction took its records.
  bool is_empty() const { return header.size_bytes == static_cast<int64_t>(kBatchHeaderBytes); }
};

// The same with the largest timestamp of the records that are asked for. Of a compressed batch that
// begins before them it may be one of the others: that is for those to find out who open it.
struct LargestBatch {
  StoredBatch stored;
  TimestampMs timestamp;
};

// Where a walk for `timestamp` may begin: no batch before it has one as large.
LogResult<Position> walk_start(const Segment& segment, TimestampMs timestamp, Position end) {
  ASSERT(end.value > 0);
  auto entry = segment.below(timestamp);
  if (!entry.ok()) return Err(entry.error());
  if (!*entry) return Position(0);
  auto place = segment.floor((*entry)->offset, ReadWait::may_wait);
  if (!place.ok()) return Err(place.error());
  if (!*place || (*place)->position >= end) return Position(0);
  return (*place)->position;
}

// The first batch of the segment, from `start` on, with a timestamp of at least `at_least` that
// does not end before `from`.
LogResult<std::optional<StoredBatch>> first_batch(const Segment& segment, Position start,
                                                  Position end, TimestampMs at_least, Offset from) {
  auto file = segment.file(ReadWait::may_wait);
  if (!file.ok()) return Err(file.error());
  HeaderCursor cursor(**file, start, end);
  for (;;) {
    auto more = cursor.next();
    if (!more.ok()) return Err(more.error());
    if (!*more) return std::optional<StoredBatch>();
    if (cursor.header().max_timestamp >= at_least && cursor.header().last_offset >= from) {
      return std::optional<StoredBatch>(StoredBatch{cursor.header(), cursor.position()});
    }
  }
}

LogResult<std::vector<uint8_t>> read_batch(const Segment& segment, const StoredBatch& stored) {
  auto file = segment.file(ReadWait::may_wait);
  if (!file.ok()) return Err(file.error());
  ASSERT(stored.position.value >= 0);
  ASSERT(stored.header.size_bytes >= static_cast<int64_t>(kBatchHeaderBytes));
  auto allocated = allocate_bytes(static_cast<size_t>(stored.header.size_bytes));
  if (!allocated) return Err(no_memory_for_batch(stored.header.size_bytes));
  std::vector<uint8_t> bytes = std::move(*allocated);
  auto got = (*file)->read_at(stored.position, bytes);
  if (!got.ok()) return Err(storage_error(got.error()));
  if (BatchView::at(ByteView(bytes).first(*got))) return bytes;
  return Err(damaged("a segment became shorter while it was read"));
}

// The largest timestamp of the batch's records from `from` on; -1 if there is none.
LogResult<TimestampMs> largest_timestamp(const Segment& segment, const StoredBatch& stored,
                                         Offset from) {
  const BatchHeader& header = stored.header;
  if (stored.is_empty() || header.last_offset < from) return kNoTimestamp;
  const bool is_whole = header.base_offset >= from || header.is_log_append_time();
  if (is_whole || header.is_compressed()) return header.max_timestamp;
  auto bytes = read_batch(segment, stored);
  if (!bytes.ok()) return Err(bytes.error());
  const std::optional<BatchView> batch = BatchView::at(*bytes);
  TimestampMs largest = kNoTimestamp;
  RecordIterator records(batch->records(), batch->record_count());
  Record record;
  while (records.next(&record)) {
    if (batch->offset_of(record.offset_delta) < from) continue;
    largest = std::max(largest, batch->timestamp_of(record.timestamp_delta));
  }
  return largest;
}

// The first batch with the largest timestamp among those of [start, end), of records from `from`
// on.
LogResult<std::optional<LargestBatch>> largest_in(const Segment& segment, Position start,
                                                  Position end, Offset from) {
  auto file = segment.file(ReadWait::may_wait);
  if (!file.ok()) return Err(file.error());
  HeaderCursor cursor(**file, start, end);
  std::optional<LargestBatch> largest;
  for (;;) {
    auto more = cursor.next();
    if (!more.ok()) return Err(more.error());
    if (!*more) return largest;
    const StoredBatch stored{cursor.header(), cursor.position()};
    auto timestamp = largest_timestamp(segment, stored, from);
    if (!timestamp.ok()) return Err(timestamp.error());
    if (*timestamp == kNoTimestamp) continue;
    if (!largest || *timestamp > largest->timestamp) largest = LargestBatch{stored, *timestamp};
  }
}

// The same of [0, end), by the time index.
LogResult<std::optional<LargestBatch>> largest_batch(const Segment& segment, Position end,
                                                     Offset from) {
  auto last = segment.last_time_entry();
  if (!last.ok()) return Err(last.error());
  Position start(0);
  // The entry is the largest one up to itself, so nothing before it need be looked at.
  if (*last && (*last)->offset >= from) {
    auto place = segment.floor((*last)->offset, ReadWait::may_wait);
    if (!place.ok()) return Err(place.error());
    if (*place && (*place)->position < end) start = (*place)->position;
  }
  auto largest = largest_in(segment, start, end, from);
  if (!largest.ok() || start == Position(0)) return largest;
  // Unless its record is not there any more, or behind the end.
  const bool is_there = *largest && (*largest)->timestamp >= (*last)->timestamp;
  return is_there ? largest : largest_in(segment, Position(0), end, from);
}

// The record in the batch: exact for an uncompressed one, the bytes for a compressed one. Nothing
// if the record lies before `from`.
LogResult<TimestampLookup> open_batch(const Segment& segment, const StoredBatch& stored,
                                      TimestampMs at_least, Offset from) {
  auto bytes = read_batch(segment, stored);
  if (!bytes.ok()) return Err(bytes.error());
  const std::optional<BatchView> batch = BatchView::at(*bytes);

  TimestampLookup found{kNoOffset, batch->max_timestamp(), batch->leader_epoch(), {}};
  if (batch->is_compressed() && !batch->is_log_append_time()) {
    found.offset = batch->base_offset() < from ? from : batch->base_offset();
    found.compressed_batch = std::move(*bytes);
    return found;
  }
  if (batch->is_compressed()) {  // every record has the batch's time: the first one it is
    found.offset = batch->base_offset() < from ? from : batch->base_offset();
    return found;
  }
  const auto record = find_by_timestamp(*batch, at_least, from);
  if (!record) return nothing();
  ASSERT(record->offset >= from && record->timestamp >= at_least);
  found.offset = record->offset;
  found.timestamp = record->timestamp;
  return found;
}

}  // namespace

LogResult<TimestampLookup> search_timestamp(const LogView& view, TimestampMs at_least,
                                            ReadLimit limit, Offset asked_from) {
  auto bound = limit_point(view, limit, ReadWait::may_wait);
  if (!bound.ok()) return Err(bound.error());
  const SegmentSet& segments = *view.segments;
  const Offset from = std::max(view.log_start, asked_from);
  if (from > view.log_end.offset) return nothing();
  for (size_t i = segments.index_of(from); i < segments.size(); ++i) {
    const Segment& segment = segments.at(i);
    const Position end = readable_end(segment, *bound);
    if (end.value == 0) continue;
    const bool is_sealed = i + 1 < segments.size();
    auto last = segment.last_time_entry();
    if (!last.ok()) return Err(last.error());
    // A sealed segment's last entry is its largest timestamp.
    if (is_sealed && *last && (*last)->timestamp < at_least) continue;
    auto start = walk_start(segment, at_least, end);
    if (!start.ok()) return Err(start.error());
    for (Position at = *start; at < end;) {
      auto stored = first_batch(segment, at, end, at_least, from);
      if (!stored.ok()) return Err(stored.error());
      if (!*stored) break;
      auto found = open_batch(segment, **stored, at_least, from);
      if (!found.ok() || found->offset != kNoOffset) return found;
      ASSERT((*stored)->position >= at);
      at = (*stored)->position + (*stored)->header.size_bytes;  // its newest records are deleted
    }
  }
  return nothing();
}

LogResult<TimestampLookup> search_max_timestamp(const LogView& view, ReadLimit limit,
                                                Offset asked_from) {
  auto bound = limit_point(view, limit, ReadWait::may_wait);
  if (!bound.ok()) return Err(bound.error());
  const SegmentSet& segments = *view.segments;
  const Offset from = std::max(view.log_start, asked_from);
  if (from > view.log_end.offset) return nothing();
  std::optional<LargestBatch> largest;
  size_t holder = 0;
  for (size_t i = segments.index_of(from); i < segments.size(); ++i) {
    const Segment& segment = segments.at(i);
    const Position end = readable_end(segment, *bound);
    if (end.value == 0) continue;
    if (i + 1 < segments.size() && largest) {
      auto last = segment.last_time_entry();
      if (!last.ok()) return Err(last.error());
      if (*last && (*last)->timestamp <= largest->timestamp) continue;
    }
    auto candidate = largest_batch(segment, end, from);
    if (!candidate.ok()) return Err(candidate.error());
    if (!*candidate || (largest && (*candidate)->timestamp <= largest->timestamp)) continue;
    largest = *candidate;
    holder = i;
  }
  if (!largest) return nothing();
  ASSERT(holder < segments.size() && largest->stored.header.last_offset >= from);
  return open_batch(segments.at(holder), largest->stored, largest->timestamp, from);
}

}  // namespace odradek
