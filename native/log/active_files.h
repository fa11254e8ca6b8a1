// Counts the descriptors that active segments hold, and says when there are too many: a log whose
// segments are synced can do without until it is used again.
//
// Safe from any thread.
#pragma once

#include <algorithm>
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
  ActiveFiles(int64_t files_max, int64_t files_burst)
      : files_max_(files_max), files_burst_(std::max(files_max, files_burst)) {}

  // Called on the thread that opens one too many, perhaps under a log's lock: must only post. Set
  // before the first log.
  void on_excess(std::function<void()> callback) { excess_ = std::move(callback); }
  // A segment has opened its file. Returns its turn: the lowest has been open for the longest.
  int64_t opened() {
    if (open_.fetch_add(1, std::memory_order_relaxed) >= files_max_ && excess_) excess_();
    return turns_.fetch_add(1, std::memory_order_relaxed);
  }
  // True while so many are open that nobody should open more: asks for some to be let go of.
  bool is_backed_up() const {
    if (open() < files_burst_ || !excess_) return false;
    excess_();
    return true;
  }
  void closed() { open_.fetch_sub(1, std::memory_order_relaxed); }
  int64_t open() const { return open_.load(std::memory_order_relaxed); }
  int64_t files_max() const { return files_max_; }

 private:
  const int64_t files_max_;
  const int64_t files_burst_;
  std::function<void()> excess_;
  std::atomic<int64_t> open_{0};
  std::atomic<int64_t> turns_{0};
};

}  // namespace odradek
