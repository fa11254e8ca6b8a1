#include "log/index_tail.h"

#include "base/assert.h"
#include "checksum/crc32c.h"
#include "log/segment_format.h"

namespace odradek {
namespace {

// Adds the entries of `index` up to `to->entries` to a file that has those of `*written`.
template <class Index>
FileResult<void> write_tail(FileSystem& fs, const std::string& path, const Index& index,
                            size_t entry_bytes, IndexFront* written, IndexFront* to) {
  const auto from = static_cast<size_t>(written->entries);
  const auto end = static_cast<size_t>(to->entries);
  ASSERT(from <= end && end <= index.size());
  // The file must be there, also without an entry.
  if (from < end || end == 0) {
    const std::vector<uint8_t> bytes = index.encode(from, end);
    auto file = fs.open(path, OpenMode::create);
    if (!file.ok()) return Err(file.error());
    const Position at(static_cast<int64_t>(from * entry_bytes));
    if (!bytes.empty()) RETURN_IF_ERROR((*file)->write_at(at, bytes));
    written->crc = crc32c_extend(written->crc, bytes);
    written->entries = to->entries;
  }
  to->crc = written->crc;
  return {};
}

}  // namespace

FileResult<void> IndexTail::write(FileSystem& fs, const std::string& folder,
                                  const std::shared_ptr<const SegmentIndexes>& indexes,
                                  ResumePoint* point) {
  const std::lock_guard lock(mutex_);
  const Offset base = indexes->offsets.base_offset();
  if (source_ != indexes) {
    source_ = indexes;
    offsets_ = times_ = IndexFront();
  }
  RETURN_IF_ERROR(write_tail(fs, segment_file_path(folder, base, SegmentFileKind::offset_index),
                             indexes->offsets, kOffsetIndexEntryBytes, &offsets_,
                             &point->offset_index));
  return write_tail(fs, segment_file_path(folder, base, SegmentFileKind::time_index),
                    indexes->times, kTimeIndexEntryBytes, &times_, &point->time_index);
}

}  // namespace odradek
