// Reads a file of any size front to back through one buffer of a MiB, with small steps back.
#pragma once

#include <memory>
#include <vector>

#include "file/file_system.h"
#include "log/log_error.h"

namespace odradek {

class FileWindow {
 public:
  static constexpr int64_t kBytesMax = 1 << 20;

  // Opens the file for reading only.
  static LogResult<std::unique_ptr<FileWindow>> open(FileSystem& fs, const std::string& path);

  int64_t size() const { return size_; }
  // `bytes` (at most kBytesMax) from `from` on, fewer where the file ends. Valid until the next
  // call. Errors only from the disk.
  LogResult<ByteView> view(Position from, int64_t bytes);
  // The checksum of [from, to), however long.
  LogResult<uint32_t> crc(Position from, Position to);
  // Where the first byte of [from, end of file) that is not zero stands; the file's size if none.
  LogResult<Position> first_byte(Position from);

 private:
  FileWindow(std::unique_ptr<File> file, int64_t size) : file_(std::move(file)), size_(size) {}

  std::unique_ptr<File> file_;
  const int64_t size_;  // when it was opened
  std::vector<uint8_t> buffer_;
  Position begin_;
  size_t held_ = 0;
};

}  // namespace odradek
