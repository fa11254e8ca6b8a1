// One fetch session (KIP-227): the partitions that a consumer fetches again and again, so that its
// requests name only what changed and the answers only what is new.
//
// Order: partitions are served first to last; one of an incremental answer that returned records
// goes to the end, so that every partition gets its share of a limited answer.
//
// Threads: any number of connections may name one session. Everything is guarded by `mutex()`.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "data_path/fetch_request.h"
#include "data_path/partition_entry.h"
#include "log/partition_log.h"

namespace odradek {

// Names a partition as the client does: by topic name, or by topic id with an empty name.
struct FetchKey {
  std::string_view topic;
  Uuid topic_id;
  PartitionIndex partition;
  bool operator==(const FetchKey&) const = default;
};

// Hash of a FetchKey by its topic (name or id) and partition.
struct FetchKeyHash {
  size_t operator()(const FetchKey& key) const {
    const size_t topic = key.topic.empty() ? std::hash<Uuid>{}(key.topic_id)
                                           : std::hash<std::string_view>{}(key.topic);
    return topic * 31 + static_cast<size_t>(key.partition.value);
  }
};

// Where a sequential reader of one partition stands.
struct FetchHint {
  uint64_t entry_serial = 0;  // of the PartitionEntry that `position` belongs to
  ReadHint position;
};

// What a session knows of one partition.
struct SessionPartition {
  std::string topic;  // as the client named it; owns what the key views
  Uuid topic_id;
  FetchRequest::Partition asked;
  // As last answered; a difference is news.
  Offset high_watermark = kNoOffset;
  Offset last_stable_offset = kNoOffset;
  Offset log_start_offset = kNoOffset;
  FetchHint hint;
  std::weak_ptr<PartitionEntry> entry;  // found by an earlier request; may be retired

  FetchKey key() const { return {topic, topic_id, asked.index}; }
};

// Shared by the cache and the requests at work with it: a request holds a reference while it waits,
// the lock only while it reads or writes. Pointers into the partitions stay valid as long as the
// epoch does not change, because only update() removes any and every update turns the epoch.
class FetchSession {
 public:
  using Partitions = std::list<SessionPartition>;

  FetchSession(int32_t id, bool by_topic_id, bool privileged, int64_t now_ms)
      : id_(id), by_topic_id_(by_topic_id), privileged_(privileged), created_ms_(now_ms) {}

  int32_t id() const { return id_; }
  bool by_topic_id() const { return by_topic_id_; }
  bool is_privileged() const { return privileged_; }  // a follower's
  int64_t created_ms() const { return created_ms_; }

  std::mutex& mutex() { return mutex_; }
  // Guarded by mutex() from here on.

  // The epoch that the next request must carry.
  int32_t epoch() const { return epoch_; }
  void next_epoch() { epoch_ = epoch_after(epoch_); }
  // Epochs count from 1 and turn over to 1: 0 and -1 mean something else in a request.
  static int32_t epoch_after(int32_t epoch) { return epoch == INT32_MAX ? 1 : epoch + 1; }

  // In the order in which they are served.
  Partitions& partitions() { return partitions_; }
  size_t size() const { return partitions_.size(); }
  // Adds the request's partitions or renews what is asked of them, and drops the forgotten ones.
  void update(const FetchRequest& request);
  // Null if the session does not have it.
  SessionPartition* find(const FetchKey& key);
  // Serves the partition last from now on.
  void move_to_end(const FetchKey& key);

 private:
  const int32_t id_;
  const bool by_topic_id_;
  const bool privileged_;
  const int64_t created_ms_;
  std::mutex mutex_;
  int32_t epoch_ = 1;
  // Invariant: index_ has exactly the keys of partitions_, viewing their topic names.
  Partitions partitions_;
  std::unordered_map<FetchKey, Partitions::iterator, FetchKeyHash> index_;
};

}  // namespace odradek
