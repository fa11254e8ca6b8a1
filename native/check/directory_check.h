// Looks at a whole log directory, ours or Apache Kafka's, that nobody uses: its small files at
// once, its partitions one by one as the caller asks, several at a time. Opens everything for
// reading only and changes nothing.
//
// While it lives it shares the directory's lock, where there is a lock file: no broker starts on it
// meanwhile, and other checks may look too.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "check/finding.h"
#include "check/journal_check.h"
#include "check/partition_check.h"

namespace odradek {

// The cleaner's own, which Odradek only reads; form and place as of the others.
inline constexpr const char* kCleanerCheckpoint = "cleaner-offset-checkpoint";

// A partition folder that may be checked.
struct PartitionToCheck {
  PartitionFacts facts;
  int64_t bytes = 0;  // of its files, for a progress bar
};

// What the directory's own files say.
struct DirectoryReport {
  bool clean = false;  // the last stop was: the marker is there, and no journal
  int64_t bytes = 0;   // of the files that were read
  JournalReport journal;
  std::vector<PartitionToCheck> partitions;  // by name
  Findings findings;
};

// How the directory is kept from others.
enum class CheckLock : uint8_t {
  shared,  // with other checks; nothing is written
  alone,   // for a repair: makes the lock file if there is none
};

class DirectoryCheck {
 public:
  // Errors, each a sentence: nothing there, not a log directory, in use, or not to be read.
  static LogResult<std::unique_ptr<DirectoryCheck>> open(FileSystem& fs, const std::string& path,
                                                         CheckLock lock = CheckLock::shared);

  const DirectoryReport& report() const { return report_; }
  // Reads the directory's own files anew; no check of a partition may be under way.
  LogResult<bool> look();
  // Where a partition lies, by its identity.
  std::optional<std::string> folder_of(const Uuid& topic_id, PartitionIndex partition) const;
  // Checks one of report().partitions. From any thread, several at a time.
  LogResult<PartitionReport> check(size_t partition);
  // Gives the directory's lock back before the end; checks that run read on. One caller.
  void unlock() { lock_ = nullptr; }
  // Bytes of partitions read so far by all checks.
  int64_t bytes_checked() const { return bytes_checked_.load(std::memory_order_relaxed); }

 private:
  DirectoryCheck(FileSystem& fs, std::string path) : fs_(fs), path_(std::move(path)) {}
  LogResult<bool> lock(CheckLock how);
  LogResult<bool> check_identity();
  LogResult<bool> check_marker();
  LogResult<bool> check_checkpoints();
  LogResult<bool> find_partitions();
  LogResult<bool> check_journal_of_partitions();
  void add(FindingKind kind, const std::string& file, std::string reason);

  FileSystem& fs_;
  const std::string path_;
  std::unique_ptr<FileLock> lock_;  // null where there is no lock file
  DirectoryReport report_;
  std::map<std::pair<Uuid, PartitionIndex>, std::string> folders_;
  std::atomic<int64_t> bytes_checked_{0};
};

}  // namespace odradek
