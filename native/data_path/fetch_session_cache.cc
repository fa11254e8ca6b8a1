#include "data_path/fetch_session_cache.h"

#include <tuple>

#include "base/assert.h"

namespace odradek {

std::shared_ptr<FetchSession> FetchSessionCache::create(const FetchRequest& request,
                                                        int64_t now_ms) {
  const bool privileged = request.replica_id >= 0;
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= slots_ && !make_room(privileged, request.partitions.size(), now_ms)) {
    return nullptr;
  }
  auto session =
      std::make_shared<FetchSession>(new_id(), request.topics_by_id(), privileged, now_ms);
  session->update(request);
  sessions_[session->id()] = {session, now_ms, session->size()};
  return session;
}

std::shared_ptr<FetchSession> FetchSessionCache::find(int32_t id, int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  auto found = sessions_.find(id);
  if (found == sessions_.end()) return nullptr;
  found->second.used_ms = now_ms;
  return found->second.session;
}

void FetchSessionCache::resized(int32_t id, size_t partitions) {
  const std::lock_guard lock(mutex_);
  auto found = sessions_.find(id);
  if (found != sessions_.end()) found->second.partitions = partitions;
}

void FetchSessionCache::remove(int32_t id) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(id);
}

size_t FetchSessionCache::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

// Looked at only when all slots are taken and somebody wants one: a walk is cheap enough.
bool FetchSessionCache::make_room(bool privileged, size_t partitions, int64_t now_ms) {
  auto victim = sessions_.end();
  for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
    if (now_ms - it->second.used_ms > kFetchSessionStaleMs) {
      sessions_.erase(it);
      return true;
    }
    const bool old_enough = now_ms - it->second.session->created_ms() > kFetchSessionStaleMs;
    const bool lesser_kind = privileged && !it->second.session->is_privileged();
    if (!old_enough && !lesser_kind) continue;
    const auto worth = [](const Slot& slot) {
      return std::tuple(slot.session->is_privileged(), slot.partitions);
    };
    if (victim == sessions_.end() || worth(it->second) < worth(victim->second)) victim = it;
  }
  if (victim == sessions_.end()) return false;
  const auto [victim_privileged, victim_partitions] =
      std::tuple(victim->second.session->is_privileged(), victim->second.partitions);
  if (std::tuple(privileged, partitions) < std::tuple(victim_privileged, victim_partitions)) {
    return false;
  }
  sessions_.erase(victim);
  ASSERT(sessions_.size() < slots_);
  return true;
}

int32_t FetchSessionCache::new_id() {
  for (;;) {
    const auto id = static_cast<int32_t>(random_() & INT32_MAX);
    if (id != 0 && !sessions_.contains(id)) return id;
  }
}

}  // namespace odradek
