// Reads single entries of an index file on disk, a page at a time. Meant for one binary search: its
// last steps fall into one page.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "log/read_wait.h"

namespace odradek {

class IndexFile {
 public:
  // Null if there is no such file, or if its size is no multiple of `entry_bytes`. `wait` is how
  // its entries are read.
  static FileResult<std::unique_ptr<IndexFile>> open(FileSystem& fs, const std::string& path,
                                                     size_t entry_bytes, ReadWait wait);

  size_t size() const { return count_; }
  // The bytes of entry `index` < size(), valid until the next call; null once a read failed.
  const uint8_t* entry(size_t index);
  // The first failed read, if any.
  const std::optional<FileError>& error() const { return error_; }

 private:
  IndexFile(std::unique_ptr<File> file, size_t entry_bytes, size_t count, ReadWait wait)
      : file_(std::move(file)), entry_bytes_(entry_bytes), count_(count), wait_(wait) {}

  static constexpr size_t kPageBytesMax = 4096;

  std::unique_ptr<File> file_;
  const size_t entry_bytes_;
  const size_t count_;
  const ReadWait wait_;
  size_t page_first_ = 0;  // index of the first entry in page_
  size_t page_count_ = 0;
  std::optional<FileError> error_;
  std::array<uint8_t, kPageBytesMax> page_;
};

}  // namespace odradek
