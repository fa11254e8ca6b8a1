#include "log/sealed_segment.h"

#include "base/assert.h"
#include "log/partition_folder.h"
#include "log/segment_format.h"
#include "log/sorted_search.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

// The last entry of `index` for which `is_before` holds; nothing without one. `decode` turns bytes
// into an entry.
template <class Entry, class Decode, class IsBefore>
LogResult<std::optional<Entry>> search(IndexFile* index, Decode decode, IsBefore is_before) {
  if (index == nullptr) return std::optional<Entry>();
  const size_t front = count_front(index->size(), [&](size_t i) {
    const uint8_t* bytes = index->entry(i);
    return bytes != nullptr && is_before(decode(bytes));
  });
  ASSERT(front <= index->size());
  std::optional<Entry> found;
  if (front > 0) {
    const uint8_t* bytes = index->entry(front - 1);
    if (bytes != nullptr) found = decode(bytes);
  }
  if (index->error()) return Err(storage_error(*index->error()));
  return found;
}

}  // namespace

FileResult<void> overwrite_index_files(FileSystem& fs, const std::string& folder,
                                       const SegmentIndexes& indexes, FileChanges* changes) {
  const auto write = [&](SegmentFileKind kind, const std::vector<uint8_t>& bytes) {
    std::string path = segment_file_path(folder, indexes.offsets.base_offset(), kind);
    FileResult<void> written = overwrite_file(fs, path, bytes);
    changes->written.push_back(std::move(path));
    return written;
  };
  RETURN_IF_ERROR(write(SegmentFileKind::offset_index, indexes.offsets.encode()));
  RETURN_IF_ERROR(write(SegmentFileKind::time_index, indexes.times.encode()));
  const std::vector<uint8_t> aborted = encode_aborted_index(indexes.aborted->entries());
  if (!aborted.empty()) return write(SegmentFileKind::aborted_index, aborted);
  return remove_if_there(
      fs, segment_file_path(folder, indexes.offsets.base_offset(), SegmentFileKind::aborted_index));
}

FileResult<void> write_index_files(FileSystem& fs, const std::string& folder,
                                   const SegmentIndexes& indexes) {
  const auto path = [&](SegmentFileKind kind) {
    return segment_file_path(folder, indexes.offsets.base_offset(), kind);
  };
  // First the one that may be missing: where the others are, nothing was aborted without it.
  const std::vector<uint8_t> aborted = encode_aborted_index(indexes.aborted->entries());
  RETURN_IF_ERROR(aborted.empty()
                      ? remove_if_there(fs, path(SegmentFileKind::aborted_index))
                      : replace_file(fs, path(SegmentFileKind::aborted_index), aborted));
  RETURN_IF_ERROR(replace_file(fs, path(SegmentFileKind::time_index), indexes.times.encode()));
  return replace_file(fs, path(SegmentFileKind::offset_index), indexes.offsets.encode());
}

SealedSegment::SealedSegment(FileSystem& fs, OpenFiles& open_files, std::string folder,
                             Offset base_offset, int64_t size,
                             std::shared_ptr<AbortedIndex> aborted)
    : Segment(base_offset),
      fs_(fs),
      open_files_(open_files),
      folder_(std::move(folder)),
      size_(size),
      aborted_(std::move(aborted)) {
  ASSERT(size >= 0 && aborted_ != nullptr);
  ASSERT(base_offset >= Offset(0));
}

std::shared_ptr<SealedSegment> SealedSegment::seal(FileSystem& fs, OpenFiles& open_files,
                                                   const std::string& folder,
                                                   ActiveSegment& active) {
  active.complete_time_index();
  std::shared_ptr<SealedSegment> sealed(new SealedSegment(fs, open_files, folder,
                                                          active.base_offset(), active.size_bytes(),
                                                          active.indexes()->aborted));
  sealed->indexes_ = active.indexes();
  sealed->written_ = active.writable_file();
  ASSERT(sealed->indexes_ != nullptr && sealed->written_ != nullptr);
  ASSERT(sealed->indexes_->offsets.base_offset() == active.base_offset());
  sealed->in_use_ = sealed->written_;
  sealed->largest_timestamp_ = active.largest_timestamp().timestamp.value;
  sealed->windows_ = active.take_windows();
  return sealed;
}

