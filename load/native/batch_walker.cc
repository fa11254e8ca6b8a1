#include "batch_walker.h"

#include <algorithm>
#include <cstring>

namespace odradek::bench {

size_t BatchWalker::feed_header(const uint8_t* data, size_t size) {
  const size_t used = std::min(size, kBatchHeaderBytes - header_bytes_);
  std::memcpy(header_ + header_bytes_, data, used);
  header_bytes_ += used;
  if (header_bytes_ < kBatchHeaderBytes) return used;
  const int64_t total = int64_t{load_be<int32_t>(header_ + kLengthAt)} + kBatchOverheadBytes;
  if (total < static_cast<int64_t>(kBatchHeaderBytes)) {
    ok_ = false;
    return size;
  }
  body_left_ = static_cast<size_t>(total) - kBatchHeaderBytes;
  if (body_left_ == 0) finish_batch();
  return used;
}

size_t BatchWalker::feed_body(size_t size) {
  const size_t used = std::min(size, body_left_);
  body_left_ -= used;
  if (body_left_ == 0) finish_batch();
  return used;
}

void BatchWalker::finish_batch() {
  next_offset_ = load_be<int64_t>(header_ + kBaseOffsetAt) +
                 load_be<int32_t>(header_ + kLastOffsetDeltaAt) + 1;
  records_ += load_be<int32_t>(header_ + kRecordCountAt);
  batch_bytes_ += load_be<int32_t>(header_ + kLengthAt) + int64_t{kBatchOverheadBytes};
  header_bytes_ = 0;
}

}  // namespace odradek::bench
