#include "data_path/partition_table.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace odradek {
namespace {

// Waiters of a retired entry look the partition up again, so the change must be visible first.
void retire(const std::vector<std::shared_ptr<PartitionEntry>>& entries) {
  for (const auto& entry : entries) entry->retire();
}

// Says of a partition that is not hosted whether it should be.
void mark(HostedTopic* topic, PartitionIndex partition, bool unavailable) {
  const auto index = static_cast<size_t>(partition.value);
  std::vector<bool>& marks = topic->unavailable;
  if (index >= marks.size() && unavailable) marks.resize(index + 1);
  if (index < marks.size()) marks[index] = unavailable;
}

}  // namespace

HostedPartitions::Entry HostedPartitions::put(size_t index, Entry entry) {
  const size_t at = index / kPieceSize;
  while (pieces_.size() <= at) pieces_.push_back(std::make_shared<const Piece>());
  auto changed = std::make_shared<Piece>(*pieces_[at]);
  Entry before = std::exchange((*changed)[index % kPieceSize], std::move(entry));
  pieces_[at] = std::move(changed);
  return before;
}

void HostedPartitions::collect(std::vector<Entry>* entries) const {
  for (const auto& piece : pieces_) {
    for (const Entry& entry : *piece) {
      if (entry != nullptr) entries->push_back(entry);
    }
  }
}

bool HostedPartitions::empty() const {
  return std::all_of(pieces_.begin(), pieces_.end(), [](const auto& piece) {
    return std::all_of(piece->begin(), piece->end(), [](const Entry& e) { return e == nullptr; });
  });
}

void PartitionTable::host(HostedPartition partition) {
  ASSERT(partition.log != nullptr && partition.partition.value >= 0);
  const auto index = static_cast<size_t>(partition.partition.value);
  Entries retired;
  {
    const std::lock_guard lock(mutex_);
    const auto before = known(partition.topic);
    auto after = successor(before, partition.topic, partition.topic_id, &retired);
    const auto& known_entry = after->partitions.find(index);
    if (known_entry != nullptr && known_entry->shared_log() == partition.log) {
      known_entry->change(partition.leader_epoch, partition.internal);
      return;
    }
    mark(after.get(), partition.partition, false);
    auto entry = std::make_shared<PartitionEntry>(std::move(partition), wakers_, after->traffic);
    entry->open();
    auto replaced = after->partitions.put(index, std::move(entry));
    if (replaced != nullptr) retired.push_back(std::move(replaced));
    publish(before, std::move(after));
  }
  retire(retired);
}

void PartitionTable::host_unavailable(const TopicPartition& id, const Uuid& topic_id) {
  ASSERT(id.partition.value >= 0);
  Entries retired;
  {
    const std::lock_guard lock(mutex_);
    const auto before = known(id.topic);
    auto after = successor(before, id.topic, topic_id, &retired);
    if (after->find(id.partition) != nullptr) {
      retired.push_back(after->partitions.put(static_cast<size_t>(id.partition.value), nullptr));
    }
    mark(after.get(), id.partition, true);
    publish(before, std::move(after));
  }
  retire(retired);
}

void PartitionTable::unhost(const TopicPartition& id) {
  std::shared_ptr<PartitionEntry> entry;
  {
    const std::lock_guard lock(mutex_);
    const auto before = known(id.topic);
    if (before == nullptr) return;
    entry = before->find(id.partition);
    if (entry == nullptr && !before->is_unavailable(id.partition)) return;
    auto after = std::make_shared<HostedTopic>(*before);
    if (entry != nullptr) after->partitions.put(static_cast<size_t>(id.partition.value), nullptr);
    mark(after.get(), id.partition, false);
    const bool empty = std::find(after->unavailable.begin(), after->unavailable.end(), true) ==
                           after->unavailable.end() &&
                       after->partitions.empty();
    publish(before, empty ? nullptr : std::move(after));
  }
  if (entry != nullptr) entry->retire();
}

// Null if nothing of it is hosted. mutex_ is held.
std::shared_ptr<const HostedTopic> PartitionTable::known(const std::string& topic) const {
  const auto found = topics_.find(topic);
  return found == topics_.end() ? nullptr : found->second;
}

// A copy to be changed, or a new topic; what a topic of the same name had goes to `retired`.
std::shared_ptr<HostedTopic> PartitionTable::successor(
    const std::shared_ptr<const HostedTopic>& before, const std::string& name, const Uuid& id,
    Entries* retired) const {
  if (before != nullptr && before->id == id) return std::make_shared<HostedTopic>(*before);
  if (before != nullptr) before->partitions.collect(retired);  // deleted and made anew
  auto after = std::make_shared<HostedTopic>();
  after->name = name;
  after->id = id;
  after->traffic = std::make_shared<TopicTraffic>(wakers_.size());
  return after;
}

Traffic PartitionTable::traffic(const std::string& topic) const {
  const std::lock_guard lock(mutex_);
  const auto hosted = known(topic);
  return hosted == nullptr ? Traffic{} : hosted->traffic->sum();
}

void PartitionTable::clear() {
  Entries retired;
  {
    const std::lock_guard lock(mutex_);
    while (!topics_.empty()) {
      const std::shared_ptr<const HostedTopic> topic = topics_.begin()->second;
      topic->partitions.collect(&retired);
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
