#include "data_path/fetch_session.h"

#include "base/assert.h"

namespace odradek {

void FetchSession::update(const FetchRequest& request) {
  for (const FetchRequest::Topic& topic : request.topics) {
    for (uint32_t i = 0; i < topic.partition_count; ++i) {
      const FetchRequest::Partition& asked = request.partitions[topic.first_partition + i];
      if (SessionPartition* known = find({topic.name, topic.id, asked.index})) {
        known->asked = asked;
        continue;
      }
      partitions_.emplace_back();
      partitions_.back().topic = topic.name;
      partitions_.back().topic_id = topic.id;
      partitions_.back().asked = asked;
      index_.emplace(partitions_.back().key(), std::prev(partitions_.end()));
    }
  }
  for (const FetchRequest::Topic& topic : request.forgotten_topics) {
    for (uint32_t i = 0; i < topic.partition_count; ++i) {
      auto found =
          index_.find({topic.name, topic.id, request.forgotten[topic.first_partition + i]});
      if (found == index_.end()) continue;
      const Partitions::iterator partition = found->second;
      index_.erase(found);  // before the name that its key views
      partitions_.erase(partition);
    }
  }
  ASSERT(index_.size() == partitions_.size());
}

SessionPartition* FetchSession::find(const FetchKey& key) {
  auto found = index_.find(key);
  return found == index_.end() ? nullptr : &*found->second;
}

void FetchSession::move_to_end(const FetchKey& key) {
  auto found = index_.find(key);
  ASSERT(found != index_.end());
  partitions_.splice(partitions_.end(), partitions_, found->second);
}

}  // namespace odradek
