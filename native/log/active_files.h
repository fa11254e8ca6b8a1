// Counts the descriptors that active segments hold, and says when there are too many: a log whose
// segments are synced can do without until it is used again.
//
// Safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

namespace odradek {

// Why a log keeps the file of its active segment: nothing (it has none open), something to sync, or
// windows that appends are copied into.
enum class ActiveFileUse { none, unsynced, busy };

class ActiveFiles {
 public:
  explicit ActiveFiles(int64_t files_max) : files_max_(files_max) {}

  // Called on the thread that opens one too many, perhaps under a log's lock: must only post. Set
  // before the first log.
  void on_excess(std::function<void()> callback) { excess_ = std::move(callback); }
  // A segment has opened its file. Returns its turn: the lowest has been open for the longest.
  int64_t opened() {
    if (open_.fetch_add(1, std::memory_order_relaxed) >= files_max_ && excess_) excess_();
    return turns_.fetch_add(1, std::memory_order_relaxed);
  }
  void closed() { open_.fetch_sub(1, std::memory_order_relaxed); }
  int64_t open() const { return open_.load(std::memory_order_relaxed); }
  int64_t files_max() const { return files_max_; }

 private:
  const int64_t files_max_;
  std::function<void()> excess_;
  std::atomic<int64_t> open_{0};
  std::atomic<int64_t> turns_{0};
};

}  // namespace odradek
