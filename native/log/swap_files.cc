#include "log/swap_files.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/assert.h"
#include "log/header_cursor.h"
#include "log/partition_folder.h"
#include "log/segment_format.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

struct NamedFile {
  std::string name;
  SegmentFileName parsed;
};

// Offsets [begin, end) that segments cover.
struct OffsetRange {
  Offset begin{INT64_MAX};
  Offset end{0};
};

LogResult<std::vector<NamedFile>> list_segment_files(FileSystem& fs, const std::string& folder) {
  auto entries = fs.list(folder);
  if (!entries.ok()) return Err(storage_error(entries.error()));
  std::vector<NamedFile> files;
  for (const DirectoryEntry& entry : *entries) {
    if (auto parsed = parse_segment_file_name(entry.name)) files.push_back({entry.name, *parsed});
  }
  return files;
}

// The offset behind the last batch of a `.log` file, whatever its suffix.
LogResult<Offset> next_offset(FileSystem& fs, const std::string& path, Offset base_offset) {
  auto file = fs.open(path, OpenMode::read);
  if (!file.ok()) return Err(storage_error(file.error()));
  auto size = (*file)->size();
  if (!size.ok()) return Err(storage_error(size.error()));
  HeaderCursor cursor(**file, Position(0), Position(*size));
  Offset next = base_offset;
  for (;;) {
    auto more = cursor.next();
    if (!more.ok()) return Err(more.error());
    if (!*more) return next;
    next = cursor.header().next_offset();
  }
}

LogResult<bool> remove_files(FileSystem& fs, const std::string& folder,
                             std::vector<NamedFile>* files, SegmentFileState state, Offset from) {
  for (const NamedFile& file : *files) {
    if (file.parsed.state != state || file.parsed.base_offset < from) continue;
    RETURN_IF_FILE_ERROR(remove_if_there(fs, folder + "/" + file.name));
  }
  std::erase_if(*files, [&](const NamedFile& file) {
    return file.parsed.state == state && file.parsed.base_offset >= from;
  });
  return true;
}

LogResult<OffsetRange> swapped_range(FileSystem& fs, const std::string& folder,
                                     const std::vector<NamedFile>& files) {
  OffsetRange range;
  for (const NamedFile& file : files) {
    if (file.parsed.state != SegmentFileState::swap) continue;
    if (file.parsed.kind != SegmentFileKind::log) continue;
    auto end = next_offset(fs, folder + "/" + file.name, file.parsed.base_offset);
    if (!end.ok()) return Err(end.error());
    range.begin = std::min(range.begin, file.parsed.base_offset);
    range.end = std::max(range.end, *end);
  }
  return range;
}

// Index files whose segment was taken away before they were: they tell of what is replaced.
LogResult<bool> remove_orphans(FileSystem& fs, const std::string& folder,
                               const std::vector<NamedFile>& files, const OffsetRange& range) {
  for (const NamedFile& file : files) {
    const SegmentFileKind kind = file.parsed.kind;
    const Offset base = file.parsed.base_offset;
    if (file.parsed.state != SegmentFileState::live) continue;
    if (kind == SegmentFileKind::log || kind == SegmentFileKind::snapshot) continue;
    if (base < range.begin || base >= range.end) continue;
    const bool has_log = std::any_of(files.begin(), files.end(), [&](const NamedFile& other) {
      return other.parsed.state == SegmentFileState::live &&
             other.parsed.kind == SegmentFileKind::log && other.parsed.base_offset == base;
    });
    if (!has_log) RETURN_IF_FILE_ERROR(remove_if_there(fs, folder + "/" + file.name));
  }
  return true;
}

LogResult<bool> remove_replaced(FileSystem& fs, const std::string& folder,
                                const std::vector<NamedFile>& files, const OffsetRange& range) {
  for (const NamedFile& file : files) {
    const Offset base = file.parsed.base_offset;
    if (file.parsed.state != SegmentFileState::live) continue;
    if (file.parsed.kind != SegmentFileKind::log) continue;
    if (base < range.begin || base >= range.end) continue;
    // Also one that reaches beyond them: what is behind was cleaned away.
    RETURN_IF_FILE_ERROR(remove_segment_files(fs, folder, base));
  }
  return true;
}

}  // namespace

LogResult<bool> complete_swaps(FileSystem& fs, const std::string& folder) {
  auto files = list_segment_files(fs, folder);
  if (!files.ok()) return Err(files.error());
  Offset lowest_cleaned(INT64_MAX);
  bool any = false;
  for (const NamedFile& file : *files) {
    const SegmentFileState state = file.parsed.state;
    any = any || state == SegmentFileState::cleaned || state == SegmentFileState::swap;
    if (state != SegmentFileState::cleaned) continue;
    lowest_cleaned = std::min(lowest_cleaned, file.parsed.base_offset);
  }
  if (!any) return true;
  // Swaps before cleaned files: the other way round, a crash would take half a split for whole.
  RETURN_IF_ERROR(remove_files(fs, folder, &*files, SegmentFileState::swap, lowest_cleaned));
  RETURN_IF_FILE_ERROR(fs.sync_directory(folder));
  RETURN_IF_ERROR(remove_files(fs, folder, &*files, SegmentFileState::cleaned, Offset(0)));
  auto range = swapped_range(fs, folder, *files);
  if (!range.ok()) return Err(range.error());
  RETURN_IF_ERROR(remove_replaced(fs, folder, *files, *range));
  RETURN_IF_ERROR(remove_orphans(fs, folder, *files, *range));
  RETURN_IF_FILE_ERROR(fs.sync_directory(folder));
  for (const NamedFile& file : *files) {
    if (file.parsed.state != SegmentFileState::swap) continue;
    const std::string target = segment_file_path(folder, file.parsed.base_offset, file.parsed.kind);
    ASSERT(folder + "/" + file.name != target);
    RETURN_IF_FILE_ERROR(fs.rename(folder + "/" + file.name, target));
  }
  RETURN_IF_FILE_ERROR(fs.sync_directory(folder));
  return true;
}

}  // namespace odradek
