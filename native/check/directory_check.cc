#include "check/directory_check.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/assert.h"
#include "check/record_file_check.h"
#include "check/text_check.h"
#include "log/checkpoint_file.h"
#include "log/clean_shutdown.h"
#include "log/journal_format.h"
#include "log/meta_properties.h"
#include "log/partition_metadata.h"
#include "log/partition_name.h"
#include "log/segment_format.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr const char* kLockFile = ".lock";

// Which of a partition's facts a checkpoint tells.
struct CheckpointField {
  const char* file;
  Offset PartitionFacts::*field;
};
constexpr std::array<CheckpointField, 4> kCheckpoints = {{
    {kRecoveryPointCheckpoint, &PartitionFacts::recovery_point},
    {kLogStartCheckpoint, &PartitionFacts::log_start},
    {kHighWatermarkCheckpoint, &PartitionFacts::high_watermark},
    {kCleanerCheckpoint, &PartitionFacts::cleaned_to},
}};

}  // namespace

LogResult<std::unique_ptr<DirectoryCheck>> DirectoryCheck::open(FileSystem& fs,
                                                                const std::string& path,
                                                                CheckLock lock) {
  auto status = fs.status(path);
  if (!status.ok() && status.error().kind == FileErrorKind::not_found) {
    return Err(storage_error("there is no directory " + path));
  }
  if (!status.ok()) return Err(storage_error(status.error()));
  if (!status->is_directory) {
    return Err(storage_error(path + " is not a directory; name a log directory"));
  }
  std::unique_ptr<DirectoryCheck> check(new DirectoryCheck(fs, path));
  RETURN_IF_ERROR(check->lock(lock));
  RETURN_IF_ERROR(check->look());
  return check;
}

LogResult<bool> DirectoryCheck::lock(CheckLock how) {
  const std::string file = path_ + "/" + kLockFile;
  auto lock = how == CheckLock::alone ? fs_.lock(file) : fs_.lock_shared(file);
  if (lock.ok()) {
    lock_ = std::move(*lock);
    return true;
  }
  // Whoever uses the directory has made the file.
  if (lock.error().kind == FileErrorKind::not_found) return true;
  if (lock.error().kind != FileErrorKind::locked) return Err(storage_error(lock.error()));
  return Err(storage_error(path_ + " is in use by a broker or another process (it holds " +
                           kLockFile + "); stop that one first"));
}

LogResult<bool> DirectoryCheck::look() {
  report_ = DirectoryReport();
  RETURN_IF_ERROR(find_partitions());
  auto identity = fs_.status(path_ + "/" + kMetaPropertiesFile);
  if (report_.partitions.empty() && !identity.ok()) {
    return Err(storage_error(path_ + " is no log directory: it has neither " + kMetaPropertiesFile +
                             " nor a partition"));
  }
  RETURN_IF_ERROR(check_identity());
  RETURN_IF_ERROR(check_marker());
  RETURN_IF_ERROR(check_checkpoints());
  for (PartitionToCheck& partition : report_.partitions) partition.facts.clean = report_.clean;
  return check_journal_of_partitions();
}

LogResult<bool> DirectoryCheck::find_partitions() {
  auto entries = fs_.list(path_);
  if (!entries.ok()) return Err(storage_error(entries.error()));
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.is_directory || !parse_partition_folder_name(entry.name)) continue;
    PartitionToCheck found;
    found.facts.folder = entry.name;
    auto files = fs_.list(path_ + "/" + entry.name);
    if (!files.ok()) return Err(storage_error(files.error()));
    for (const DirectoryEntry& file : *files) {
      if (file.is_directory || file.name.ends_with(kDeletedSuffix)) continue;
      auto status = fs_.status(path_ + "/" + entry.name + "/" + file.name);
      if (status.ok()) found.bytes += status->size;
    }
    report_.partitions.push_back(std::move(found));
  }
  return true;
}

