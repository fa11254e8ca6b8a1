// The fetch sessions of the broker: a bounded number of them, found by id.
//
// A new session gets a slot if one is free, if some session was not used for two minutes, or if one
// that is older than two minutes is worth less: followers before consumers, more partitions before
// fewer. Otherwise the client is served without a session.
//
// Threads: every method may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <unordered_map>

#include "data_path/fetch_session.h"

namespace odradek {

inline constexpr int64_t kFetchSessionStaleMs = 120000;

// Looked at once per fetch of a session, for a few dozen nanoseconds under one lock. A session that
// lost its slot lives on for the request that is at work with it, and is then forgotten.
class FetchSessionCache {
 public:
  // `seed` makes the session ids.
  FetchSessionCache(size_t slots, uint64_t seed) : slots_(slots), random_(seed) {}

  // Makes a session of the partitions of a full request. Null if it gets no slot.
  std::shared_ptr<FetchSession> create(const FetchRequest& request, int64_t now_ms);
  // Null if there is none. Counts as a use.
  std::shared_ptr<FetchSession> find(int32_t id, int64_t now_ms);
  // Tells how many partitions the session has now; that is what it is worth.
  void resized(int32_t id, size_t partitions);
  // Gives the slot back; does nothing if there is no such session.
  void remove(int32_t id);
  size_t size() const;

 private:
  struct Slot {
    std::shared_ptr<FetchSession> session;
    int64_t used_ms = 0;
    size_t partitions = 0;
  };
  // Frees a slot for a newcomer of this worth, if one may be freed. mutex_ is held.
  bool make_room(bool privileged, size_t partitions, int64_t now_ms);
  // Positive, not in use. mutex_ is held.
  int32_t new_id();

  const size_t slots_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;                      // guarded by mutex_
  std::unordered_map<int32_t, Slot> sessions_;  // guarded by mutex_
};

}  // namespace odradek
