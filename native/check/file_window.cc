#include "check/file_window.h"

#include <algorithm>

#include "base/assert.h"
#include "checksum/crc32c.h"
#include "log/storage_error.h"

namespace odradek {

LogResult<std::unique_ptr<FileWindow>> FileWindow::open(FileSystem& fs, const std::string& path) {
  auto file = fs.open(path, OpenMode::read);
  if (!file.ok()) return Err(storage_error(file.error()));
  auto size = (*file)->size();
  if (!size.ok()) return Err(storage_error(size.error()));
  return std::unique_ptr<FileWindow>(new FileWindow(std::move(*file), *size));
}

LogResult<ByteView> FileWindow::view(Position from, int64_t bytes) {
  ASSERT(from.value >= 0 && bytes >= 0 && bytes <= kBytesMax);
  const int64_t wanted = std::clamp<int64_t>(size_ - from.value, 0, bytes);
  const bool held = from >= begin_ && from + wanted <= begin_ + static_cast<int64_t>(held_);
  if (!held) {
    const int64_t piece = std::min(kBytesMax, size_ - from.value);
    if (static_cast<int64_t>(buffer_.size()) < piece) buffer_.resize(static_cast<size_t>(piece));
    auto got = file_->read_at(from, ByteSpan(buffer_.data(), static_cast<size_t>(piece)));
    if (!got.ok()) return Err(storage_error(got.error()));
    ASSERT(*got <= buffer_.size());
    begin_ = from;
    held_ = *got;
    if (static_cast<int64_t>(held_) < wanted) {
      return Err(storage_error("a file became shorter while it was read"));
    }
  }
  const auto skip = static_cast<size_t>(from - begin_);
  return ByteView(buffer_).subspan(skip, static_cast<size_t>(wanted));
}

LogResult<uint32_t> FileWindow::crc(Position from, Position to) {
  ASSERT(from <= to && to.value <= size_);
  uint32_t crc = 0;
  while (from < to) {
    // What is held first: reading it again would double the work for large batches.
    const Position held_end = begin_ + static_cast<int64_t>(held_);
    const bool held = from >= begin_ && from < held_end;
    auto piece = view(from, std::min(kBytesMax, (held ? std::min(to, held_end) : to) - from));
    if (!piece.ok()) return Err(piece.error());
    crc = crc32c_extend(crc, *piece);
    from += static_cast<int64_t>(piece->size());
  }
  return crc;
}

LogResult<Position> FileWindow::first_byte(Position from) {
  while (from.value < size_) {
    auto piece = view(from, kBytesMax);
    if (!piece.ok()) return Err(piece.error());
    const auto found =
        std::find_if(piece->begin(), piece->end(), [](uint8_t byte) { return byte != 0; });
    from += found - piece->begin();
    if (found != piece->end()) return from;
  }
  return Position(size_);
}

}  // namespace odradek
