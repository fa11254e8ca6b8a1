#include "data_path/partition_table.h"

#include <algorithm>

#include "base/assert.h"

namespace odradek {
namespace {

using Entries = std::vector<std::shared_ptr<PartitionEntry>>;

// Waiters of a retired entry look the partition up again, so the change must be visible first.
void retire(const Entries& entries) {
  for (const auto& entry : entries) {
    if (entry != nullptr) entry->retire();
  }
}

}  // namespace

void PartitionTable::host(HostedPartition partition) {
  ASSERT(partition.log != nullptr && partition.partition.value >= 0);
  const auto index = static_cast<size_t>(partition.partition.value);
  Entries retired;
  std::shared_ptr<const HostedTopic> before;
  {
    const std::lock_guard lock(mutex_);
    auto found = topics_.find(partition.topic);
    if (found != topics_.end()) before = found->second;
    auto after = std::make_shared<HostedTopic>();
    if (before != nullptr && before->id == partition.topic_id) {
      *after = *before;
    } else {
      if (before != nullptr) retired = before->partitions;  // deleted and made anew
      after->name = partition.topic;
      after->id = partition.topic_id;
    }
    if (after->partitions.size() <= index) after->partitions.resize(index + 1);
    auto& slot = after->partitions[index];
    if (slot != nullptr && slot->shared_log() == partition.log) {
      slot->change(partition.leader_epoch, partition.internal);
      return;
    }
    if (slot != nullptr) retired.push_back(slot);
    slot = std::make_shared<PartitionEntry>(std::move(partition), wakers_);
    slot->open();
    publish(before, std::move(after));
  }
  retire(retired);
}

void PartitionTable::unhost(const TopicPartition& id) {
  std::shared_ptr<PartitionEntry> entry;
  {
    const std::lock_guard lock(mutex_);
    auto found = topics_.find(id.topic);
    if (found == topics_.end()) return;
    const std::shared_ptr<const HostedTopic> before = found->second;
    entry = before->find(id.partition);
    if (entry == nullptr) return;
    auto after = std::make_shared<HostedTopic>(*before);
    after->partitions[static_cast<size_t>(id.partition.value)].reset();
    const bool empty = std::all_of(after->partitions.begin(), after->partitions.end(),
                                   [](const auto& partition) { return partition == nullptr; });
    publish(before, empty ? nullptr : std::move(after));
  }
  entry->retire();
}

void PartitionTable::clear() {
  Entries retired;
  {
    const std::lock_guard lock(mutex_);
    while (!topics_.empty()) {
      const std::shared_ptr<const HostedTopic> topic = topics_.begin()->second;
      retired.insert(retired.end(), topic->partitions.begin(), topic->partitions.end());
      publish(topic, nullptr);
    }
  }
  retire(retired);
}

// mutex_ is held.
void PartitionTable::publish(const std::shared_ptr<const HostedTopic>& before,
                             const std::shared_ptr<const HostedTopic>& after) {
  if (before != nullptr && (after == nullptr || after->id != before->id)) {
    by_id_.put(before->id, nullptr);
  }
  if (after == nullptr) {
    ASSERT(before != nullptr);
    topics_.erase(before->name);
    by_name_.put(before->name, nullptr);
    return;
  }
  if (!after->id.is_zero()) by_id_.put(after->id, after);
  topics_[after->name] = after;
  by_name_.put(after->name, after);
}

}  // namespace odradek
