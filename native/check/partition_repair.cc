#include "check/partition_repair.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "base/assert.h"
#include "check/segment_walk.h"
#include "check/set_aside.h"
#include "check/text_check.h"
#include "log/active_segment.h"
#include "log/leader_epochs.h"
#include "log/partition_folder.h"
#include "log/producer_replay.h"
#include "log/producer_snapshot.h"
#include "log/sealed_segment.h"
#include "log/segment_format.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr int64_t kIndexIntervalBytes = 4096;  // index.interval.bytes of Apache Kafka
constexpr size_t kSnapshotBytesMax = 256U << 20;

class Repair {
 public:
  Repair(FileSystem& fs, const std::string& directory, const PartitionFacts& facts,
         const PartitionReport& report, RepairKeeps keeps)
      : fs_(fs),
        facts_(facts),
        report_(report),
        path_(directory + "/" + facts.folder),
        aside_(fs, path_, keeps == RepairKeeps::everything) {}

  LogResult<PartitionRepair> run();

 private:
  LogResult<bool> cut_log(const PartitionCut& cut);
  LogResult<bool> set_snapshots_aside();
  void find_work();
  LogResult<bool> rebuild();
  LogResult<bool> rebuild_segment(Offset base, bool writes_indexes);
  LogResult<bool> write_snapshot(Offset offset);
  LogResult<bool> write_epochs();
  LogResult<bool> load_history(Offset first);
  void tell_rebuilt(const std::string& name) {
    done_.rebuilt.push_back(facts_.folder + "/" + name);
  }

  FileSystem& fs_;
  const PartitionFacts& facts_;
  const PartitionReport& report_;
  const std::string path_;
  SetAside aside_;
  PartitionRepair done_;
  std::set<Offset> index_work_;     // segments whose indexes are to be written
  std::set<Offset> snapshot_work_;  // offsets whose snapshots are to be written
  bool epoch_work_ = false;
  ProducerHistory history_;
  LeaderEpochs epochs_;
  WalkOrder order_;
};

LogResult<PartitionRepair> Repair::run() {
  done_.folder = facts_.folder;
  find_work();
  if (report_.cut) RETURN_IF_ERROR(cut_log(*report_.cut));
  RETURN_IF_ERROR(set_snapshots_aside());
  RETURN_IF_ERROR(rebuild());
  RETURN_IF_FILE_ERROR(fs_.sync_directory(path_));
  done_.log_end = order_.next_offset;
  for (const std::string& name : aside_.kept()) done_.kept.push_back(facts_.folder + "/" + name);
  return std::move(done_);
}

// By the findings: which files of which segments are to be made anew.
void Repair::find_work() {
  for (const Finding& finding : report_.findings.kept()) {
    if (finding.kind == FindingKind::unclean) continue;
    if (!finding.file.starts_with(facts_.folder + "/")) continue;
    const std::string name = finding.file.substr(facts_.folder.size() + 1);
    if (name == kLeaderEpochCheckpoint) epoch_work_ = true;
    const auto parsed = parse_segment_file_name(name);
    if (!parsed || parsed->kind == SegmentFileKind::log) continue;
    if (parsed->kind == SegmentFileKind::snapshot) {
      snapshot_work_.insert(parsed->base_offset);
    } else {
      index_work_.insert(parsed->base_offset);
    }
  }
  if (!report_.cut) return;
  epoch_work_ = true;
  index_work_.erase(index_work_.upper_bound(report_.cut->segment_base), index_work_.end());
  index_work_.insert(report_.cut->segment_base);
}

// Later segments go first: cut the other way round, a crash between would show them behind a hole.
LogResult<bool> Repair::cut_log(const PartitionCut& cut) {
  auto listed = list_partition_folder(fs_, path_);
  if (!listed.ok()) return Err(listed.error());
  for (auto base = listed->segments.rbegin(); base != listed->segments.rend(); ++base) {
    if (*base <= cut.segment_base) break;
    const std::string log = segment_file_name(*base, SegmentFileKind::log);
    auto status = fs_.status(path_ + "/" + log);
    if (!status.ok()) return Err(storage_error(status.error()));
    done_.bytes_cut += status->size;
    RETURN_IF_ERROR(aside_.take(log, ".cut"));
    for (const SegmentFileKind kind : {SegmentFileKind::offset_index, SegmentFileKind::time_index,
                                       SegmentFileKind::aborted_index}) {
      RETURN_IF_FILE_ERROR(remove_if_there(fs_, segment_file_path(path_, *base, kind)));
    }
  }
  RETURN_IF_FILE_ERROR(fs_.sync_directory(path_));
  auto bytes =
      aside_.take_tail(segment_file_name(cut.segment_base, SegmentFileKind::log), cut.position);
  if (!bytes.ok()) return Err(bytes.error());
  done_.bytes_cut += *bytes;
  return true;
}

// Those that cannot be read, and those that tell of batches that are gone.
LogResult<bool> Repair::set_snapshots_aside() {
  auto listed = list_partition_folder(fs_, path_);
  if (!listed.ok()) return Err(listed.error());
  for (const Offset offset : listed->snapshots) {
    const bool gone = report_.cut && offset > report_.cut->offset;
    if (!gone && !snapshot_work_.contains(offset)) continue;
    const std::string name = segment_file_name(offset, SegmentFileKind::snapshot);
    RETURN_IF_ERROR(aside_.take(name, gone ? ".cut" : ".damaged"));
    if (gone) snapshot_work_.erase(offset);
  }
  return true;
}

