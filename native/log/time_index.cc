#include "log/time_index.h"

#include "base/assert.h"
#include "log/sorted_search.h"

namespace odradek {

TimeIndexEntry decode_time_index_entry(Offset base, const uint8_t* bytes) {
  return {TimestampMs(load_be<int64_t>(bytes)), base + load_be<int32_t>(bytes + 8)};
}

std::optional<TimeIndexEntry> TimeIndex::last() const {
  const size_t count = size();
  if (count == 0) return std::nullopt;
  return unpack(entries_[count - 1]);
}

void TimeIndex::offer(const TimeIndexEntry& entry) {
  const std::optional<TimeIndexEntry> previous = last();
  const TimestampMs bar = previous ? previous->timestamp : kNoTimestamp;
  if (entry.timestamp <= bar) return;
  const int64_t relative = entry.offset - base_;
  ASSERT(relative >= 0 && relative <= INT32_MAX);
  ASSERT(!previous || entry.offset > previous->offset);
  entries_.append({entry.timestamp.value, static_cast<int32_t>(relative)});
}

std::optional<TimeIndexEntry> TimeIndex::below(TimestampMs timestamp) const {
  const size_t front =
      count_front(size(), [&](size_t i) { return entries_[i].timestamp < timestamp.value; });
  if (front == 0) return std::nullopt;
  return unpack(entries_[front - 1]);
}

std::vector<uint8_t> TimeIndex::encode(size_t from, size_t to) const {
  ASSERT(from <= to && to <= size());
  std::vector<uint8_t> bytes((to - from) * kTimeIndexEntryBytes);
  uint8_t* at = bytes.data();
  for (size_t i = from; i < to; ++i, at += kTimeIndexEntryBytes) {
    store_be<int64_t>(at, entries_[i].timestamp);
    store_be<int32_t>(at + 8, entries_[i].relative_offset);
  }
  return bytes;
}

}  // namespace odradek
