// Which partitions are hosted: topic name or id -> partitions. Written by the control plane, read
// by every reactor for every request.
//
// The table is cut into shards, each an immutable map that a change replaces. A reactor keeps its
// own references to the maps (PartitionView) and looks at a shard's version number before it uses
// one: a lookup takes no lock and writes nothing unless the shard has changed.
//
// Threads: PartitionTable may be used from any thread; a PartitionView belongs to one.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data_path/partition_entry.h"

namespace odradek {

// Entries by the index of their partition. A copy shares all pieces but those that are changed
// afterwards: a topic of thousands of partitions is hosted one after the other.
class HostedPartitions {
 public:
  using Entry = std::shared_ptr<PartitionEntry>;

  // Null if there is none.
  const Entry& find(size_t index) const {
    static const Entry* const none = new Entry;
    const size_t piece = index / kPieceSize;
    return piece < pieces_.size() ? (*pieces_[piece])[index % kPieceSize] : *none;
  }
  // Returns what stood there.
  Entry put(size_t index, Entry entry);
  // Adds all that are not null.
  void collect(std::vector<Entry>* entries) const;
  bool empty() const;

 private:
  static constexpr size_t kPieceSize = 64;
  using Piece = std::array<Entry, kPieceSize>;
  std::vector<std::shared_ptr<const Piece>> pieces_;
};

// The hosted partitions of one topic. Immutable.
struct HostedTopic {
  std::string name;
  Uuid id;
  HostedPartitions partitions;            // null: not hosted
  std::vector<bool> unavailable;          // by index; true: not hosted, though it should be
  std::shared_ptr<TopicTraffic> traffic;  // never null

  // Null if it is not hosted.
  const std::shared_ptr<PartitionEntry>& find(PartitionIndex index) const {
    return partitions.find(index.value < 0 ? SIZE_MAX : static_cast<size_t>(index.value));
  }
  bool is_unavailable(PartitionIndex index) const {
    return index.value >= 0 && static_cast<size_t>(index.value) < unavailable.size() &&
           unavailable[static_cast<size_t>(index.value)];
  }
  // What a client is told of a partition that find() does not have.
  ErrorCode error_of(PartitionIndex index) const {
    return is_unavailable(index) ? ErrorCode::kafka_storage_error
                                 : ErrorCode::unknown_topic_or_partition;
  }
};

// Hash of a text that also takes views, so that a lookup makes no string.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// Key -> topic in shards, see above.
template <class Key, class KeyView, class Hash, class Equal>
class TopicShards {
 public:
  using Map = std::unordered_map<Key, std::shared_ptr<const HostedTopic>, Hash, Equal>;
  static constexpr size_t kShards = 64;

  // Puts `topic` under `key`, or removes the key if it is null.
  void put(const Key& key, std::shared_ptr<const HostedTopic> topic) {
    Shard& shard = shards_[index_of(key)];
    const std::lock_guard lock(shard.mutex);
    auto changed = std::make_shared<Map>(*shard.map);
    if (topic == nullptr) {
      changed->erase(key);
    } else {
      (*changed)[key] = std::move(topic);
    }
    shard.map = std::move(changed);
    shard.version.fetch_add(1, std::memory_order_release);
  }

  // A reader's references to the shards.
  class View {
   public:
    explicit View(const TopicShards& shards) : shards_(shards) {}
    // Null if there is none. Valid until the next call.
    const HostedTopic* find(KeyView key) {
      const size_t index = index_of(key);
      const Shard& shard = shards_.shards_[index];
      Seen& seen = seen_[index];
      if (seen.map == nullptr || seen.version != shard.version.load(std::memory_order_acquire)) {
        const std::lock_guard lock(shard.mutex);
        seen.map = shard.map;
        seen.version = shard.version.load(std::memory_order_relaxed);
      }
      auto found = seen.map->find(key);
      return found == seen.map->end() ? nullptr : found->second.get();
    }

   private:
    struct Seen {
      uint64_t version = 0;
      std::shared_ptr<const Map> map;
    };
    const TopicShards& shards_;
    std::array<Seen, kShards> seen_;
  };

 private:
  struct Shard {
    mutable std::mutex mutex;
    std::shared_ptr<const Map> map = std::make_shared<const Map>();  // guarded by mutex
    std::atomic<uint64_t> version{0};
  };
  // The map's own buckets use the low bits.
  static size_t index_of(KeyView key) { return (Hash{}(key) >> 48) % kShards; }

  std::array<Shard, kShards> shards_;
};

// The writing side. Changes are rare and take a lock; what they replace is retired after the change
// is visible, so that whoever is woken by it looks up the new state.
class PartitionTable {
 public:
  // One waker per reactor; they must outlive the table.
  explicit PartitionTable(std::vector<PartitionWaker*> wakers) : wakers_(std::move(wakers)) {}
  ~PartitionTable() { clear(); }

  // Adds or replaces a partition; returns once every later lookup sees it.
  void host(HostedPartition partition);
  // The partition is ours, but its log cannot be opened: clients are told so.
  void host_unavailable(const TopicPartition& id, const Uuid& topic_id);
  // Removes it; does nothing if it is not there.
  void unhost(const TopicPartition& id);
  // Removes all.
  void clear();
  // Counts since the topic was hosted; zeros if it is not.
  Traffic traffic(const std::string& topic) const;

 private:
  friend class PartitionView;
  using ByName = TopicShards<std::string, std::string_view, TextHash, std::equal_to<>>;
  using ById = TopicShards<Uuid, const Uuid&, std::hash<Uuid>, std::equal_to<>>;

  using Entries = std::vector<std::shared_ptr<PartitionEntry>>;

  std::shared_ptr<const HostedTopic> known(const std::string& topic) const;
  std::shared_ptr<HostedTopic> successor(const std::shared_ptr<const HostedTopic>& before,
                                         const std::string& name, const Uuid& id,
                                         Entries* retired) const;
  // Puts `after` (null: nothing) in the place of `before` (null: nothing) in all maps.
  void publish(const std::shared_ptr<const HostedTopic>& before,
               const std::shared_ptr<const HostedTopic>& after);

  const std::vector<PartitionWaker*> wakers_;
  mutable std::mutex mutex_;  // one change at a time
  std::unordered_map<std::string, std::shared_ptr<const HostedTopic>> topics_;  // guarded by mutex_
  ByName by_name_;
  ById by_id_;
};

// One reactor's look into the table.
class PartitionView {
 public:
  // `table` must outlive the view.
  explicit PartitionView(const PartitionTable& table)
      : by_name_(table.by_name_), by_id_(table.by_id_) {}
  // Null if no partition of it is hosted. Valid until the next call.
  const HostedTopic* find(std::string_view name) { return by_name_.find(name); }
  const HostedTopic* find(const Uuid& id) { return by_id_.find(id); }

 private:
  PartitionTable::ByName::View by_name_;
  PartitionTable::ById::View by_id_;
};

}  // namespace odradek
