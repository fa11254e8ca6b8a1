#include "batch/timestamp_lookup.h"

#include "base/assert.h"
#include "batch/record_codec.h"

namespace odradek {

std::optional<TimestampedOffset> find_by_timestamp(const BatchView& batch, ByteView opened,
                                                   TimestampMs target, Offset from) {
  ASSERT(from >= Offset(0));
  if (batch.max_timestamp() < target || batch.last_offset() < from) return std::nullopt;
  ASSERT(batch.is_compressed() || opened.data() == batch.records().data());
  RecordIterator iterator(opened, batch.record_count());
  Record record;
  while (iterator.next(&record)) {
    const TimestampMs timestamp = batch.timestamp_of(record.timestamp_delta);
    const Offset offset = batch.offset_of(record.offset_delta);
    if (timestamp >= target && offset >= from) return TimestampedOffset{offset, timestamp};
  }
  return std::nullopt;
}

std::optional<TimestampedOffset> find_by_timestamp(const BatchView& batch, TimestampMs target,
                                                   Offset from) {
  ASSERT(!batch.is_compressed());
  return find_by_timestamp(batch, batch.records(), target, from);
}

}  // namespace odradek
