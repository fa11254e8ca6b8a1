#include "log/partition_folder.h"

#include <algorithm>
#include <utility>

#include "log/partition_metadata.h"
#include "log/storage_error.h"

namespace odradek {

LogResult<PartitionFolder> list_partition_folder(const FileSystem& fs, const std::string& folder) {
  auto entries = fs.list(folder);
  if (!entries.ok()) return Err(storage_error(entries.error()));
  PartitionFolder found;
  std::vector<std::pair<Offset, std::string>> indexes;
  for (const DirectoryEntry& entry : *entries) {
    const auto name = parse_segment_file_name(entry.name);
    if (!name) {
      // What an interrupted replace_file left of a checkpoint.
      if (entry.name.ends_with(".tmp")) found.useless.push_back(entry.name);
    } else if (name->state == SegmentFileState::deleted) {
      found.deleted.push_back(entry.name);
    } else if (name->state != SegmentFileState::live) {
      found.swaps = true;
    } else if (name->kind == SegmentFileKind::log) {
      found.segments.push_back(name->base_offset);
    } else if (name->kind == SegmentFileKind::snapshot) {
      found.snapshots.push_back(name->base_offset);
    } else {
      indexes.emplace_back(name->base_offset, entry.name);
    }
  }
  std::sort(found.segments.begin(), found.segments.end());
  std::sort(found.snapshots.begin(), found.snapshots.end());
  for (const auto& [base, name] : indexes) {
    if (!std::binary_search(found.segments.begin(), found.segments.end(), base)) {
      found.useless.push_back(name);
    }
  }
  return found;
}

FileResult<void> remove_segment_files(FileSystem& fs, const std::string& folder,
                                      Offset base_offset) {
  for (const SegmentFileKind kind : {SegmentFileKind::offset_index, SegmentFileKind::time_index,
                                     SegmentFileKind::aborted_index, SegmentFileKind::log}) {
    RETURN_IF_ERROR(remove_if_there(fs, segment_file_path(folder, base_offset, kind)));
  }
  return {};
}

FileResult<bool> sync_with_metadata(FileSystem& fs, const std::string& root,
                                    std::vector<std::shared_ptr<File>> files,
                                    const std::vector<std::string>& new_folders) {
  auto at_once = sync_at_once(fs, root, files.size() + new_folders.size());
  if (!at_once.ok() || *at_once) return at_once;
  for (const std::string& folder : new_folders) {
    auto file = fs.open(folder + "/" + kPartitionMetadataFile, OpenMode::read_write);
    if (file.ok()) {
      files.push_back(std::move(*file));
    } else if (file.error().kind != FileErrorKind::not_found) {  // a topic without an id has none
      return Err(file.error());
    }
  }
  return sync_files(fs, root, files);
}

FileResult<void> remove_if_there(FileSystem& fs, const std::string& path) {
  FileResult<void> removed = fs.remove_file(path);
  if (!removed.ok() && removed.error().kind == FileErrorKind::not_found) return {};
  return removed;
}

}  // namespace odradek
