// Whether a log directory still works. The first failed read, write or flush ends that for good:
// what reached the disk is unknown then, so nothing is retried and nothing more acknowledged. A
// shortage is none, nor is a file that a deletion took from its reader, nor are damaged bytes.
//
// Safe from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "file/file_system.h"
#include "log/log_error.h"

namespace odradek {

class DirectoryHealth {
 public:
  bool online() const { return online_.load(std::memory_order_acquire); }
  // Empty while online; then the sentence of the first failure.
  std::string reason() const;

  // Takes the directory offline; only the first call counts. Runs the callbacks on this thread.
  void fail(const std::string& sentence);
  // A call that changes files or makes changes durable answered `error`: takes the directory
  // offline unless it is a shortage, which refused that one call. Returns what the caller answers.
  LogError change_failed(const FileError& error);
  // Called once when the directory fails, at once if it has failed already. Any number of them:
  // each environment that shares the directory has one.
  void on_offline(std::function<void(const std::string&)> callback);
  // For the directory itself: runs just before the callbacks. Set before the first thread runs.
  void on_failure(std::function<void()> callback);

 private:
  std::atomic<bool> online_{true};
  mutable std::mutex mutex_;
  std::string reason_;
  std::vector<std::function<void(const std::string&)>> callbacks_;
  std::function<void()> on_failure_;
};

}  // namespace odradek