LogResult<bool> DirectoryCheck::check_identity() {
  auto text = read_small_file(fs_, path_ + "/" + kMetaPropertiesFile);
  if (!text.ok()) return Err(text.error());
  if (!*text) {
    add(FindingKind::missing, kMetaPropertiesFile, "the file is missing");
    return true;
  }
  report_.bytes += static_cast<int64_t>((*text)->size());
  const auto properties = parse_meta_properties(**text);
  if (!properties.ok()) add(FindingKind::damaged, kMetaPropertiesFile, properties.error());
  const std::string bootstrap = path_ + "/" + kBootstrapFile;
  if (!fs_.status(bootstrap).ok()) return true;
  auto bytes = check_record_file(fs_, bootstrap, kBootstrapFile, &report_.findings);
  if (!bytes.ok()) return Err(bytes.error());
  report_.bytes += *bytes;
  return true;
}

LogResult<bool> DirectoryCheck::check_marker() {
  auto text = read_small_file(fs_, path_ + "/" + kCleanShutdownFile);
  if (!text.ok()) return Err(text.error());
  const bool journal = fs_.status(path_ + "/" + kJournalFolder).ok();
  report_.clean = text->has_value() && !journal;
  if (!*text) return true;
  report_.bytes += static_cast<int64_t>((*text)->size());
  if (is_clean_shutdown_text(**text)) return true;
  report_.findings.add(text_finding(kCleanShutdownFile, **text, TextForm::clean_shutdown));
  return true;
}

LogResult<bool> DirectoryCheck::check_checkpoints() {
  for (const auto& [file, field] : kCheckpoints) {
    auto text = read_small_file(fs_, path_ + "/" + file);
    if (!text.ok()) return Err(text.error());
    if (!*text) {
      const bool required =
          field == &PartitionFacts::recovery_point || field == &PartitionFacts::high_watermark;
      if (required && report_.clean) add(FindingKind::missing, file, "the file is missing");
      continue;
    }
    report_.bytes += static_cast<int64_t>((*text)->size());
    const auto offsets = parse_offset_checkpoint(**text);
    if (!offsets) {
      report_.findings.add(text_finding(file, **text, TextForm::offset_checkpoint));
      continue;
    }
    for (PartitionToCheck& partition : report_.partitions) {
      const auto id = parse_partition_folder_name(partition.facts.folder);
      ASSERT(id.has_value());  // find_partitions() takes no other folder
      const auto found = offsets->find(*id);
      if (found != offsets->end()) partition.facts.*field = found->second;
    }
  }
  return true;
}

LogResult<bool> DirectoryCheck::check_journal_of_partitions() {
  folders_.clear();
  for (const PartitionToCheck& partition : report_.partitions) {
    const std::string folder = path_ + "/" + partition.facts.folder;
    auto text = read_small_file(fs_, folder + "/" + kPartitionMetadataFile);
    if (!text.ok() || !*text) continue;
    const auto topic_id = parse_partition_metadata(**text);
    if (!topic_id) continue;
    folders_[{*topic_id, parse_partition_folder_name(partition.facts.folder)->partition}] = folder;
  }
  auto journal = check_journal(
      fs_, path_,
      [this](const Uuid& topic_id, PartitionIndex partition) {
        return folder_of(topic_id, partition);
      },
      &report_.findings);
  if (!journal.ok()) return Err(journal.error());
  report_.journal = *journal;
  report_.bytes += journal->bytes;
  return true;
}

std::optional<std::string> DirectoryCheck::folder_of(const Uuid& topic_id,
                                                     PartitionIndex partition) const {
  const auto found = folders_.find({topic_id, partition});
  return found == folders_.end() ? std::nullopt : std::make_optional(found->second);
}

LogResult<PartitionReport> DirectoryCheck::check(size_t partition) {
  ASSERT(partition < report_.partitions.size());
  return check_partition(fs_, path_, report_.partitions[partition].facts, &bytes_checked_);
}

void DirectoryCheck::add(FindingKind kind, const std::string& file, std::string reason) {
  Finding finding;
  finding.kind = kind;
  finding.file = file;
  finding.reason = std::move(reason);
  report_.findings.add(std::move(finding));
}

}  // namespace odradek
