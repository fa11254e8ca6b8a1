#include "log/directory_health.h"

#include <utility>

namespace odradek {

std::string DirectoryHealth::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

void DirectoryHealth::fail(const std::string& sentence) {
  std::function<void(const std::string&)> callback;
  std::function<void()> on_failure;
  {
    const std::lock_guard lock(mutex_);
    if (!online_.load(std::memory_order_relaxed)) return;
    reason_ = sentence;
    online_.store(false, std::memory_order_release);
    callback = std::exchange(callback_, nullptr);
    on_failure = std::exchange(on_failure_, nullptr);
  }
  if (on_failure) on_failure();
  if (callback) callback(sentence);
}

void DirectoryHealth::on_offline(std::function<void(const std::string&)> callback) {
  std::string failed;
  {
    const std::lock_guard lock(mutex_);
    if (online_.load(std::memory_order_relaxed)) {
      callback_ = std::move(callback);
      return;
    }
    failed = reason_;
  }
  if (callback) callback(failed);
}

void DirectoryHealth::on_failure(std::function<void()> callback) {
  const std::lock_guard lock(mutex_);
  on_failure_ = std::move(callback);
}

}  // namespace odradek
