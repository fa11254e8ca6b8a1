// Who is connected, for the control plane: connection -> addresses. Connection ids carry the index
// of their reactor, so that an answer finds its way without a lookup.
//
// Threads: safe from any thread.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "data_path/broker_data_path.h"
#include "data_path/partition_entry.h"

namespace odradek {

// Written at each accept and close, read when the control plane wants to know whom it serves: rare
// enough for one lock.
class ConnectionDirectory {
 public:
  // A fresh id, never used before in this process, below 2^53 for ten thousand connections a second
  // over centuries.
  static ConnectionId new_id(size_t reactor) {
    static std::atomic<uint64_t> last{0};
    return (last.fetch_add(1, std::memory_order_relaxed) + 1) * kReactorsMax + reactor;
  }
  static size_t reactor_of(ConnectionId id) { return id % kReactorsMax; }

  // Enters a connection before its first frame is served.
  void add(ConnectionId id, ConnectionInfo info) {
    const std::lock_guard lock(mutex_);
    connections_.emplace(id, std::move(info));
  }
  void remove(ConnectionId id) {
    const std::lock_guard lock(mutex_);
    connections_.erase(id);
  }
  // Nothing once the connection is closed.
  std::optional<ConnectionInfo> find(ConnectionId id) const {
    const std::lock_guard lock(mutex_);
    auto found = connections_.find(id);
    if (found == connections_.end()) return std::nullopt;
    return found->second;
  }
  size_t size() const {
    const std::lock_guard lock(mutex_);
    return connections_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<ConnectionId, ConnectionInfo> connections_;  // guarded by mutex_
};

}  // namespace odradek
