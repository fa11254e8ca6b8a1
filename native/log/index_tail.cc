#include "log/index_tail.h"

#include "base/assert.h"
#include "log/segment_format.h"

namespace odradek {
namespace {

FileResult<void> write_tail(FileSystem& fs, const std::string& path, size_t at, ByteView bytes,
                            std::vector<std::unique_ptr<File>>* written) {
  auto file = fs.open(path, OpenMode::create);
  if (!file.ok()) return Err(file.error());
  if (!bytes.empty()) {
    RETURN_IF_ERROR((*file)->write_at(Position(static_cast<int64_t>(at)), bytes));
  }
  written->push_back(std::move(*file));
  return {};
}

}  // namespace

FileResult<void> IndexTail::write(FileSystem& fs, const std::string& folder,
                                  const SegmentIndexes& indexes, size_t offset_entries,
                                  size_t time_entries,
                                  std::vector<std::unique_ptr<File>>* written) {
  const Offset base = indexes.offsets.base_offset();
  ASSERT(offset_entries <= indexes.offsets.size() && time_entries <= indexes.times.size());
  const bool new_files = base_ != base;
  const size_t offsets_from = new_files ? 0 : offset_entries_;
  const size_t times_from = new_files ? 0 : time_entries_;
  ASSERT(offsets_from <= offset_entries && times_from <= time_entries);
  // Both files must be there, also without an entry.
  if (new_files || offsets_from < offset_entries) {
    RETURN_IF_ERROR(write_tail(fs, segment_file_path(folder, base, SegmentFileKind::offset_index),
                               offsets_from * kOffsetIndexEntryBytes,
                               indexes.offsets.encode(offsets_from, offset_entries), written));
  }
  if (new_files || times_from < time_entries) {
    RETURN_IF_ERROR(write_tail(fs, segment_file_path(folder, base, SegmentFileKind::time_index),
                               times_from * kTimeIndexEntryBytes,
                               indexes.times.encode(times_from, time_entries), written));
  }
  base_ = base;
  offset_entries_ = offset_entries;
  time_entries_ = time_entries;
  return {};
}

}  // namespace odradek
