#include "log/directory_checkpoints.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "log/partition_folder.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr size_t kCheckpointBytesMax = 256U << 20;

Offset find_or_zero(const OffsetsByPartition& offsets, const TopicPartition& id) {
  const auto found = offsets.find(id);
  return found == offsets.end() ? Offset(0) : found->second;
}

}  // namespace

LogResult<bool> DirectoryCheckpoints::load() {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, offsets] : {std::pair{kRecoveryPointCheckpoint, &recovery_points_},
                                      std::pair{kLogStartCheckpoint, &log_starts_},
                                      std::pair{kHighWatermarkCheckpoint, &high_watermarks_}}) {
    auto text = read_whole_file(fs_, path_ + "/" + name, kCheckpointBytesMax);
    if (!text.ok()) {
      if (text.error().kind == FileErrorKind::not_found) continue;
      return Err(storage_error(text.error()));
    }
    if (auto parsed = parse_offset_checkpoint(as_text(*text))) *offsets = std::move(*parsed);
  }
  recovery_points_on_disk_ = recovery_points_;
  return true;
}

FileResult<void> DirectoryCheckpoints::disown_recovery_points() {
  const std::lock_guard lock(mutex_);
  disowned_ = std::exchange(recovery_points_, {});
  recovery_points_on_disk_.clear();
  return remove_if_there(fs_, path_ + "/" + kRecoveryPointCheckpoint);
}

bool DirectoryCheckpoints::knows_recovery_point(const TopicPartition& id) const {
  const std::lock_guard lock(mutex_);
  return recovery_points_.contains(id);
}

void DirectoryCheckpoints::add_recovery_point(const TopicPartition& id, Offset offset) {
  const std::lock_guard lock(mutex_);
  recovery_points_[id] = offset;
  added_ = true;
}

LogResult<bool> DirectoryCheckpoints::write_recovery_points() {
  const FileResult<void> written = write_added_recovery_points();
  if (!written.ok()) return Err(health_.change_failed(written.error()));
  return true;
}

FileResult<void> DirectoryCheckpoints::write_added_recovery_points() {
  const std::lock_guard lock(mutex_);
  if (!added_) return {};
  const std::string text = format_offset_checkpoint(recovery_points_);
  RETURN_IF_ERROR(replace_file(fs_, path_ + "/" + kRecoveryPointCheckpoint, as_bytes(text)));
  recovery_points_on_disk_ = recovery_points_;
  added_ = false;
  return {};
}

Offset DirectoryCheckpoints::recovery_point(const TopicPartition& id) const {
  const std::lock_guard lock(mutex_);
  return recovery_points_.contains(id) ? recovery_points_.at(id) : find_or_zero(disowned_, id);
}

Offset DirectoryCheckpoints::recovery_point_on_disk(const TopicPartition& id) const {
  const std::lock_guard lock(mutex_);
  return find_or_zero(recovery_points_on_disk_, id);
}

Offset DirectoryCheckpoints::log_start(const TopicPartition& id) const {
  const std::lock_guard lock(mutex_);
  return find_or_zero(log_starts_, id);
}

void DirectoryCheckpoints::put(const PartitionCheckpoint& checkpoint) {
  const TopicPartition& id = checkpoint.topic_partition;
  const std::lock_guard lock(mutex_);
  Offset& known = recovery_points_[id];
  known = std::max(known, checkpoint.recovery_point);
  high_watermarks_[id] = checkpoint.high_watermark;
  if (checkpoint.log_start) {
    log_starts_[id] = *checkpoint.log_start;
  } else {
    log_starts_.erase(id);
  }
}

void DirectoryCheckpoints::remove(const TopicPartition& id) {
  const std::lock_guard lock(mutex_);
  erase(id);
}

void DirectoryCheckpoints::keep_only(const std::set<TopicPartition>& ids) {
  const std::lock_guard lock(mutex_);
  for (OffsetsByPartition* offsets : {&recovery_points_, &log_starts_, &high_watermarks_}) {
    std::erase_if(*offsets, [&](const auto& item) {
      if (ids.contains(item.first)) return false;
      if (item.second > Offset(0)) files_say_more_ = true;
      return true;
    });
  }
}

LogResult<bool> DirectoryCheckpoints::forget(const TopicPartition& id) {
  const std::lock_guard lock(mutex_);
  erase(id);
  if (!files_say_more_) return true;
  return write_all();
}

void DirectoryCheckpoints::erase(const TopicPartition& id) {
  for (OffsetsByPartition* offsets : {&recovery_points_, &log_starts_, &high_watermarks_}) {
    const auto found = offsets->find(id);
    if (found == offsets->end()) continue;
    if (found->second > Offset(0)) files_say_more_ = true;
    offsets->erase(found);
  }
}

LogResult<bool> DirectoryCheckpoints::lower_recovery_point(const TopicPartition& id,
                                                           Offset offset) {
  const std::lock_guard lock(mutex_);
  const auto found = recovery_points_.find(id);
  if (found != recovery_points_.end()) found->second = std::min(found->second, offset);
  if (find_or_zero(recovery_points_on_disk_, id) <= offset) return true;
  return write_recovery_points_locked();
}

LogResult<bool> DirectoryCheckpoints::write_log_start(const TopicPartition& id, Offset log_start) {
  const std::lock_guard lock(mutex_);
  const auto found = log_starts_.find(id);
  const auto before = found == log_starts_.end() ? std::optional<Offset>() : found->second;
  log_starts_[id] = log_start;
  auto written = write_file(kLogStartCheckpoint, log_starts_);
  if (written.ok()) return true;
  // A start that was refused must not get out with the next write.
  if (before) {
    log_starts_[id] = *before;
  } else {
    log_starts_.erase(id);
  }
  return written;
}

LogResult<bool> DirectoryCheckpoints::write(bool without_metadata) {
  const std::lock_guard lock(mutex_);
  for (OffsetsByPartition* offsets : {&recovery_points_, &log_starts_, &high_watermarks_}) {
    if (!without_metadata) break;
    std::erase_if(*offsets, [](const auto& item) { return item.first.topic == kMetadataTopic; });
  }
  return write_all();
}

LogResult<bool> DirectoryCheckpoints::write_all() {
  RETURN_IF_ERROR(write_recovery_points_locked());
  RETURN_IF_ERROR(write_file(kLogStartCheckpoint, log_starts_));
  RETURN_IF_ERROR(write_file(kHighWatermarkCheckpoint, high_watermarks_));
  files_say_more_ = false;
  return true;
}

LogResult<bool> DirectoryCheckpoints::write_recovery_points_locked() {
  RETURN_IF_ERROR(write_file(kRecoveryPointCheckpoint, recovery_points_));
  recovery_points_on_disk_ = recovery_points_;
  added_ = false;
  return true;
}

LogResult<bool> DirectoryCheckpoints::write_file(const char* name,
                                                 const OffsetsByPartition& offsets) {
  const std::string text = format_offset_checkpoint(offsets);
  const FileResult<void> written = replace_file(fs_, path_ + "/" + name, as_bytes(text));
  if (!written.ok()) return Err(health_.change_failed(written.error()));
  return true;
}

}  // namespace odradek
