#include "log/index_file.h"

#include <algorithm>

#include "base/assert.h"

namespace odradek {

FileResult<std::unique_ptr<IndexFile>> IndexFile::open(FileSystem& fs, const std::string& path,
                                                       size_t entry_bytes, ReadWait wait) {
  ASSERT(entry_bytes > 0 && entry_bytes <= kPageBytesMax);
  auto file = fs.open(path, OpenMode::read);
  if (!file.ok()) {
    if (file.error().kind == FileErrorKind::not_found) return std::unique_ptr<IndexFile>();
    return Err(file.error());
  }
  auto size = (*file)->size();
  if (!size.ok()) return Err(size.error());
  const auto bytes = static_cast<size_t>(*size);
  if (bytes % entry_bytes != 0) return std::unique_ptr<IndexFile>();
  return std::unique_ptr<IndexFile>(
      new IndexFile(std::move(*file), entry_bytes, bytes / entry_bytes, wait));
}

const uint8_t* IndexFile::entry(size_t index) {
  ASSERT(index < count_);
  if (error_) return nullptr;
  if (index < page_first_ || index >= page_first_ + page_count_) {
    const size_t per_page = kPageBytesMax / entry_bytes_;
    page_first_ = index / per_page * per_page;
    page_count_ = std::min(per_page, count_ - page_first_);
    const Position at(static_cast<int64_t>(page_first_ * entry_bytes_));
    const ByteSpan into(page_.data(), page_count_ * entry_bytes_);
    auto got = read_by(wait_, *file_, at, into, into.size());
    if (!got.ok() || *got < page_count_ * entry_bytes_) {
      page_count_ = 0;
      error_ = got.ok() ? FileError{FileErrorKind::io, 0, "an index file ends early"} : got.error();
      return nullptr;
    }
  }
  return page_.data() + (index - page_first_) * entry_bytes_;
}

}  // namespace odradek
