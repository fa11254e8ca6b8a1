#include "file/memory_file.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace odradek {
namespace {

// A window onto a file of the model: a buffer whose stores become unsynced writes of whole pages.
class MemoryWindow final : public WriteWindow {
 public:
  MemoryWindow(std::shared_ptr<MemoryDisk> disk, std::shared_ptr<MemoryFile> file, std::string path,
               Position begin, size_t length)
      : WriteWindow(begin, length, nullptr),
        disk_(std::move(disk)),
        file_(std::move(file)),
        path_(std::move(path)),
        buffer_(length) {
    memory_ = buffer_.data();
    observed_ = true;
  }

  void populate(Position from, size_t length) override {
    ASSERT(from >= begin() && from + static_cast<int64_t>(length) <= end());
  }
  bool failed() const override {
    const std::lock_guard lock(disk_->mutex);
    return failed_;
  }

 private:
  static constexpr int64_t kPageBytes = 4096;

  void stored(Position at, size_t length) override {
    const std::lock_guard lock(disk_->mutex);
    const int64_t from = at.value / kPageBytes * kPageBytes;
    const int64_t end_of_store = at.value + static_cast<int64_t>(length);
    // The rest of the pages is what the file holds now, whoever wrote that.
    const std::vector<uint8_t>& content = file_->content();
    const auto size = static_cast<int64_t>(content.size());
    ASSERT(end_of_store <= size);  // the window lies in the allocated file
    const int64_t to = std::min(size, (end_of_store + kPageBytes - 1) / kPageBytes * kPageBytes);
    std::vector<uint8_t> pages(content.begin() + from, content.begin() + to);
    const uint8_t* stored_bytes = memory_ + (at - begin());
    std::copy(stored_bytes, stored_bytes + length, pages.begin() + (at.value - from));
    FileOperation write{FileOperation::Kind::write, Position(from), 0, std::move(pages)};
    if (!disk_->change(path_, file_.get(), FileCallKind::store, std::move(write)).ok()) {
      failed_ = true;
    }
  }

  std::shared_ptr<MemoryDisk> disk_;
  std::shared_ptr<MemoryFile> file_;
  std::string path_;
  std::vector<uint8_t> buffer_;
  bool failed_ = false;
};

// An open file of the model. Works on after its name is gone, like a descriptor.
class MemoryFileHandle final : public File {
 public:
  MemoryFileHandle(std::shared_ptr<MemoryDisk> disk, std::shared_ptr<MemoryFile> file,
                   std::string path, bool writable)
      : disk_(std::move(disk)),
        file_(std::move(file)),
        path_(std::move(path)),
        writable_(writable) {}

  FileResult<size_t> read_at(Position at, ByteSpan into) const override {
    const std::lock_guard lock(disk_->mutex);
    RETURN_IF_ERROR(disk_->permit_look(FileCallKind::read, path_));
    file_->cached = true;
    return copy_out(at, into);
  }
  FileResult<DataRange> next_data(Position from) const override {
    const std::lock_guard lock(disk_->mutex);
    if (auto look = disk_->permit_look(FileCallKind::read, path_); !look.ok()) {
      return Err(look.error());
    }
    const std::vector<uint8_t>& content = file_->content();
    const auto size = static_cast<int64_t>(content.size());
    if (from.value >= size) return DataRange{from, from};
    const auto found = std::find_if(content.begin() + from.value, content.end(),
                                    [](uint8_t byte) { return byte != 0; });
    return DataRange{Position(found - content.begin()), Position(size)};
  }
  FileResult<size_t> read_cached_at(Position at, ByteSpan into) const override {
    const std::lock_guard lock(disk_->mutex);
    RETURN_IF_ERROR(disk_->permit_look(FileCallKind::read, path_));
    if (!file_->cached)
      return memory_failure(FileErrorKind::would_block, "read", path_, "not cached");
    return copy_out(at, into);
  }
  FileResult<void> write_at(Position at, ByteView bytes) override {
    if (bytes.empty()) return {};
    return change(FileCallKind::write, {FileOperation::Kind::write, at, 0,
                                        std::vector<uint8_t>(bytes.begin(), bytes.end())});
  }
  FileResult<void> allocate(int64_t size) override {
    ASSERT(size >= 0);
    if (size == 0) return {};
    return change(FileCallKind::allocate, {FileOperation::Kind::allocate, Position(0), size, {}});
  }
  FileResult<void> truncate(int64_t size) override {
    ASSERT(size >= 0);
    return change(FileCallKind::truncate, {FileOperation::Kind::truncate, Position(0), size, {}});
  }
  FileResult<int64_t> size() const override {
    const std::lock_guard lock(disk_->mutex);
    RETURN_IF_ERROR(disk_->permit_look(FileCallKind::size, path_));
    return static_cast<int64_t>(file_->content().size());
  }
  FileResult<void> sync_data() override {
    const std::lock_guard lock(disk_->mutex);
    auto permitted = disk_->permit(FileCallKind::sync_data, path_);
    if (!permitted.ok()) return Err(permitted.error());
    if (*permitted) file_->sync();
    return {};
  }
  void start_write_back(Position /*from*/, int64_t /*length*/) override {}
  FileResult<std::unique_ptr<WriteWindow>> map_window(Position from, size_t length) override {
    const std::lock_guard lock(disk_->mutex);
    RETURN_IF_ERROR(disk_->permit_look(FileCallKind::map_window, path_));
    if (!writable_) return memory_failure(FileErrorKind::permission, "map", path_, "not writable");
    return std::unique_ptr<WriteWindow>(
        std::make_unique<MemoryWindow>(disk_, file_, path_, from, length));
  }
  int descriptor() const override { return -1; }

 private:
  size_t copy_out(Position at, ByteSpan into) const {
    ASSERT(at >= Position(0));
    const std::vector<uint8_t>& content = file_->content();
    const auto from = static_cast<size_t>(at.value);
    if (from >= content.size()) return 0;
    const size_t count = std::min(into.size(), content.size() - from);
    std::copy_n(content.begin() + at.value, count, into.begin());
    return count;
  }
  FileResult<void> change(FileCallKind kind, FileOperation operation) {
    const std::lock_guard lock(disk_->mutex);
    if (!writable_) return memory_failure(FileErrorKind::io, "write", path_, "Bad file descriptor");
    return disk_->change(path_, file_.get(), kind, std::move(operation));
  }

  std::shared_ptr<MemoryDisk> disk_;
  std::shared_ptr<MemoryFile> file_;
  std::string path_;
  bool writable_;
};

}  // namespace

std::unique_ptr<File> open_memory_file(std::shared_ptr<MemoryDisk> disk,
                                       std::shared_ptr<MemoryFile> file, std::string path,
                                       bool writable) {
  return std::make_unique<MemoryFileHandle>(std::move(disk), std::move(file), std::move(path),
                                            writable);
}

}  // namespace odradek
