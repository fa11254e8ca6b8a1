#include "log/reserve_file.h"

namespace odradek {
namespace {

// The file is made where free room is so many times its size, and given up below this part of it.
constexpr int64_t kPlenty = 8;
constexpr int64_t kScarcePart = 16;

}  // namespace

void ReserveFile::keep() {
  if (bytes_ == 0) return;
  const std::lock_guard lock(mutex_);
  if (fs_.status(file_).ok()) return;
  const auto free = fs_.free_bytes(path_);
  if (!free.ok() || *free < bytes_ * kPlenty) return;
  auto file = fs_.open(file_, OpenMode::create_new);
  if (!file.ok()) return;
  // Half of it may be all that the disk had: none is simpler.
  if (!(*file)->allocate(bytes_).ok()) static_cast<void>(fs_.remove_file(file_));
}

void ReserveFile::make_room() {
  const auto free = fs_.free_bytes(path_);
  if (free.ok() && *free < bytes_ / kScarcePart) give_up();
}

bool ReserveFile::give_up() {
  const std::lock_guard lock(mutex_);
  return fs_.remove_file(file_).ok();
}

}  // namespace odradek
