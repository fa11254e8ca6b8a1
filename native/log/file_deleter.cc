#include "log/file_deleter.h"

#include <algorithm>

#include "base/assert.h"

namespace odradek {
namespace {

constexpr int64_t kStepBytes = 16LL << 20;
// Not worth a call: snapshots and most index files.
constexpr int64_t kSmallBytes = 64LL << 10;
constexpr int kDepthMax = 4;

FileResult<void> remove_folder_at(FileSystem& fs, const std::string& path, int depth) {
  ASSERT(depth <= kDepthMax);
  auto entries = fs.list(path);
  if (!entries.ok()) {
    if (entries.error().kind == FileErrorKind::not_found) return {};
    return Err(entries.error());
  }
  for (const DirectoryEntry& entry : *entries) {
    const std::string child = path + "/" + entry.name;
    if (!entry.is_directory) {
      RETURN_IF_ERROR(remove_in_steps(fs, child));
    } else if (depth < kDepthMax) {
      RETURN_IF_ERROR(remove_folder_at(fs, child, depth + 1));
    }
  }
  return fs.remove_directory(path);
}

}  // namespace

FileResult<void> remove_in_steps(FileSystem& fs, const std::string& path) {
  auto status = fs.status(path);
  if (!status.ok()) {
    if (status.error().kind == FileErrorKind::not_found) return {};
    return Err(status.error());
  }
  if (status->size >= kSmallBytes) {
    auto file = fs.open(path, OpenMode::read_write);
    if (!file.ok()) return Err(file.error());
    for (int64_t size = status->size; size > 0;) {
      size -= std::min(size, kStepBytes);
      RETURN_IF_ERROR((*file)->truncate(size));
    }
  }
  return fs.remove_file(path);
}

FileResult<void> remove_folder(FileSystem& fs, const std::string& path) {
  return remove_folder_at(fs, path, 0);
}

}  // namespace odradek
