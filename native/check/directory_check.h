// Looks at a whole log directory, ours or Apache Kafka's, that nobody uses: its small files at
// once, its partitions one by one as the caller asks, several at a time. Opens everything for
// reading only and changes nothing.
//
// While it lives it shares the directory's lock, where there is a lock file: no broker starts on it
// meanwhile, and other checks may look too.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "check/finding.h"
#include "check/journal_check.h"
#include "check/partition_check.h"

namespace odradek {

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

class DirectoryCheck {
 public:
  // Errors, each a sentence: nothing there, not a log directory, in use, or not to be read.
  static LogResult<std::unique_ptr<DirectoryCheck>> open(FileSystem& fs, const std::string& path);

  const DirectoryReport& report() const { return report_; }
  // Checks one of report().partitions. From any thread, several at a time.
  LogResult<PartitionReport> check(size_t partition);
  // Bytes of partitions read so far by all checks.
  int64_t bytes_checked() const { return bytes_checked_.load(std::memory_order_relaxed); }

 private:
  DirectoryCheck(FileSystem& fs, std::string path) : fs_(fs), path_(std::move(path)) {}
  LogResult<bool> lock();
  LogResult<bool> look();
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
  std::atomic<int64_t> bytes_checked_{0};
};

}  // namespace odradek
