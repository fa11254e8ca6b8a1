// One environment's share in a log directory, safe to use from background tasks while another task
// closes it: who uses it holds a DirectoryUse, close() lets no new one begin and waits for those
// there are.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "log/directory_registry.h"

namespace odradek {

class DirectoryShare;
using SharedDirectory = std::shared_ptr<DirectoryShare>;

// The directory, open as long as this lives. Moves between threads.
class DirectoryUse {
 public:
  DirectoryUse() = default;
  DirectoryUse(DirectoryUse&&) noexcept = default;
  DirectoryUse& operator=(DirectoryUse&&) = delete;
  ~DirectoryUse();

  // False where the share is closed, or being closed.
  explicit operator bool() const { return share_ != nullptr; }
  LogDirectory& operator*() const;
  LogDirectory* operator->() const { return &**this; }

 private:
  friend class DirectoryShare;
  explicit DirectoryUse(SharedDirectory share) : share_(std::move(share)) {}

  SharedDirectory share_;
};

// Any thread; only close() waits.
class DirectoryShare : public std::enable_shared_from_this<DirectoryShare> {
 public:
  // Wraps a lease. Dropping the last pointer gives it back in the background, never here: that may
  // wait for a disk.
  static SharedDirectory wrap(std::unique_ptr<DirectoryLease> lease);

  // One that is closed from the start.
  static SharedDirectory none();

  // What begins before begin_close() is waited for, what comes later gets an empty one.
  DirectoryUse use();
  // False if it was begun before.
  bool begin_close();
  // Once, after begin_close(): waits for present users and the disk.
  LogResult<bool> close(BrokerEpoch epoch);

 private:
  friend class DirectoryUse;
  explicit DirectoryShare(std::unique_ptr<DirectoryLease> lease) : lease_(std::move(lease)) {}
  void end_use();

  std::mutex mutex_;
  std::condition_variable idle_;
  int users_ = 0;                          // guarded by mutex_
  bool closing_ = false;                   // guarded by mutex_
  std::unique_ptr<DirectoryLease> lease_;  // close() takes it away, when there are no users
};

// The error of every call on a closed directory.
LogError directory_closed();

}  // namespace odradek
