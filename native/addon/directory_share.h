// One environment's share in a log directory, safe to use from background tasks while another task
// closes it: a user holds the share's lock, close() waits for the users there are and lets no new
// one in.
#pragma once

#include <memory>
#include <shared_mutex>
#include <utility>

#include "log/directory_registry.h"

namespace odradek {

class DirectoryShare {
 public:
  // Wraps a lease. Dropping the last pointer gives it back in the background, never here: that may
  // wait for a disk.
  static std::shared_ptr<DirectoryShare> wrap(std::unique_ptr<DirectoryLease> lease);

  // The directory while the pair lives; nullptr once closed, or if `wait` is false and a close is
  // under way. The environment's thread never waits.
  std::pair<std::shared_lock<std::shared_mutex>, LogDirectory*> use(bool wait);
  // Waits for present users and the disk. Idempotent.
  LogResult<bool> close();

 private:
  explicit DirectoryShare(std::unique_ptr<DirectoryLease> lease) : lease_(std::move(lease)) {}

  std::shared_mutex mutex_;
  std::unique_ptr<DirectoryLease> lease_;   // guarded by mutex_; empty once closed
};

using SharedDirectory = std::shared_ptr<DirectoryShare>;

// The error of every call on a closed directory.
LogError directory_closed();

}  // namespace odradek
