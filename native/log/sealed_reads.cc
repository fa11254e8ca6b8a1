#include "log/sealed_reads.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/large_bytes.h"
#include "log/header_cursor.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

LogResult<const SealedSegment*> sealed_at(const LogView& view, Offset base) {
  const auto& sealed = view.segments->sealed();
  const size_t index = view.segments->index_of_base(base);
  if (index < sealed.size()) return sealed[index].get();
  return Err(LogError{ErrorCode::offset_out_of_range,
                      "no sealed segment begins at offset " + std::to_string(base.value),
                      {}});
}

}  // namespace

LogResult<SegmentDetail> sealed_detail(const LogView& view, Offset base) {
  auto segment = sealed_at(view, base);
  if (!segment.ok()) return Err(segment.error());
  auto sizes = (*segment)->index_sizes();
  if (!sizes.ok()) return Err(sizes.error());
  auto file = (*segment)->file(ReadWait::may_wait);
  if (!file.ok()) return Err(file.error());
  HeaderCursor cursor(**file, Position(0), Position((*segment)->size_bytes()));
  auto more = cursor.next();
  if (!more.ok()) return Err(more.error());
  return SegmentDetail{*more ? cursor.header().max_timestamp : kNoTimestamp,
                       sizes->offset_index_bytes, sizes->time_index_bytes};
}

LogResult<Position> sealed_position(const LogView& view, Offset base, Offset offset) {
  auto segment = sealed_at(view, base);
  if (!segment.ok()) return Err(segment.error());
  // The entry names the last offset of its batch: that batch may hold `offset` itself.
  auto entry = (*segment)->floor(offset, ReadWait::may_wait);
  if (!entry.ok()) return Err(entry.error());
  return *entry ? (*entry)->position : Position(0);
}

LogResult<std::vector<uint8_t>> sealed_bytes(const LogView& view, Offset base, Position from,
                                             size_t bytes_max) {
  ASSERT(from >= Position(0));
  auto segment = sealed_at(view, base);
  if (!segment.ok()) return Err(segment.error());
  const int64_t left = std::max<int64_t>(0, (*segment)->size_bytes() - from.value);
  const size_t size =
      static_cast<size_t>(std::min<uint64_t>(static_cast<uint64_t>(left), bytes_max));
  if (size == 0) return std::vector<uint8_t>();
  auto file = (*segment)->file(ReadWait::may_wait);
  if (!file.ok()) return Err(file.error());
  auto allocated = allocate_bytes(size);
  if (!allocated) return Err(no_memory_for_batch(left));
  std::vector<uint8_t> bytes = std::move(*allocated);
  auto got = (*file)->read_at(from, bytes);
  if (!got.ok()) return Err(storage_error(got.error()));
  bytes.resize(*got);
  return bytes;
}

}  // namespace odradek
