#include "log/offset_index.h"

#include "base/assert.h"
#include "log/sorted_search.h"

namespace odradek {

OffsetIndexEntry decode_offset_index_entry(Offset base, const uint8_t* bytes) {
  return {base + load_be<int32_t>(bytes), Position(load_be<int32_t>(bytes + 4))};
}

std::optional<OffsetIndexEntry> OffsetIndex::last() const {
  const size_t count = size();
  if (count == 0) return std::nullopt;
  return unpack(entries_[count - 1]);
}

void OffsetIndex::append(Offset last_offset, Position position) {
  const int64_t relative = last_offset - base_;
  ASSERT(relative >= 0 && relative <= INT32_MAX);
  ASSERT(position.value >= 0 && position.value <= INT32_MAX);
  if (const auto previous = last()) {
    ASSERT(last_offset > previous->last_offset && position > previous->position);
  }
  entries_.append({static_cast<int32_t>(relative), static_cast<int32_t>(position.value)});
}

std::optional<OffsetIndexEntry> OffsetIndex::floor(Offset offset) const {
  const size_t front =
      count_front(size(), [&](size_t i) { return base_ + entries_[i].relative_offset <= offset; });
  if (front == 0) return std::nullopt;
  return unpack(entries_[front - 1]);
}

std::optional<OffsetIndexEntry> OffsetIndex::floor(Position position) const {
  const size_t front =
      count_front(size(), [&](size_t i) { return entries_[i].position <= position.value; });
  if (front == 0) return std::nullopt;
  return unpack(entries_[front - 1]);
}

std::vector<uint8_t> OffsetIndex::encode(size_t from, size_t to) const {
  ASSERT(from <= to && to <= size());
  std::vector<uint8_t> bytes((to - from) * kOffsetIndexEntryBytes);
  uint8_t* at = bytes.data();
  for (size_t i = from; i < to; ++i, at += kOffsetIndexEntryBytes) {
    store_be<int32_t>(at, entries_[i].relative_offset);
    store_be<int32_t>(at + 4, entries_[i].position);
  }
  return bytes;
}

}  // namespace odradek