// Reads the partition once and writes on the way what is to be made anew.
LogResult<bool> Repair::rebuild() {
  auto listed = list_partition_folder(fs_, path_);
  if (!listed.ok()) return Err(listed.error());
  order_.next_offset = report_.log_end;
  if (listed->segments.empty()) return true;
  order_.next_offset = listed->segments.front();
  RETURN_IF_ERROR(load_history(listed->segments.front()));
  for (const Offset base : listed->segments) {
    if (snapshot_work_.contains(base)) RETURN_IF_ERROR(write_snapshot(base));
    RETURN_IF_ERROR(rebuild_segment(base, index_work_.contains(base)));
  }
  if (snapshot_work_.contains(order_.next_offset)) {
    RETURN_IF_ERROR(write_snapshot(order_.next_offset));
  }
  if (!epoch_work_) return true;
  return write_epochs();
}

LogResult<bool> Repair::load_history(Offset first) {
  auto bytes = read_whole_file(fs_, segment_file_path(path_, first, SegmentFileKind::snapshot),
                               kSnapshotBytesMax);
  if (!bytes.ok() && bytes.error().kind == FileErrorKind::not_found) return true;
  if (!bytes.ok()) return Err(storage_error(bytes.error()));
  auto state = decode_producer_snapshot(*bytes, first);
  if (!state) return true;
  for (const auto& [id, entry] : state->entries()) {
    if (!entry.in_transaction()) continue;
    history_.transactions.begin(id, LogPoint::without_position(entry.transaction_first_offset));
  }
  history_.producers = std::move(*state);
  return true;
}

LogResult<bool> Repair::rebuild_segment(Offset base, bool writes_indexes) {
  const std::string path = segment_file_path(path_, base, SegmentFileKind::log);
  auto window = FileWindow::open(fs_, path);
  if (!window.ok()) return Err(window.error());
  auto opened = fs_.open(path, OpenMode::read);
  if (!opened.ok()) return Err(storage_error(opened.error()));
  const std::shared_ptr<File> file = std::move(*opened);
  auto segment = ActiveSegment::adopt(base, file, 0, std::make_shared<SegmentIndexes>(base), {},
                                      kNoTimestamp, TimestampMs(0));
  SegmentPlace place;
  place.base_offset = base;
  SegmentWalk walk(**window, place, order_);
  for (;;) {
    auto step = walk.next();
    if (!step.ok()) return Err(step.error());
    if (*step != WalkStep::batch) break;  // the end, or what an unclean stop has left
    const BatchHeader header = walk.header();
    std::optional<TransactionMarker> marker;
    if (header.is_control()) {
      auto batch = walk.batch();
      if (!batch.ok()) return Err(batch.error());
      if (*batch) marker = transaction_marker(**batch);
    }
    const ProducerChange change =
        take_in(header, marker, LogPoint{header.base_offset, base, walk.position()}, &history_);
    segment->record(header, kIndexIntervalBytes);
    if (change.ended) {
      const Offset last_stable = history_.transactions.end(*change.ended);
      history_.transactions.high_watermark_advanced(header.next_offset());
      if (!change.ended->committed) {
        segment->record_aborted({header.producer_id, change.ended->first_offset,
                                 change.ended->last_offset, last_stable});
      }
    }
    epochs_.assign(header.leader_epoch, header.base_offset);
    order_ = {header.next_offset(), header.leader_epoch};
  }
  if (!writes_indexes) return true;
  segment->complete_time_index();
  for (const SegmentFileKind kind : {SegmentFileKind::offset_index, SegmentFileKind::time_index,
                                     SegmentFileKind::aborted_index}) {
    RETURN_IF_FILE_ERROR(remove_if_there(fs_, segment_file_path(path_, base, kind)));
  }
  RETURN_IF_FILE_ERROR(write_index_files(fs_, path_, *segment->indexes()));
  tell_rebuilt(segment_file_name(base, SegmentFileKind::offset_index));
  return true;
}

LogResult<bool> Repair::write_snapshot(Offset offset) {
  RETURN_IF_FILE_ERROR(replace_file(fs_,
                                    segment_file_path(path_, offset, SegmentFileKind::snapshot),
                                    encode_producer_snapshot(history_.producers)));
  tell_rebuilt(segment_file_name(offset, SegmentFileKind::snapshot));
  return true;
}

// What the checkpoint says is kept where it is the only one to know: of batches that are deleted.
LogResult<bool> Repair::write_epochs() {
  const std::string file = path_ + "/" + kLeaderEpochCheckpoint;
  auto text = read_small_file(fs_, file);
  if (!text.ok()) return Err(text.error());
  std::optional<LeaderEpochs> said;
  if (*text) said = LeaderEpochs::parse(**text);
  LeaderEpochs epochs = epochs_;
  const bool only_longer = said && report_.cut;
  if (only_longer) {
    epochs = *said;
    epochs.truncate_end(std::max(order_.next_offset, Offset(1)));
  }
  epochs.truncate_start(std::max(facts_.log_start, report_.log_start));
  const std::string written = epochs.format();
  if (*text && **text == written) return true;
  if (*text && !said) RETURN_IF_ERROR(aside_.take(kLeaderEpochCheckpoint, ".damaged"));
  RETURN_IF_FILE_ERROR(replace_file(fs_, file, as_bytes(written)));
  tell_rebuilt(kLeaderEpochCheckpoint);
  return true;
}

}  // namespace

LogResult<PartitionRepair> repair_partition(FileSystem& fs, const std::string& directory,
                                            const PartitionFacts& facts,
                                            const PartitionReport& report, RepairKeeps keeps) {
  ASSERT(facts.folder == report.folder);
  return Repair(fs, directory, facts, report, keeps).run();
}

}  // namespace odradek
