#include "log/open_files.h"

#include <utility>

namespace odradek {

void OpenFiles::opened(std::weak_ptr<const Holder> holder) {
  std::shared_ptr<const Holder> oldest;
  {
    const std::lock_guard lock(mutex_);
    holders_.push_back(std::move(holder));
    if (holders_.size() > files_max_) {
      oldest = holders_.front().lock();
      holders_.pop_front();
    }
  }
  if (oldest) oldest->close_file();
}

}  // namespace odradek
