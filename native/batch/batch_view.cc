#include "batch/batch_view.h"

#include "base/assert.h"
#include "checksum/crc32c.h"

namespace odradek {

BatchFrame batch_frame(ByteView bytes) {
  if (bytes.size() < kBatchOverheadBytes) return BatchFrame::truncated;
  const int64_t length = load_be<int32_t>(bytes.data() + kLengthAt);
  const int64_t size = length + static_cast<int64_t>(kBatchOverheadBytes);
  if (size < static_cast<int64_t>(kBatchHeaderBytes)) return BatchFrame::corrupt;
  if (bytes.size() > kMagicAt && bytes[kMagicAt] != kMagic) return BatchFrame::corrupt;
  return bytes.size() < static_cast<uint64_t>(size) ? BatchFrame::truncated : BatchFrame::whole;
}

std::optional<BatchView> BatchView::at(ByteView bytes) {
  if (batch_frame(bytes) != BatchFrame::whole) return std::nullopt;
  const auto length = static_cast<uint32_t>(load_be<int32_t>(bytes.data() + kLengthAt));
  const size_t size = length + kBatchOverheadBytes;
  ASSERT(size >= kBatchHeaderBytes && size <= bytes.size());
  return BatchView(bytes.first(size));
}

Sequence BatchView::last_sequence() const {
  if (base_sequence() < Sequence(0)) return kNoSequence;
  const int64_t unwrapped = int64_t{base_sequence().value} + last_offset_delta();
  return Sequence(static_cast<int32_t>(unwrapped & INT32_MAX));
}

uint32_t BatchView::computed_crc() const { return crc32c(bytes_.subspan(kAttributesAt)); }

}  // namespace odradek
