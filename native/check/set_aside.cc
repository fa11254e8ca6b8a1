#include "check/set_aside.h"

#include <algorithm>

#include "base/assert.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr int64_t kCopyBytes = 1 << 20;

}  // namespace

LogResult<bool> SetAside::take(const std::string& name, std::string_view suffix) {
  const std::string path = folder_ + "/" + name;
  if (!keeps_) {
    RETURN_IF_FILE_ERROR(fs_.remove_file(path));
    return true;
  }
  const std::string target = unused(name + std::string(suffix));
  RETURN_IF_FILE_ERROR(fs_.rename(path, folder_ + "/" + target));
  kept_.push_back(target);
  return true;
}

LogResult<int64_t> SetAside::take_tail(const std::string& name, Position from) {
  auto file = fs_.open(folder_ + "/" + name, OpenMode::read_write);
  if (!file.ok()) return Err(storage_error(file.error()));
  auto size = (*file)->size();
  if (!size.ok()) return Err(storage_error(size.error()));
  ASSERT(from.value <= *size);
  if (keeps_ && from.value < *size) {
    const std::string target = unused(name + ".cut-" + std::to_string(from.value));
    RETURN_IF_ERROR(copy_tail(**file, from, *size, target));
    kept_.push_back(target);
  }
  RETURN_IF_FILE_ERROR((*file)->truncate(from.value));
  RETURN_IF_FILE_ERROR((*file)->sync_data());
  return *size - from.value;
}

LogResult<bool> SetAside::copy_tail(const File& file, Position from, int64_t size,
                                    const std::string& name) {
  auto copy = fs_.open(folder_ + "/" + name, OpenMode::create_new);
  if (!copy.ok()) return Err(storage_error(copy.error()));
  std::vector<uint8_t> piece(static_cast<size_t>(std::min(kCopyBytes, size - from.value)));
  for (Position at = from; at.value < size;) {
    auto got = file.read_at(at, piece);
    if (!got.ok()) return Err(storage_error(got.error()));
    if (*got == 0) return Err(storage_error("a file became shorter while it was read"));
    const ByteView bytes = ByteView(piece).first(*got);
    RETURN_IF_FILE_ERROR((*copy)->write_at(Position(at - from), bytes));
    at += static_cast<int64_t>(*got);
  }
  RETURN_IF_FILE_ERROR((*copy)->sync_data());
  RETURN_IF_FILE_ERROR(fs_.sync_directory(folder_));
  return true;
}

// An earlier repair may have kept something under the same name.
std::string SetAside::unused(const std::string& name) const {
  std::string found = name;
  for (int i = 1; fs_.status(folder_ + "/" + found).ok(); ++i) {
    found = name + "." + std::to_string(i);
  }
  return found;
}

}  // namespace odradek
