// The observers of one log. Telling them takes no lock beyond a pointer copy; removing one waits
// until it is not being told anything.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "log/partition_log.h"

namespace odradek {

class ObserverList {
 public:
  void add(HighWatermarkObserver* observer);
  // Returns when no call to the observer is under way. Not to be called from such a call.
  void remove(HighWatermarkObserver* observer);
  void tell(PartitionLog& log, Offset high_watermark);

 private:
  struct Entry {
    HighWatermarkObserver* observer;
    std::atomic<int> calls{0};
    std::atomic<bool> removed{false};
  };
  using Entries = std::vector<std::shared_ptr<Entry>>;

  std::mutex mutex_;  // held for pointer copies
  std::shared_ptr<const Entries> entries_;
  std::atomic<bool> any_{false};
};

}  // namespace odradek
