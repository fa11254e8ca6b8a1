#include "log/directory_health.h"

#include <utility>

#include "log/storage_error.h"

namespace odradek {

std::string DirectoryHealth::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

void DirectoryHealth::fail(const std::string& sentence) {
  std::vector<std::function<void(const std::string&)>> callbacks;
  std::function<void()> on_failure;
  {
    const std::lock_guard lock(mutex_);
    if (!online_.load(std::memory_order_relaxed)) return;
    reason_ = sentence;
    online_.store(false, std::memory_order_release);
    callbacks.swap(callbacks_);
    on_failure = std::exchange(on_failure_, nullptr);
  }
  if (on_failure) on_failure();
  for (const auto& callback : callbacks) callback(sentence);
}

LogError DirectoryHealth::change_failed(const FileError& error) {
  if (!is_shortage(error)) fail("a write failed: " + error.detail);
  return storage_error(error);
}

void DirectoryHealth::on_offline(std::function<void(const std::string&)> callback) {
  std::string failed;
  {
    const std::lock_guard lock(mutex_);
    if (online_.load(std::memory_order_relaxed)) {
      callbacks_.push_back(std::move(callback));
      return;
    }
    failed = reason_;
  }
  callback(failed);
}

void DirectoryHealth::on_failure(std::function<void()> callback) {
  const std::lock_guard lock(mutex_);
  on_failure_ = std::move(callback);
}

}  // namespace odradek
