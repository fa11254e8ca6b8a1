// The part of LogDirectoryImpl that reads and writes whole files inside the directory.
#include <algorithm>

#include "log/log_directory_impl.h"
#include "log/storage_error.h"

namespace odradek {

LogResult<std::vector<uint8_t>> LogDirectoryImpl::read_file(const std::string& relative,
                                                            size_t bytes_max) const {
  auto path = absolute(relative);
  if (!path.ok()) return Err(path.error());
  auto bytes = read_whole_file(fs_, *path, bytes_max);
  if (!bytes.ok()) return Err(storage_error(bytes.error()));
  return std::move(*bytes);
}

LogResult<bool> LogDirectoryImpl::write_file(const std::string& relative, ByteView bytes) {
  auto path = absolute_file(relative);
  if (!path.ok()) return Err(path.error());
  const FileResult<FileStatus> present = fs_.status(*path);
  if (present.ok() && present->is_directory) {
    // A wrong name is the caller's mistake, not a failure of the disk.
    return Err(storage_error(*path + " is a directory, not a file"));
  }
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(begin_changes());
  return changed(replace_file(fs_, *path, bytes));
}

LogResult<std::vector<std::string>> LogDirectoryImpl::list_files(
    const std::string& relative) const {
  auto path = absolute(relative);
  if (!path.ok()) return Err(path.error());
  std::vector<std::string> names;
  auto entries = fs_.list(*path);
  if (!entries.ok() && entries.error().kind == FileErrorKind::not_found) return names;
  if (!entries.ok()) return Err(storage_error(entries.error()));
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.is_directory) names.push_back(entry.name);
  }
  return names;
}

LogResult<bool> LogDirectoryImpl::remove_file(const std::string& relative) {
  auto path = absolute_file(relative);
  if (!path.ok()) return Err(path.error());
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(begin_changes());
  return changed(fs_.remove_file(*path));
}

LogResult<std::string> LogDirectoryImpl::absolute(const std::string& relative) const {
  const bool escapes = relative.starts_with("/") || relative.find("..") != std::string::npos;
  if (escapes) return Err(storage_error("no path inside the log directory: " + relative));
  return relative.empty() ? options_.path : options_.path + "/" + relative;
}

// Refuses what could not be a file: a failed change would take the directory offline for it.
LogResult<std::string> LogDirectoryImpl::absolute_file(const std::string& relative) const {
  constexpr size_t kNameBytesMax = 240;  // replace_file() appends to it
  auto path = absolute(relative);
  if (!path.ok()) return path;
  size_t name_at = 0;
  bool is_name = !relative.empty() && !relative.ends_with('/');
  for (size_t end = 0; end != std::string::npos && is_name; name_at = end + 1) {
    end = relative.find('/', name_at);
    is_name = std::min(end, relative.size()) - name_at <= kNameBytesMax;
  }
  const auto status = fs_.status(*path);
  if (!is_name || (status.ok() && status->is_directory)) {
    return Err(storage_error("no name of a file inside the log directory: " + relative));
  }
  return path;
}

}  // namespace odradek
