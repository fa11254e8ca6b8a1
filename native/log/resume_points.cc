#include "log/resume_points.h"

#include <algorithm>

#include "base/assert.h"
#include "checksum/crc32c.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

// A partition with more producers than fit here is read from its segment's start.
constexpr size_t kPointBytesMax = 16U << 20;
constexpr std::string_view kFileMagic = "ODRKRESUME";
constexpr uint8_t kVersion = 1;
constexpr size_t kCrcBytes = 4;
constexpr size_t kHeaderBytes = kCrcBytes + kFileMagic.size() + 1;
constexpr size_t kEntryBytes = 16 + 4 + 4;

std::pair<Uuid, PartitionIndex> key_of(const JournalIdentity& id) {
  return {id.topic_id, id.partition};
}

}  // namespace

LogResult<bool> ResumePoints::load() {
  const std::lock_guard lock(mutex_);
  auto bytes = read_whole_file(fs_, file_, file_bytes_max_);
  if (!bytes.ok()) {
    const FileErrorKind kind = bytes.error().kind;
    if (kind == FileErrorKind::not_found || kind == FileErrorKind::not_a_directory) return true;
    return Err(storage_error(bytes.error()));
  }
  ByteView rest(*bytes);
  if (rest.size() < kHeaderBytes || load_be<uint32_t>(rest.data()) != crc32c(rest.subspan(4))) {
    return true;
  }
  if (as_text(rest.subspan(kCrcBytes, kFileMagic.size())) != kFileMagic) return true;
  if (rest[kHeaderBytes - 1] != kVersion) return true;
  rest = rest.subspan(kHeaderBytes);
  while (rest.size() >= kEntryBytes) {
    Uuid topic_id;
    std::copy_n(rest.begin(), topic_id.bytes.size(), topic_id.bytes.begin());
    const PartitionIndex partition(load_be<int32_t>(rest.data() + 16));
    const auto length = static_cast<size_t>(load_be<uint32_t>(rest.data() + 20));
    rest = rest.subspan(kEntryBytes);
    if (length > rest.size()) break;
    points_[{topic_id, partition}].assign(rest.begin(),
                                          rest.begin() + static_cast<ptrdiff_t>(length));
    rest = rest.subspan(length);
  }
  return true;
}

std::optional<ResumePoint> ResumePoints::find(const JournalIdentity& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = points_.find(key_of(id));
  if (found == points_.end()) return std::nullopt;
  return decode_resume_point(found->second);
}

void ResumePoints::put(const JournalIdentity& id, const ResumePoint& point) {
  if (id.topic_id.is_zero()) return;
  std::vector<uint8_t> encoded = encode_resume_point(point);
  const std::lock_guard lock(mutex_);
  if (encoded.size() <= kPointBytesMax) points_[key_of(id)] = std::move(encoded);
}

LogResult<bool> ResumePoints::erase(const JournalIdentity& id) {
  const std::lock_guard lock(mutex_);
  if (points_.erase(key_of(id)) > 0) file_says_more_ = true;
  return file_says_more_ ? write_locked() : LogResult<bool>(true);
}

void ResumePoints::forget(const JournalIdentity& id) {
  const std::lock_guard lock(mutex_);
  if (points_.erase(key_of(id)) > 0) file_says_more_ = true;
}

void ResumePoints::keep_only(const std::set<std::pair<Uuid, PartitionIndex>>& ids) {
  const std::lock_guard lock(mutex_);
  const size_t gone =
      std::erase_if(points_, [&](const auto& item) { return !ids.contains(item.first); });
  if (gone > 0) file_says_more_ = true;
}

LogResult<bool> ResumePoints::write() {
  const std::lock_guard lock(mutex_);
  return write_locked();
}

LogResult<bool> ResumePoints::write_locked() {
  std::vector<uint8_t> bytes(kHeaderBytes);
  std::copy(kFileMagic.begin(), kFileMagic.end(), bytes.begin() + kCrcBytes);
  bytes.back() = kVersion;
  for (const auto& [key, point] : points_) {
    const size_t at = bytes.size();
    bytes.resize(at + kEntryBytes);
    std::copy(key.first.bytes.begin(), key.first.bytes.end(),
              bytes.begin() + static_cast<ptrdiff_t>(at));
    store_be<int32_t>(bytes.data() + at + 16, key.second.value);
    store_be<uint32_t>(bytes.data() + at + 20, static_cast<uint32_t>(point.size()));
    bytes.insert(bytes.end(), point.begin(), point.end());
  }
  // A file that load() would refuse helps nobody, and the old one may speak of what is gone.
  if (bytes.size() > file_bytes_max_) bytes.resize(kHeaderBytes);
  store_be<uint32_t>(bytes.data(), crc32c(ByteView(bytes).subspan(kCrcBytes)));
  const FileResult<void> written = replace_file(fs_, file_, bytes);
  if (!written.ok()) return Err(health_.change_failed(written.error()));
  file_says_more_ = false;
  return true;
}

}  // namespace odradek
