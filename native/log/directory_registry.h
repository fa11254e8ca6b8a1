// All log directories that this process has open, by device and inode, so that worker threads and
// several brokers or queues in one process share one engine instead of fighting for its lock.
//
// Threads: everything here may be called from any thread; acquire, close and the lease's destructor
// may wait for the disk or for another thread's open or close of the same directory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "log/log_directory.h"

namespace odradek {

// A counted share in an open directory.
class DirectoryLease {
 public:
  // Opens the directory, or joins the one that is open already (its first options then stay).
  static LogResult<std::unique_ptr<DirectoryLease>> acquire(const LogDirectoryOptions& options);
  // The partitions of that topic which are open in the directory at `path`, from 0 on; none where
  // this process does not have it open. Opens nothing, and what it returns keeps nothing open: once
  // the last lease is gone these logs are out of service, as any that outlive their directory.
  static std::vector<std::shared_ptr<PartitionLog>> find_logs(const FileSystem& file_system,
                                                              const std::string& path,
                                                              const std::string& topic,
                                                              const Uuid& topic_id);
  // Gives the share back if close() did not. If it was the last one, the directory is stopped
  // uncleanly: threads end, nothing is flushed, no marker is written.
  ~DirectoryLease();
  DirectoryLease(const DirectoryLease&) = delete;
  DirectoryLease& operator=(const DirectoryLease&) = delete;

  // Must not be called after close().
  LogDirectory& directory() const;
  // Gives the share back; the last one makes it a clean stop, of the broker with the largest epoch
  // that any share named. Idempotent.
  LogResult<bool> close(BrokerEpoch epoch = kNoBrokerEpoch);

 private:
  struct Entry;
  struct Registry;
  explicit DirectoryLease(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}
  static Registry& registry();
  static std::shared_ptr<Entry> begin_visit(const FileSystem& file_system, const std::string& path);
  static void end_visit(Entry& entry);
  LogResult<bool> release(bool clean, BrokerEpoch epoch);

  std::shared_ptr<Entry> entry_;  // empty once given back
};

}  // namespace odradek
