// A file system whose files take what is written to them and keep nothing of it, so that an append
// costs what the log does around the write. Folders, names and locks are the machine's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "file/file_system.h"

namespace odradek::micro {

// Nothing can be read back: a directory in it is written and never opened again.
class UnwrittenFiles final : public FileSystem {
 public:
  FileResult<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  FileResult<FileStatus> status(const std::string& path) const override;
  FileResult<std::vector<DirectoryEntry>> list(const std::string& path) const override;
  FileResult<void> create_directories(const std::string& path) override;
  FileResult<void> rename(const std::string& from, const std::string& to) override;
  FileResult<void> remove_file(const std::string& path) override;
  FileResult<void> remove_directory(const std::string& path) override;
  FileResult<void> sync_directory(const std::string& path) override;
  FileResult<void> sync_file_system(const std::string& path) override;
  FileResult<std::unique_ptr<FileLock>> lock(const std::string& path) override;
  FileResult<std::unique_ptr<FileLock>> lock_shared(const std::string& path) override;
  FileResult<int64_t> free_bytes(const std::string& path) const override;
  FileResult<int64_t> total_bytes(const std::string& path) const override;
  std::string cache_identity(const std::string& path) const override;

 private:
  FileSystem& names_ = posix_file_system();
};

}  // namespace odradek::micro
