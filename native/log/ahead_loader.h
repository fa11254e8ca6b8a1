// Reads partitions ahead of their opening, on a thread of its own: after a clean stop the caller
// reads its metadata first, which takes one processor, and asks for all partitions then.
//
// Safe from any thread, but start() and stop() one after the other.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "log/background_thread.h"
#include "log/log_directory.h"
#include "log/partition_loader.h"

namespace odradek {

class AheadLoader {
 public:
  // Loads a partition without changing anything; what fails is left to whoever opens it.
  using Load = std::function<LogResult<LoadedPartition>(const PartitionOnDisk&)>;

  ~AheadLoader() { stop(); }

  // Begins, once; does nothing where the system has no thread left.
  void start(const std::vector<PartitionOnDisk>& partitions, Load load);
  // What was read of the partition, its file closed; nothing if that is still to come, and then it
  // is not read any more: the caller does it, or changes the folder.
  std::optional<LoadedPartition> take(const TopicPartition& id);
  // Returns when nothing is read any more, and forgets what was.
  void stop();

 private:
  void run(const std::vector<PartitionOnDisk>& partitions, const Load& load);

  std::mutex mutex_;
  std::map<TopicPartition, std::optional<LoadedPartition>> wanted_;  // not taken yet
  std::unique_ptr<BackgroundThread> thread_;
};

}  // namespace odradek
