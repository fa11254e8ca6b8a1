#include "log/ahead_loader.h"

#include <utility>

#include "base/assert.h"

namespace odradek {

void AheadLoader::start(const std::vector<PartitionOnDisk>& partitions, Load load) {
  ASSERT(thread_ == nullptr && wanted_.empty());
  for (const auto& partition : partitions) wanted_[partition.topic_partition] = std::nullopt;
  thread_ = BackgroundThread::start(
      "odradek-ahead", [this, partitions, load = std::move(load)] { run(partitions, load); });
}

std::optional<LoadedPartition> AheadLoader::take(const TopicPartition& id) {
  const std::lock_guard lock(mutex_);
  const auto found = wanted_.extract(id);
  return found.empty() ? std::nullopt : std::move(found.mapped());
}

void AheadLoader::stop() {
  {
    const std::lock_guard lock(mutex_);
    wanted_.clear();
  }
  thread_ = nullptr;
}

void AheadLoader::run(const std::vector<PartitionOnDisk>& partitions, const Load& load) {
  for (const PartitionOnDisk& partition : partitions) {
    const TopicPartition& id = partition.topic_partition;
    {
      const std::lock_guard lock(mutex_);
      if (!wanted_.contains(id)) continue;
    }
    auto loaded = load(partition);
    if (!loaded.ok()) continue;
    // All of them may not be open at once.
    loaded->segments->active()->close_before_use();
    const std::lock_guard lock(mutex_);
    const auto found = wanted_.find(id);
    if (found != wanted_.end()) found->second = std::move(*loaded);
  }
}

}  // namespace odradek
