#include "unwritten_files.h"

#include <algorithm>

namespace odradek::micro {
namespace {

// Knows its size alone.
class UnwrittenFile final : public File {
 public:
  FileResult<size_t> read_at(Position, ByteSpan) const override { return size_t{0}; }
  FileResult<size_t> read_cached_at(Position, ByteSpan) const override { return size_t{0}; }
  FileResult<DataRange> next_data(Position) const override {
    return DataRange{Position(size_), Position(size_)};
  }
  FileResult<void> write_at(Position at, ByteView bytes) override {
    size_ = std::max(size_, at.value + static_cast<int64_t>(bytes.size()));
    return {};
  }
  FileResult<void> allocate(int64_t size) override {
    size_ = std::max(size_, size);
    return {};
  }
  FileResult<void> truncate(int64_t size) override {
    size_ = size;
    return {};
  }
  FileResult<int64_t> size() const override { return size_; }
  FileResult<void> sync_data() override { return {}; }
  void start_write_back(Position, int64_t) override {}
  FileResult<std::unique_ptr<WriteWindow>> map_window(Position, size_t) override {
    return Err(FileError{FileErrorKind::unsupported, 0, "nothing is kept that could be mapped"});
  }
  int descriptor() const override { return -1; }

 private:
  int64_t size_ = 0;
};

}  // namespace

FileResult<std::unique_ptr<File>> UnwrittenFiles::open(const std::string& path, OpenMode mode) {
  auto opened = names_.open(path, mode);
  if (!opened.ok()) return Err(opened.error());
  return std::unique_ptr<File>(std::make_unique<UnwrittenFile>());
}

FileResult<FileStatus> UnwrittenFiles::status(const std::string& path) const {
  return names_.status(path);
}

FileResult<std::vector<DirectoryEntry>> UnwrittenFiles::list(const std::string& path) const {
  return names_.list(path);
}

FileResult<void> UnwrittenFiles::create_directories(const std::string& path) {
  return names_.create_directories(path);
}

FileResult<void> UnwrittenFiles::rename(const std::string& from, const std::string& to) {
  return names_.rename(from, to);
}

FileResult<void> UnwrittenFiles::remove_file(const std::string& path) {
  return names_.remove_file(path);
}

FileResult<void> UnwrittenFiles::remove_directory(const std::string& path) {
  return names_.remove_directory(path);
}

FileResult<void> UnwrittenFiles::sync_directory(const std::string&) { return {}; }

FileResult<void> UnwrittenFiles::sync_file_system(const std::string&) { return {}; }

FileResult<std::unique_ptr<FileLock>> UnwrittenFiles::lock(const std::string& path) {
  return names_.lock(path);
}

FileResult<std::unique_ptr<FileLock>> UnwrittenFiles::lock_shared(const std::string& path) {
  return names_.lock_shared(path);
}

FileResult<int64_t> UnwrittenFiles::free_bytes(const std::string& path) const {
  return names_.free_bytes(path);
}

FileResult<int64_t> UnwrittenFiles::total_bytes(const std::string& path) const {
  return names_.total_bytes(path);
}

std::string UnwrittenFiles::cache_identity(const std::string& path) const {
  return names_.cache_identity(path);
}

}  // namespace odradek::micro
