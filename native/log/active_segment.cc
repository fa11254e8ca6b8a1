#include "log/active_segment.h"

#include <algorithm>

#include "base/assert.h"
#include "base/limits.h"
#include "log/segment_format.h"
#include "log/storage_error.h"
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

std::shared_ptr<ActiveSegment> ActiveSegment::unmade(Offset base_offset, TimestampMs now) {
  return std::shared_ptr<ActiveSegment>(
      new ActiveSegment(base_offset, nullptr, std::make_shared<SegmentIndexes>(base_offset), now));
}

ActiveSegment::~ActiveSegment() { let_go(); }

void ActiveSegment::settle(const SegmentHome& home, const std::string& folder) {
  const std::lock_guard lock(file_mutex_);
  ASSERT(home_.fs == nullptr && home.fs != nullptr && home.files != nullptr);
  home_ = home;
  path_ = segment_file_path(folder, base_offset_, SegmentFileKind::log);
  if (file_) note_opened();
}

void ActiveSegment::note_opened() const { opened_turn_ = home_.files->opened(); }

FileResult<void> ActiveSegment::make() {
  const std::lock_guard lock(file_mutex_);
  ASSERT(file_ == nullptr && home_.fs != nullptr && size_bytes() == 0);
  auto file = home_.fs->open(path_, OpenMode::create);
  if (!file.ok()) return Err(file.error());
  // What a crash left of an earlier attempt was never acknowledged.
  RETURN_IF_ERROR((*file)->truncate(0));
  file_ = std::move(*file);
  note_opened();
  return {};
}

FileResult<std::shared_ptr<File>> ActiveSegment::open_file() const {
  const std::lock_guard lock(file_mutex_);
  if (file_) return file_;
  ASSERT(home_.fs != nullptr);
  auto file = home_.fs->open(path_, OpenMode::read_write);
  if (!file.ok()) return Err(file.error());
  file_ = std::move(*file);
  note_opened();
  return file_;
}

void ActiveSegment::let_go() const {
  std::shared_ptr<File> closed;  // destroyed, and thus closed, outside the lock
  const std::lock_guard lock(file_mutex_);
  if (!file_ || home_.files == nullptr) return;
  closed.swap(file_);
  opened_turn_ = -1;
  home_.files->closed();
}

void ActiveSegment::close_before_use() {
  const std::lock_guard lock(file_mutex_);
  ASSERT(home_.fs == nullptr && size_bytes() == allocated_bytes_);
  file_ = nullptr;
}

int64_t ActiveSegment::opened_turn() const {
  const std::lock_guard lock(file_mutex_);
  return opened_turn_;
}

std::shared_ptr<File> ActiveSegment::writable_file() const {
  const std::lock_guard lock(file_mutex_);
  return file_;
}

LogResult<std::shared_ptr<const File>> ActiveSegment::file(ReadWait wait) const {
  if (wait == ReadWait::cached_only) {
    if (auto open = writable_file()) return std::shared_ptr<const File>(std::move(open));
    return Err(file_not_open());
  }
  auto file = open_file();
  if (!file.ok()) return Err(storage_error(file.error()));
  return std::shared_ptr<const File>(std::move(*file));
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
  const int64_t step =
      std::clamp(std::max(allocation_step_, bytes) * 2, kPreallocateBytesMin, kPreallocateBytesMax);
  // Whole blocks: a clean stop cuts the room of a small log, and frees nothing inside one. Never
  // beyond the segment's end, where the room could not be used.
  const int64_t blocks = (allocated_bytes_ + step) / kPreallocateBytesMin * kPreallocateBytesMin;
  int64_t target = std::max(needed, std::min(blocks, segment_bytes));
  FileResult<void> allocated = writable_file()->allocate(target);
  if (!allocated.ok() && allocated.error().kind == FileErrorKind::no_space && target > needed) {
    target = needed;  // a disk that is nearly full may have room for that
    allocated = writable_file()->allocate(target);
  }
  if (!allocated.ok()) return allocated;
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
  return writable_file()->write_at(Position(size), bytes);
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
  windows_ = std::make_shared<WindowFeed>(writable_file(), helpers, pool, segment_bytes);
}

void ActiveSegment::advance_windows(int64_t bytes_per_second) {
  ASSERT(windows_ != nullptr);
  windows_->advance(Position(size_bytes()), bytes_per_second);
}

}  // namespace odradek
