#include "log/header_cursor.h"

#include <algorithm>

#include "base/assert.h"
#include "log/storage_error.h"

namespace odradek {

HeaderCursor::HeaderCursor(const File& file, Position from, Position end, ReadWait wait)
    : file_(file), wait_(wait), next_(from), end_(end) {
  ASSERT(from.value >= 0 && from <= end);
}

LogResult<bool> HeaderCursor::next() {
  if (next_ >= end_) return false;
  const bool inside =
      next_ >= window_begin_ && next_ + static_cast<int64_t>(kBatchHeaderBytes) <=
                                    window_begin_ + static_cast<int64_t>(window_bytes_);
  if (!inside) RETURN_IF_ERROR(fill());
  const auto skip = static_cast<size_t>(next_ - window_begin_);
  const auto parsed = BatchHeader::parse(ByteView(window_).subspan(skip, window_bytes_ - skip));
  if (!parsed || parsed->size_bytes > end_ - next_) {
    return Err(damaged("no whole batch at position " + std::to_string(next_.value) +
                       " of a segment that holds batches up to " + std::to_string(end_.value) +
                       "; the file is damaged"));
  }
  header_ = *parsed;
  position_ = next_;
  next_ += header_.size_bytes;
  return true;
}

LogResult<bool> HeaderCursor::fill() {
  const int64_t wanted = std::min<int64_t>(kWindowBytes, end_ - next_);
  const ByteSpan into(window_.data(), static_cast<size_t>(wanted));
  auto got = read_by(wait_, file_, next_, into, std::min(kBatchHeaderBytes, into.size()));
  if (!got.ok()) return Err(storage_error(got.error()));
  window_begin_ = next_;
  window_bytes_ = *got;
  return true;
}

}  // namespace odradek
