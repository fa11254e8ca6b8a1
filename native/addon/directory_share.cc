#include "directory_share.h"

#include "background_task.h"

namespace odradek {

std::shared_ptr<DirectoryShare> DirectoryShare::wrap(std::unique_ptr<DirectoryLease> lease) {
  return {new DirectoryShare(std::move(lease)),
          [](DirectoryShare* last) { run_in_background([last] { delete last; }); }};
}

std::pair<std::shared_lock<std::shared_mutex>, LogDirectory*> DirectoryShare::use(bool wait) {
  std::shared_lock lock(mutex_, std::defer_lock);
  if (wait) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return {std::move(lock), nullptr};
  }
  LogDirectory* directory = lease_ == nullptr ? nullptr : &lease_->directory();
  return {std::move(lock), directory};
}

LogResult<bool> DirectoryShare::close() {
  std::unique_lock lock(mutex_);
  if (lease_ == nullptr) return true;
  auto result = lease_->close();
  lease_.reset();
  return result;
}

LogError directory_closed() {
  return {ErrorCode::kafka_storage_error, "the log directory is closed", {}};
}

}  // namespace odradek