std::shared_ptr<SealedSegment> SealedSegment::on_disk(FileSystem& fs, OpenFiles& open_files,
                                                      const std::string& folder, Offset base_offset,
                                                      int64_t size,
                                                      std::vector<AbortedIndexEntry> aborted) {
  return std::shared_ptr<SealedSegment>(
      new SealedSegment(fs, open_files, folder, base_offset, size,
                        std::make_shared<AbortedIndex>(std::move(aborted))));
}

FileResult<void> SealedSegment::finish() {
  std::shared_ptr<SegmentIndexes> indexes;
  std::shared_ptr<File> written;
  {
    const std::lock_guard lock(mutex_);
    indexes = indexes_;
    written = written_;
  }
  stop_windows();  // nothing mapped is ever truncated
  if (written) {
    RETURN_IF_ERROR(written->truncate(size_));
    RETURN_IF_ERROR(written->sync_data());
  }
  if (indexes) RETURN_IF_ERROR(write_index_files(fs_, folder_, *indexes));
  const std::lock_guard lock(mutex_);
  ASSERT(written_ == written && indexes_ == indexes && windows_ == nullptr);
  indexes_ = nullptr;
  written_ = nullptr;
  return {};
}

void SealedSegment::stop_windows() {
  std::shared_ptr<WindowFeed> windows;
  {
    const std::lock_guard lock(mutex_);
    windows = std::exchange(windows_, nullptr);
  }
  if (windows) windows->stop();
}

bool SealedSegment::finished() const {
  const std::lock_guard lock(mutex_);
  return indexes_ == nullptr && written_ == nullptr;
}

void SealedSegment::restore_indexes(std::shared_ptr<SegmentIndexes> indexes) {
  const std::lock_guard lock(mutex_);
  ASSERT(indexes_ == nullptr && indexes != nullptr);
  ASSERT(indexes->offsets.base_offset() == base_offset_);
  indexes_ = std::move(indexes);
}

std::shared_ptr<File> SealedSegment::writable_file() const {
  const std::lock_guard lock(mutex_);
  return written_;
}

LogResult<std::shared_ptr<const File>> SealedSegment::file(ReadWait wait) const {
  {
    const std::lock_guard lock(mutex_);
    if (written_) return std::shared_ptr<const File>(written_);
    if (opened_) return opened_;
    if (std::shared_ptr<const File> held = in_use_.lock()) return held;
  }
  if (wait == ReadWait::cached_only) return Err(file_not_open());
  auto opened = fs_.open(path(SegmentFileKind::log), OpenMode::read);
  if (!opened.ok()) return Err(storage_error(opened.error()));
  std::shared_ptr<const File> file = std::move(*opened);
  {
    const std::lock_guard lock(mutex_);
    if (auto held = in_use_.lock()) return held;  // another reader was faster
    opened_ = file;
    in_use_ = file;
  }
  open_files_.opened(weak_from_this());
  return file;
}

void SealedSegment::close_file() const {
  std::shared_ptr<const File> closed;  // destroyed, and thus closed, outside the lock
  const std::lock_guard lock(mutex_);
  closed.swap(opened_);
}

void SealedSegment::abandon() {
  stop_windows();
  std::shared_ptr<const File> opened;  // destroyed, and thus closed, outside the lock
  std::shared_ptr<File> written;
  const std::lock_guard lock(mutex_);
  opened.swap(opened_);
  written.swap(written_);
}

bool SealedSegment::file_in_use() const {
  const std::lock_guard lock(mutex_);
  return written_ != nullptr || !in_use_.expired();
}

LogResult<std::optional<OffsetIndexEntry>> SealedSegment::floor(Offset offset,
                                                                ReadWait wait) const {
  if (const auto memory = in_memory()) return memory->offsets.floor(offset);
  const auto is_before = [&](const OffsetIndexEntry& entry) { return entry.last_offset <= offset; };
  return floor_on_disk(is_before, wait);
}

