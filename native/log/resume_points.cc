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
constexpr uint8_t kVersion = 2;
constexpr size_t kCrcBytes = 4;
constexpr size_t kVersionAt = kCrcBytes + kFileMagic.size();
constexpr size_t kHeaderBytes = kVersionAt + 2;  // and the identity
constexpr size_t kIdentityBytesMax = 255;
constexpr size_t kEntryBytes = 16 + 4 + 4;

}  // namespace

LogResult<bool> ResumePoints::load() {
  const std::lock_guard lock(mutex_);
  identity_ = fs_.cache_identity(path_);
  if (identity_.size() > kIdentityBytesMax) identity_.clear();
  auto bytes = read_whole_file(fs_, file_, file_bytes_max_);
  if (!bytes.ok()) {
    const FileErrorKind kind = bytes.error().kind;
    if (kind == FileErrorKind::not_found || kind == FileErrorKind::not_a_directory) return true;
    file_says_more_ = true;  // it may be readable the next time, with a point that was erased
    return true;
  }
  file_says_more_ = true;
  const ByteView whole(*bytes);
  if (whole.size() < kHeaderBytes || load_be<uint32_t>(whole.data()) != crc32c(whole.subspan(4))) {
    return true;
  }
  if (as_text(whole.subspan(kCrcBytes, kFileMagic.size())) != kFileMagic) return true;
  if (whole[kVersionAt] != kVersion) return true;
  const size_t entries_at = kHeaderBytes + whole[kVersionAt + 1];
  if (whole.size() < entries_at) return true;
  const auto identity = as_text(whole.subspan(kHeaderBytes, entries_at - kHeaderBytes));
  file_says_more_ = false;
  take_entries(whole.subspan(entries_at), !identity_.empty() && identity == identity_);
  return true;
}

void ResumePoints::take_entries(ByteView entries, bool same_cache) {
  while (entries.size() >= kEntryBytes) {
    Uuid topic_id;
    std::copy_n(entries.begin(), topic_id.bytes.size(), topic_id.bytes.begin());
    const PartitionIndex partition(load_be<int32_t>(entries.data() + 16));
    const auto length = static_cast<size_t>(load_be<uint32_t>(entries.data() + 20));
    entries = entries.subspan(kEntryBytes);
    if (length > entries.size()) break;
    const ByteView point = entries.first(length);
    const bool synced = is_synced_point(point);
    if (synced || same_cache) {
      points_[{topic_id, partition, synced}].assign(point.begin(), point.end());
    } else {
      file_says_more_ = true;
    }
    entries = entries.subspan(length);
  }
  if (!entries.empty()) file_says_more_ = true;
}

std::optional<ResumePoint> ResumePoints::find(const JournalIdentity& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = points_.lower_bound({id.topic_id, id.partition, false});
  if (found == points_.end()) return std::nullopt;
  const auto& [topic_id, partition, synced] = found->first;
  if (topic_id != id.topic_id || partition != id.partition) return std::nullopt;
  return decode_resume_point(found->second);
}

void ResumePoints::put(const JournalIdentity& id, const ResumePoint& point) {
  if (id.topic_id.is_zero()) return;
  std::vector<uint8_t> encoded = encode_resume_point(point);
  const std::lock_guard lock(mutex_);
  if (!point.synced && identity_.empty()) return;
  if (encoded.size() > kPointBytesMax) return;
  // A later one that is synced is better in every way.
  if (point.synced) points_.erase({id.topic_id, id.partition, false});
  points_[{id.topic_id, id.partition, point.synced}] = std::move(encoded);
}

LogResult<bool> ResumePoints::erase(const JournalIdentity& id) {
  const std::lock_guard lock(mutex_);
  erase_locked(id);
  return file_says_more_ ? write_locked() : LogResult<bool>(true);
}

bool ResumePoints::outlive_process() const {
  const std::lock_guard lock(mutex_);
  return !identity_.empty();
}

void ResumePoints::drop_cached() {
  const std::lock_guard lock(mutex_);
  const size_t dropped =
      std::erase_if(points_, [](const auto& item) { return !std::get<bool>(item.first); });
  identity_.clear();  // none is made any more
  // The failure is told already.
  if (dropped > 0) static_cast<void>(write_locked());
}

void ResumePoints::forget(const JournalIdentity& id) {
  const std::lock_guard lock(mutex_);
  erase_locked(id);
}

void ResumePoints::erase_locked(const JournalIdentity& id) {
  for (const bool synced : {false, true}) {
    if (points_.erase({id.topic_id, id.partition, synced}) > 0) file_says_more_ = true;
  }
}

void ResumePoints::keep_only(const std::set<std::pair<Uuid, PartitionIndex>>& ids) {
  const std::lock_guard lock(mutex_);
  const size_t gone = std::erase_if(points_, [&](const auto& item) {
    const auto& [topic_id, partition, synced] = item.first;
    return !ids.contains({topic_id, partition});
  });
  if (gone > 0) file_says_more_ = true;
}

LogResult<bool> ResumePoints::write() {
  const std::lock_guard lock(mutex_);
  return write_locked();
}

LogResult<bool> ResumePoints::write_locked() {
  std::vector<uint8_t> bytes(kHeaderBytes);
  std::copy(kFileMagic.begin(), kFileMagic.end(), bytes.begin() + kCrcBytes);
  bytes[kVersionAt] = kVersion;
  bytes[kVersionAt + 1] = static_cast<uint8_t>(identity_.size());
  bytes.insert(bytes.end(), identity_.begin(), identity_.end());
  const size_t entries_at = bytes.size();
  for (const auto& [key, point] : points_) {
    const auto& [topic_id, partition, synced] = key;
    const size_t at = bytes.size();
    bytes.resize(at + kEntryBytes);
    std::copy(topic_id.bytes.begin(), topic_id.bytes.end(),
              bytes.begin() + static_cast<ptrdiff_t>(at));
    store_be<int32_t>(bytes.data() + at + 16, partition.value);
    store_be<uint32_t>(bytes.data() + at + 20, static_cast<uint32_t>(point.size()));
    bytes.insert(bytes.end(), point.begin(), point.end());
  }
  // A file that load() would refuse helps nobody, and the old one may speak of what is gone.
  if (bytes.size() > file_bytes_max_) bytes.resize(entries_at);
  store_be<uint32_t>(bytes.data(), crc32c(ByteView(bytes).subspan(kCrcBytes)));
  const FileResult<void> written = replace_file(fs_, file_, bytes);
  if (!written.ok()) return Err(health_.change_failed(written.error()));
  file_says_more_ = false;
  return true;
}

}  // namespace odradek
