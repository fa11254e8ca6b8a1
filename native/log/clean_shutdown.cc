#include "log/clean_shutdown.h"

namespace odradek {
namespace {

std::string path_in(const std::string& directory) { return directory + "/" + kCleanShutdownFile; }

}  // namespace

FileResult<bool> has_clean_shutdown(const FileSystem& fs, const std::string& directory) {
  auto status = fs.status(path_in(directory));
  if (status.ok()) return true;
  if (status.error().kind == FileErrorKind::not_found) return false;
  return Err(status.error());
}

FileResult<void> write_clean_shutdown(FileSystem& fs, const std::string& directory,
                                      BrokerEpoch epoch) {
  const std::string text = "{\"version\":0,\"brokerEpoch\":" + std::to_string(epoch.value) + "}";
  return replace_file(fs, path_in(directory), as_bytes(text));
}

FileResult<void> remove_clean_shutdown(FileSystem& fs, const std::string& directory) {
  FileResult<void> removed = fs.remove_file(path_in(directory));
  // An earlier attempt may have come so far.
  if (!removed.ok() && removed.error().kind != FileErrorKind::not_found) return removed;
  return fs.sync_directory(directory);
}

}  // namespace odradek