LogResult<std::optional<OffsetIndexEntry>> SealedSegment::floor(Position position,
                                                                ReadWait wait) const {
  if (const auto memory = in_memory()) return memory->offsets.floor(position);
  const auto is_before = [&](const OffsetIndexEntry& entry) { return entry.position <= position; };
  return floor_on_disk(is_before, wait);
}

template <class IsBefore>
LogResult<std::optional<OffsetIndexEntry>> SealedSegment::floor_on_disk(IsBefore is_before,
                                                                        ReadWait wait) const {
  auto index = open_index(SegmentFileKind::offset_index, kOffsetIndexEntryBytes, wait);
  if (!index.ok()) return Err(index.error());
  auto found = search<OffsetIndexEntry>(
      index->get(), [&](const uint8_t* b) { return decode_offset_index_entry(base_offset_, b); },
      is_before);
  if (!found.ok() || !*found) return found;
  // Nothing protects an index file: what leads out of the segment is as good as no entry.
  const Position position = (*found)->position;
  if (position.value < 0 || position.value > size_) return std::optional<OffsetIndexEntry>();
  return found;
}

LogResult<std::optional<TimeIndexEntry>> SealedSegment::below(TimestampMs timestamp) const {
  if (const auto memory = in_memory()) return memory->times.below(timestamp);
  auto index = open_index(SegmentFileKind::time_index, kTimeIndexEntryBytes);
  if (!index.ok()) return Err(index.error());
  return search<TimeIndexEntry>(
      index->get(), [&](const uint8_t* b) { return decode_time_index_entry(base_offset_, b); },
      [&](const TimeIndexEntry& entry) { return entry.timestamp < timestamp; });
}

LogResult<std::optional<TimeIndexEntry>> SealedSegment::last_time_entry() const {
  if (const auto memory = in_memory()) return memory->times.last();
  auto index = open_index(SegmentFileKind::time_index, kTimeIndexEntryBytes);
  if (!index.ok()) return Err(index.error());
  return search<TimeIndexEntry>(
      index->get(), [&](const uint8_t* b) { return decode_time_index_entry(base_offset_, b); },
      [](const TimeIndexEntry&) { return true; });
}

LogResult<TimestampMs> SealedSegment::largest_timestamp() const {
  const int64_t known = largest_timestamp_.load(std::memory_order_relaxed);
  if (known != kUnknownTimestamp) return TimestampMs(known);
  auto last = last_time_entry();
  if (!last.ok()) return Err(last.error());
  const TimestampMs largest = *last ? (*last)->timestamp : kNoTimestamp;
  largest_timestamp_.store(largest.value, std::memory_order_relaxed);
  return largest;
}

LogResult<IndexSizes> SealedSegment::index_sizes() const {
  if (const auto memory = in_memory()) return memory->sizes();
  auto offsets = open_index(SegmentFileKind::offset_index, kOffsetIndexEntryBytes);
  if (!offsets.ok()) return Err(offsets.error());
  auto times = open_index(SegmentFileKind::time_index, kTimeIndexEntryBytes);
  if (!times.ok()) return Err(times.error());
  const auto bytes_of = [](const std::unique_ptr<IndexFile>& index, size_t entry_bytes) {
    return index == nullptr ? int64_t{0} : static_cast<int64_t>(index->size() * entry_bytes);
  };
  return IndexSizes{bytes_of(*offsets, kOffsetIndexEntryBytes),
                    bytes_of(*times, kTimeIndexEntryBytes)};
}

std::shared_ptr<const SegmentIndexes> SealedSegment::in_memory() const {
  const std::lock_guard lock(mutex_);
  return indexes_;
}

std::string SealedSegment::path(SegmentFileKind kind) const {
  return segment_file_path(folder_, base_offset_, kind);
}

LogResult<std::unique_ptr<IndexFile>> SealedSegment::open_index(SegmentFileKind kind,
                                                                size_t entry_bytes,
                                                                ReadWait wait) const {
  auto index = IndexFile::open(fs_, path(kind), entry_bytes, wait);
  if (!index.ok()) return Err(storage_error(index.error()));
  return std::move(*index);
}

}  // namespace odradek
