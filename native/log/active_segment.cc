#include "log/active_segment.h"

#include <algorithm>

#include "base/assert.h"
#include "base/limits.h"
#include "log/segment_format.h"
#include "log/write_pace.h"

namespace odradek {

FileResult<std::shared_ptr<ActiveSegment>> ActiveSegment::create(FileSystem& fs,
                                                                 const std::string& folder,
                                                                 Offset base_offset,
                                                                 TimestampMs now) {
  auto file =
      fs.open(segment_file_path(folder, base_offset, SegmentFileKind::log), OpenMode::create);
  if (!file.ok()) return Err(file.error());
  std::shared_ptr<File> shared = std::move(*file);
  // A failed roll may have left the file; nothing in it was ever acknowledged.
  RETURN_IF_ERROR(shared->truncate(0));
  return std::shared_ptr<ActiveSegment>(new ActiveSegment(
      base_offset, std::move(shared), std::make_shared<SegmentIndexes>(base_offset), now));
}

std::shared_ptr<ActiveSegment> ActiveSegment::adopt(Offset base_offset, std::shared_ptr<File> file,
                                                    int64_t size,
                                                    std::shared_ptr<SegmentIndexes> indexes,
                                                    TimeIndexEntry largest_timestamp,
                                                    TimestampMs first_batch_timestamp,
                                                    TimestampMs now) {
  std::shared_ptr<ActiveSegment> segment(
      new ActiveSegment(base_offset, std::move(file), std::move(indexes), now));
  segment->size_.store(size, std::memory_order_release);
  segment->allocated_bytes_ = size;
  segment->largest_timestamp_ = largest_timestamp;
  segment->first_batch_timestamp_ = first_batch_timestamp;
  const auto last_entry = segment->indexes_->offsets.last();
  segment->bytes_since_index_entry_ = size - (last_entry ? last_entry->position.value : 0);
  ASSERT(segment->bytes_since_index_entry_ >= 0);
  return segment;
}

FileResult<void> ActiveSegment::reserve(int64_t bytes, int64_t segment_bytes) {
  ASSERT(bytes > 0);
  if (windows_) allocated_bytes_ = std::max(allocated_bytes_, windows_->allocated_bytes());
  const int64_t needed = size_bytes() + bytes;
  if (needed <= allocated_bytes_) return {};
  const int64_t step = std::clamp(allocation_step_ * 2, kPreallocateBytesMin, kPreallocateBytesMax);
  // Never beyond the segment's end, where the room could not be used.
  const int64_t target = std::max(needed, std::min(allocated_bytes_ + step, segment_bytes));
  RETURN_IF_ERROR(file_->allocate(target));
  allocated_bytes_ = target;
  allocation_step_ = step;
  return {};
}

FileResult<void> ActiveSegment::write(ByteView bytes) {
  const int64_t size = size_bytes();
  ASSERT(size + static_cast<int64_t>(bytes.size()) <= allocated_bytes_);
  if (windows_ && static_cast<int64_t>(bytes.size()) < kSmallBatchBytes) {
    const WindowFeed::Stored stored = windows_->store(Position(size), bytes);
    if (stored == WindowFeed::Stored::yes) return {};
    if (stored == WindowFeed::Stored::failed) {
      return Err(FileError{FileErrorKind::io, 0, "the disk failed under a write window"});
    }
  }
  return file_->write_at(Position(size), bytes);
}

void ActiveSegment::record(const BatchHeader& batch, int64_t index_interval_bytes) {
  const int64_t size = size_bytes();
  ASSERT(batch.base_offset >= base_offset_);
  if (size == 0) first_batch_timestamp_ = batch.max_timestamp;
  if (batch.max_timestamp > largest_timestamp_.timestamp) {
    largest_timestamp_ = {batch.max_timestamp, batch.last_offset};
  }
  if (bytes_since_index_entry_ > index_interval_bytes) {
    indexes_->offsets.append(batch.last_offset, Position(size));
    indexes_->times.offer(largest_timestamp_);
    bytes_since_index_entry_ = 0;
  }
  bytes_since_index_entry_ += batch.size_bytes;
  allocated_bytes_ = std::max(allocated_bytes_, size + batch.size_bytes);
  size_.store(size + batch.size_bytes, std::memory_order_release);
}

void ActiveSegment::use_windows(HelperPool& helpers, WriteWindowPool& pool, int64_t segment_bytes) {
  ASSERT(windows_ == nullptr);
  windows_ = std::make_shared<WindowFeed>(file_, helpers, pool, segment_bytes);
}

void ActiveSegment::advance_windows(int64_t bytes_per_second) {
  ASSERT(windows_ != nullptr);
  windows_->advance(Position(size_bytes()), bytes_per_second);
}

}  // namespace odradek
