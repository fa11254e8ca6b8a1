// Brings what the journal of an unclean directory says into the segments, and syncs them: from then
// on the segments alone hold all that was acknowledged, and the journal may begin anew. Replaying
// twice, or a replay that was cut off, changes nothing more.
//
// Takes entries of one run, in order, up to the first that is torn. Holds the journal's parts in
// memory while it runs.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "file/file_system.h"
#include "log/directory_health.h"
#include "log/journal_format.h"
#include "log/log_error.h"

namespace odradek {

// What a replay found and did.
struct JournalReplayReport {
  int64_t entries = 0;        // that were found
  int64_t bytes_written = 0;  // to segments, most of which may have held them
};

// The folder of a partition; nothing if it is not in this directory.
using FolderOfPartition = std::function<std::optional<std::string>(const Uuid&, PartitionIndex)>;

// `path` is the log directory. A directory without a journal is replayed already. An error says
// what is damaged: a journal without a readable start, an entry whose partition is gone, a hole in
// a segment below an entry, a part that is missing; or which call failed. A failed write or sync is
// told to `health`: the directory must not be tried again in this process.
LogResult<JournalReplayReport> replay_journal(FileSystem& fs, DirectoryHealth& health,
                                              const std::string& path,
                                              const FolderOfPartition& folder_of);

}  // namespace odradek
