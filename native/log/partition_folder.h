// What lies in a partition's folder, by name only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "file/file_system.h"
#include "log/log_error.h"
#include "log/segment_format.h"

namespace odradek {

struct PartitionFolder {
  std::vector<Offset> segments;      // base offsets with a `.log` file, ascending
  std::vector<Offset> snapshots;     // offsets with a `.snapshot` file, ascending
  std::vector<std::string> deleted;  // `….deleted`: to be removed some time
  std::vector<std::string> useless;  // to be removed before anything is written
  bool swaps = false;                // there are files for complete_swaps()
};

// Reads the folder's names. Changes nothing.
LogResult<PartitionFolder> list_partition_folder(const FileSystem& fs, const std::string& folder);

// Removes the files of a segment (not its snapshot), the `.log` last.
FileResult<void> remove_segment_files(FileSystem& fs, const std::string& folder,
                                      Offset base_offset);

// Makes files of partition folders durable together, and the `partition.metadata` of folders that
// are new, which is opened only where not the whole file system is synced: true then, and names are
// durable too.
FileResult<bool> sync_with_metadata(FileSystem& fs, const std::string& root,
                                    std::vector<std::shared_ptr<File>> files,
                                    const std::vector<std::string>& new_folders);

// Removes a file; one that is gone already is success.
FileResult<void> remove_if_there(FileSystem& fs, const std::string& path);

}  // namespace odradek
