#include "log/segment_scanner.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "base/large_bytes.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr int64_t kReadBytes = 1 << 20;
// Of most segments little is to be read, or nothing.
constexpr int64_t kFirstReadBytes = 64 << 10;
constexpr auto kHeaderBytes = static_cast<int64_t>(kBatchHeaderBytes);

// The first byte is, and each is what the one before it is: the library compares by vectors.
bool all_zeros(ByteView bytes) {
  if (bytes.empty()) return true;
  return bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace

SegmentScanner::SegmentScanner(const File& file, Position from, int64_t file_bytes,
                               BatchOrder order, std::vector<uint8_t>* buffer)
    : file_(file),
      file_bytes_(file_bytes),
      order_(order),
      position_(from),
      buffer_(buffer != nullptr ? *buffer : own_buffer_),
      buffer_begin_(from) {
  ASSERT(from.value >= 0 && from.value <= file_bytes);
}

LogResult<ScanStep> SegmentScanner::next() {
  if (at_batch_) position_ += header_.size_bytes;
  at_batch_ = false;
  const int64_t left = file_bytes_ - position_.value;
  ASSERT(left >= 0);
  if (left == 0) return ScanStep::end;
  if (left < kHeaderBytes) return no_batch("the file ends inside a batch header");
  RETURN_IF_ERROR(hold(kHeaderBytes));
  const std::optional<BatchHeader> header = BatchHeader::parse(held());
  if (!header) return no_batch("there is no batch header");
  if (header->size_bytes > left) return no_batch("the file ends inside the batch");
  if (header->base_offset < order_.next_offset) {
    return no_batch("offset " + std::to_string(header->base_offset.value) + " follows " +
                    std::to_string(order_.next_offset.value - 1));
  }
  if (header->last_offset - order_.segment_base > INT32_MAX) {
    return no_batch("offset " + std::to_string(header->last_offset.value) +
                    " is too far from the segment's first");
  }
  if (header->base_offset > order_.next_offset && header->base_offset > order_.gapless_from) {
    return no_batch("offset " + std::to_string(header->base_offset.value) + " follows " +
                    std::to_string(order_.next_offset.value - 1));
  }
  if (header->leader_epoch < order_.leader_epoch) {
    return no_batch("leader epoch " + std::to_string(header->leader_epoch.value) + " follows " +
                    std::to_string(order_.leader_epoch.value));
  }
  RETURN_IF_ERROR(hold(header->size_bytes));
  header_ = *header;
  at_batch_ = true;
  if (!batch().crc_matches()) {
    at_batch_ = false;
    return no_batch("the checksum does not match");
  }
  ASSERT(header_.next_offset() > order_.next_offset);
  ASSERT(header_.leader_epoch >= order_.leader_epoch);
  order_.next_offset = header_.next_offset();
  order_.leader_epoch = header_.leader_epoch;
  return ScanStep::batch;
}

BatchView SegmentScanner::batch() const {
  ASSERT(at_batch_);
  const std::optional<BatchView> view = BatchView::at(held());
  ASSERT(view.has_value());
  return *view;
}

LogResult<bool> SegmentScanner::hold(int64_t bytes) {
  ASSERT(bytes > 0 && bytes <= file_bytes_ - position_.value);
  ASSERT(position_ >= buffer_begin_ && held_ <= buffer_.size());
  if (static_cast<int64_t>(held_ - std::min(held_, skip())) >= bytes) return true;
  // Reserved room behind the batches is not read ahead: the kernel would fill memory with zeros.
  if (position_ + bytes > data_end_) {
    auto data = file_.next_data(position_);
    if (!data.ok()) return Err(storage_error(data.error()));
    data_end_ = data->begin > position_ ? position_ : data->end;
  }
  const int64_t ahead = std::min(read_before_ ? kReadBytes : kFirstReadBytes,
                                 std::max<int64_t>(0, data_end_ - position_));
  read_before_ = true;
  const int64_t wanted = std::min(std::max(bytes, ahead), file_bytes_ - position_.value);
  if (static_cast<int64_t>(buffer_.size()) < wanted) {
    auto larger = allocate_bytes(static_cast<size_t>(wanted));
    if (!larger) return Err(no_memory_for_batch(wanted));
    buffer_ = std::move(*larger);
  }
  auto got = file_.read_at(position_, ByteSpan(buffer_.data(), static_cast<size_t>(wanted)));
  if (!got.ok()) return Err(storage_error(got.error()));
  ASSERT(*got <= buffer_.size());
  buffer_begin_ = position_;
  held_ = *got;
  if (static_cast<int64_t>(held_) < bytes) {
    return Err(storage_error("a segment became shorter while it was read"));
  }
  return true;
}

LogResult<ScanStep> SegmentScanner::no_batch(std::string reason) {
  ASSERT(!at_batch_ && !reason.empty());
  auto zeros = only_zeros_follow();
  if (!zeros.ok()) return Err(zeros.error());
  if (*zeros) return ScanStep::zeros;
  reason_ = "at position " + std::to_string(position_.value) + " " + std::move(reason);
  return ScanStep::damaged;
}

LogResult<bool> SegmentScanner::only_zeros_follow() {
  held_ = 0;  // nothing more is taken from the buffer
  Position at = position_;
  while (at.value < file_bytes_) {
    // Reserved room, which may be as large as what was written, need not be read.
    auto data = file_.next_data(at);
    if (!data.ok()) return Err(storage_error(data.error()));
    ASSERT(data->begin >= at && data->end >= data->begin);
    if (data->begin.value >= file_bytes_) return true;
    at = data->begin;
    const int64_t end = std::min(data->end.value, file_bytes_);
    const auto wanted = static_cast<size_t>(std::min(kFirstReadBytes, end - at.value));
    if (wanted == 0) return true;
    if (buffer_.size() < wanted) buffer_.resize(wanted);
    auto got = file_.read_at(at, ByteSpan(buffer_.data(), wanted));
    if (!got.ok()) return Err(storage_error(got.error()));
    ASSERT(*got <= wanted);
    if (*got == 0) break;
    if (!all_zeros(ByteView(buffer_.data(), *got))) return false;
    at += static_cast<int64_t>(*got);
  }
  return true;
}

}  // namespace odradek
