#include "addon/directory_share.h"

#include <utility>

#include "addon/background_task.h"
#include "base/assert.h"

namespace odradek {

DirectoryUse::~DirectoryUse() {
  if (share_ != nullptr) share_->end_use();
}

LogDirectory& DirectoryUse::operator*() const {
  ASSERT(share_ != nullptr);
  return share_->lease_->directory();
}

SharedDirectory DirectoryShare::wrap(std::unique_ptr<DirectoryLease> lease) {
  return {new DirectoryShare(std::move(lease)),
          [](DirectoryShare* last) { run_in_background([last] { delete last; }); }};
}

SharedDirectory DirectoryShare::none() {
  SharedDirectory share(new DirectoryShare(nullptr));
  share->closing_ = true;
  return share;
}

DirectoryUse DirectoryShare::use() {
  const std::lock_guard lock(mutex_);
  if (closing_) return {};
  users_ += 1;
  return DirectoryUse(shared_from_this());
}

void DirectoryShare::end_use() {
  const std::lock_guard lock(mutex_);
  ASSERT(users_ > 0);
  users_ -= 1;
  if (users_ == 0 && closing_) idle_.notify_all();
}

bool DirectoryShare::begin_close() {
  const std::lock_guard lock(mutex_);
  return !std::exchange(closing_, true);
}

LogResult<bool> DirectoryShare::close(BrokerEpoch epoch) {
  std::unique_ptr<DirectoryLease> lease;
  {
    std::unique_lock lock(mutex_);
    ASSERT(closing_ && lease_ != nullptr);
    idle_.wait(lock, [&] { return users_ == 0; });
    lease = std::move(lease_);
  }
  return lease->close(epoch);
}

LogError directory_closed() {
  return {ErrorCode::kafka_storage_error, "the log directory is closed", {}};
}

}  // namespace odradek
