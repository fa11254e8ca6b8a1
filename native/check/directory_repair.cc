#include "check/directory_repair.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/assert.h"
#include "check/directory_check.h"
#include "check/set_aside.h"
#include "check/text_check.h"
#include "log/checkpoint_file.h"
#include "log/clean_shutdown.h"
#include "log/directory_health.h"
#include "log/journal_format.h"
#include "log/journal_replay.h"
#include "log/partition_folder.h"
#include "log/partition_name.h"
#include "log/storage_error.h"
#include "log/text_lines.h"

namespace odradek {
namespace {

// Whether offsets above a log's end are lowered to it, or left: a log start says what was deleted.
struct Checkpoint {
  const char* file;
  bool ends_with_log;
};
constexpr std::array<Checkpoint, 4> kCheckpoints = {{
    {kRecoveryPointCheckpoint, true},
    {kHighWatermarkCheckpoint, true},
    {kLogStartCheckpoint, false},
    {kCleanerCheckpoint, true},
}};

// The entries of a checkpoint that can be read, one by one.
OffsetsByPartition salvage(std::string_view text) {
  OffsetsByPartition offsets;
  for (const std::string_view line : split_lines(text)) {
    const auto one = parse_offset_checkpoint("0\n1\n" + std::string(line) + "\n");
    if (one) offsets.insert(one->begin(), one->end());
  }
  return offsets;
}

class Repair {
 public:
  Repair(FileSystem& fs, const std::string& path, const std::vector<std::string>& folders,
         RepairKeeps keeps)
      : fs_(fs),
        path_(path),
        folders_(folders),
        keeps_(keeps),
        aside_(fs, path, keeps == RepairKeeps::everything) {}

  LogResult<DirectoryRepair> run();

 private:
  struct Damaged {
    PartitionFacts facts;
    PartitionReport report;
    Offset end() const { return report.cut ? report.cut->offset : report.log_end; }
  };

  LogResult<bool> replay();
  LogResult<bool> find_damaged();
  LogResult<bool> write_checkpoints();
  LogResult<bool> write_checkpoint(const Checkpoint& checkpoint);
  LogResult<bool> write_marker();
  bool is_faulty(const char* file) const;

  FileSystem& fs_;
  const std::string path_;
  const std::vector<std::string>& folders_;
  const RepairKeeps keeps_;
  SetAside aside_;
  std::unique_ptr<DirectoryCheck> check_;
  std::vector<Damaged> damaged_;
  DirectoryRepair done_;
};

LogResult<DirectoryRepair> Repair::run() {
  // Makes nothing in what is no log directory.
  auto looked = DirectoryCheck::open(fs_, path_);
  if (!looked.ok()) return Err(looked.error());
  *looked = nullptr;
  auto opened = DirectoryCheck::open(fs_, path_, CheckLock::alone);
  if (!opened.ok()) return Err(opened.error());
  check_ = std::move(*opened);
  RETURN_IF_ERROR(replay());
  RETURN_IF_ERROR(find_damaged());
  // Before anything is cut: nobody may think later that what is gone was synced.
  RETURN_IF_ERROR(write_checkpoints());
  RETURN_IF_ERROR(write_marker());
  for (const Damaged& damaged : damaged_) {
    auto repaired = repair_partition(fs_, path_, damaged.facts, damaged.report, keeps_);
    if (!repaired.ok()) return Err(repaired.error());
    done_.partitions.push_back(std::move(*repaired));
  }
  done_.kept = aside_.kept();
  return std::move(done_);
}

// What was acknowledged last goes to its segments first. Then the journal is void: a replay after
// the cut would find a hole, or bring back what was cut.
LogResult<bool> Repair::replay() {
  if (!check_->report().journal.there) return true;
  DirectoryHealth health;
  auto replayed =
      replay_journal(fs_, health, path_, [this](const Uuid& topic_id, PartitionIndex partition) {
        return check_->folder_of(topic_id, partition);
      });
  if (!replayed.ok()) return Err(replayed.error());
  done_.journal_entries = replayed->entries;
  const std::string folder = path_ + "/" + kJournalFolder;
  RETURN_IF_FILE_ERROR(remove_if_there(fs_, folder + "/" + kJournalStartFile));
  RETURN_IF_FILE_ERROR(fs_.sync_directory(folder));
  return check_->look();
}

LogResult<bool> Repair::find_damaged() {
  const std::vector<PartitionToCheck>& partitions = check_->report().partitions;
  for (size_t i = 0; i < partitions.size(); ++i) {
    const PartitionFacts& facts = partitions[i].facts;
    if (std::find(folders_.begin(), folders_.end(), facts.folder) == folders_.end()) continue;
    auto report = check_->check(i);
    if (!report.ok()) return Err(report.error());
    if (report->findings.faults() > 0) damaged_.push_back({facts, std::move(*report)});
  }
  return true;
}

LogResult<bool> Repair::write_checkpoints() {
  for (const Checkpoint& checkpoint : kCheckpoints) RETURN_IF_ERROR(write_checkpoint(checkpoint));
  return true;
}

LogResult<bool> Repair::write_checkpoint(const Checkpoint& checkpoint) {
  auto text = read_small_file(fs_, path_ + "/" + checkpoint.file);
  if (!text.ok()) return Err(text.error());
  if (!*text && !is_faulty(checkpoint.file)) return true;
  const auto parsed = *text ? parse_offset_checkpoint(**text) : std::nullopt;
  OffsetsByPartition offsets = parsed ? *parsed : *text ? salvage(**text) : OffsetsByPartition();
  bool changed = !parsed;
  for (const Damaged& damaged : damaged_) {
    const auto entry = offsets.find(*parse_partition_folder_name(damaged.facts.folder));
    if (!checkpoint.ends_with_log || entry == offsets.end()) continue;
    if (entry->second <= damaged.end()) continue;
    entry->second = damaged.end();
    changed = true;
  }
  if (!changed) return true;
  if (*text && !parsed) RETURN_IF_ERROR(aside_.take(checkpoint.file, ".damaged"));
  RETURN_IF_FILE_ERROR(replace_file(fs_, path_ + "/" + checkpoint.file,
                                    as_bytes(format_offset_checkpoint(offsets))));
  done_.checkpoints.push_back(checkpoint.file);
  return true;
}

// Its being there is what counts; what stood in it is only an epoch.
LogResult<bool> Repair::write_marker() {
  if (!is_faulty(kCleanShutdownFile)) return true;
  RETURN_IF_FILE_ERROR(write_clean_shutdown(fs_, path_, kNoBrokerEpoch));
  done_.checkpoints.push_back(kCleanShutdownFile);
  return true;
}

bool Repair::is_faulty(const char* file) const {
  const std::vector<Finding>& findings = check_->report().findings.kept();
  return std::any_of(findings.begin(), findings.end(),
                     [file](const Finding& finding) { return finding.file == file; });
}

}  // namespace

LogResult<DirectoryRepair> repair_directory(FileSystem& fs, const std::string& path,
                                            const std::vector<std::string>& folders,
                                            RepairKeeps keeps) {
  return Repair(fs, path, folders, keeps).run();
}

}  // namespace odradek
