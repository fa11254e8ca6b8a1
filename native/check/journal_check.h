// Checks the journal of an unclean directory as its replay would read it, and writes nothing.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "check/finding.h"
#include "file/file_system.h"
#include "log/journal_replay.h"

namespace odradek {

// What a journal holds.
struct JournalReport {
  bool there = false;
  int64_t entries = 0;      // that a replay takes
  int64_t bytes = 0;        // that were read
  int64_t entry_bytes = 0;  // of batches that it would bring to segments
};

// `path` is the log directory. Errors only from the disk.
LogResult<JournalReport> check_journal(FileSystem& fs, const std::string& path,
                                       const FolderOfPartition& folder_of, Findings* findings);

}  // namespace odradek
