#include "check/partition_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/assert.h"
#include "check/index_check.h"
#include "check/record_file_check.h"
#include "check/segment_walk.h"
#include "check/text_check.h"
#include "log/leader_epochs.h"
#include "log/offset_index.h"
#include "log/partition_folder.h"
#include "log/partition_metadata.h"
#include "log/producer_replay.h"
#include "log/producer_snapshot.h"
#include "log/segment_format.h"
#include "log/storage_error.h"
#include "log/time_index.h"

namespace odradek {
namespace {

constexpr size_t kSnapshotBytesMax = 256U << 20;

class PartitionCheck {
 public:
  PartitionCheck(FileSystem& fs, const std::string& directory, const PartitionFacts& facts,
                 std::atomic<int64_t>* progress)
      : fs_(fs), facts_(facts), path_(directory + "/" + facts.folder), progress_(progress) {
    report_.folder = facts.folder;
  }

  LogResult<PartitionReport> run();

 private:
  // The checks of one segment's indexes; without indexes that must be right, nothing.
  struct Indexes {
    OffsetIndexCheck offsets;
    TimeIndexCheck times;
    IndexBytes aborted;
  };

  LogResult<bool> check_segment(size_t index);
  LogResult<bool> walk(size_t index, SegmentWalk* walk, std::optional<Indexes>* indexes);
  LogResult<bool> take(SegmentWalk* walk, std::optional<Indexes>* indexes);
  void take_damage(const SegmentWalk& walk, size_t index, std::optional<Indexes>* indexes);
  void take_zeros(const SegmentWalk& walk, size_t index, std::optional<Indexes>* indexes);
  void lose(const SegmentWalk& walk, Offset next_offset, std::string reason,
            std::optional<Indexes>* indexes);
  void note_gap(Offset offset, Position position);
  LogResult<std::optional<Indexes>> load_indexes(size_t index);
  LogResult<IndexBytes> load_index(Offset base, SegmentFileKind kind, size_t entry_bytes,
                                   bool required);
  LogResult<std::vector<BatchHeader>> first_headers(size_t index);
  LogResult<bool> check_snapshots();
  LogResult<bool> check_metadata_files();
  LogResult<std::optional<std::string>> read_text(const std::string& name);
  LogResult<bool> read_epochs();
  void compare_epochs(const LeaderEpochs& said);
  LogResult<bool> check_topic_id();
  void check_checkpoints();

  void count(int64_t bytes) {
    report_.bytes += bytes;
    if (progress_ != nullptr) progress_->fetch_add(bytes, std::memory_order_relaxed);
  }
  std::string name_of(Offset base, SegmentFileKind kind) const {
    return facts_.folder + "/" + segment_file_name(base, kind);
  }
  bool is_last(size_t index) const { return index + 1 == folder_.segments.size(); }
  Offset end_of(size_t index) const {
    return is_last(index) ? Offset(INT64_MAX) : folder_.segments[index + 1];
  }
  // Up to where compaction may have taken records. The checkpoint is written behind the segments
  // that it speaks of, so of a log that has an entry each but the last may be cleaned; -1 without
  // one.
  Offset cleaned_to() const {
    const bool is_cleaned = facts_.cleaned_to >= Offset(0) && !folder_.segments.empty();
    return is_cleaned ? std::max(facts_.cleaned_to, folder_.segments.back()) : facts_.cleaned_to;
  }
  // Was everything below `offset` on the disk once?
  bool settled(Offset offset) const { return facts_.clean || offset <= facts_.recovery_point; }
  void add(FindingKind kind, std::string file, std::string reason) {
    Finding finding;
    finding.kind = kind;
    finding.file = std::move(file);
    finding.reason = std::move(reason);
    report_.findings.add(std::move(finding));
  }

  FileSystem& fs_;
  const PartitionFacts& facts_;
  const std::string path_;
  std::atomic<int64_t>* const progress_;
  PartitionFolder folder_;
  PartitionReport report_;
  WalkOrder order_;
  bool after_damage_ = false;  // what is missing before the next batch has been told
  ProducerHistory history_;
  bool history_known_ = false;               // of all producers, from the first batch on
  std::vector<AbortedIndexEntry> aborted_;   // of the present segment
  LeaderEpochs epochs_;                      // as the batches have them
  std::optional<LeaderEpochs> said_epochs_;  // as the checkpoint has them, if it can be read
  Offset segment_base_;
};

LogResult<PartitionReport> PartitionCheck::run() {
  auto listed = list_partition_folder(fs_, path_);
  if (!listed.ok()) return Err(listed.error());
  folder_ = std::move(*listed);
  RETURN_IF_ERROR(check_topic_id());
  RETURN_IF_ERROR(check_snapshots());
  RETURN_IF_ERROR(check_metadata_files());
  RETURN_IF_ERROR(read_epochs());
  if (folder_.segments.empty()) {
    report_.log_start = report_.log_end = std::max(facts_.log_start, Offset(0));
    if (facts_.clean) add(FindingKind::missing, facts_.folder, "holds no segment");
    return std::move(report_);
  }
  order_.next_offset = folder_.segments.front();
  report_.log_start = std::max(facts_.log_start, folder_.segments.front());
  for (size_t i = 0; i < folder_.segments.size(); ++i) RETURN_IF_ERROR(check_segment(i));
  report_.segments = static_cast<int64_t>(folder_.segments.size());
  report_.log_end = order_.next_offset;
  if (said_epochs_ && facts_.clean && !report_.cut) compare_epochs(*said_epochs_);
  check_checkpoints();
  return std::move(report_);
}

LogResult<bool> PartitionCheck::check_segment(size_t index) {
  const Offset base = segment_base_ = folder_.segments[index];
  auto file = FileWindow::open(fs_, segment_file_path(path_, base, SegmentFileKind::log));
  if (!file.ok()) return Err(file.error());
  auto indexes = load_indexes(index);
  if (!indexes.ok()) return Err(indexes.error());
  SegmentPlace place{base, end_of(index), said_epochs_ ? &*said_epochs_ : nullptr, {}};
  auto next_segment = first_headers(index + 1);
  if (!next_segment.ok()) return Err(next_segment.error());
  place.next_segment = std::move(*next_segment);
  aborted_.clear();
  SegmentWalk batches(**file, place, order_);
  RETURN_IF_ERROR(walk(index, &batches, &*indexes));
  if (!is_last(index)) {
    note_gap(end_of(index), Position((*file)->size()));
    order_.next_offset = end_of(index);
  }
  if (!*indexes) return true;
  (*indexes)->offsets.finish(&report_.findings);
  (*indexes)->times.finish(&report_.findings);
  const bool cleaned = base < cleaned_to();
  const bool exact = history_known_ && !cleaned;
  check_aborted_index(name_of(base, SegmentFileKind::aborted_index), (*indexes)->aborted,
                      exact ? &aborted_ : nullptr, &report_.findings);
  return true;
}

LogResult<bool> PartitionCheck::walk(size_t index, SegmentWalk* walk,
                                     std::optional<Indexes>* indexes) {
  int64_t counted = 0;
  for (;;) {
    auto step = walk->next();
    if (!step.ok()) return Err(step.error());
    count(walk->position().value - counted);
    counted = walk->position().value;
    switch (*step) {
      case WalkStep::batch:
        RETURN_IF_ERROR(take(walk, indexes));
        break;
      case WalkStep::damaged:
        take_damage(*walk, index, indexes);
        break;
      case WalkStep::zeros: {
        take_zeros(*walk, index, indexes);
        return true;
      }
      case WalkStep::end:
        return true;
    }
  }
}

LogResult<bool> PartitionCheck::take(SegmentWalk* walk, std::optional<Indexes>* indexes) {
  const BatchHeader header = walk->header();
  const Position position = walk->position();
  if (header.base_offset > order_.next_offset) note_gap(header.base_offset, position);
  after_damage_ = false;
  std::optional<TransactionMarker> marker;
  if (header.is_control()) {
    auto batch = walk->batch();
    if (!batch.ok()) return Err(batch.error());
    if (*batch) marker = transaction_marker(**batch);
  }
  const ProducerChange change =
      take_in(header, marker, LogPoint{header.base_offset, segment_base_, position}, &history_);
  if (change.ended) {
    const Offset last_stable = history_.transactions.end(*change.ended);
    if (!change.ended->committed) {
      aborted_.push_back(
          {header.producer_id, change.ended->first_offset, change.ended->last_offset, last_stable});
    }
    history_.transactions.high_watermark_advanced(header.next_offset());
  }
  epochs_.assign(header.leader_epoch, header.base_offset);
  if (*indexes) {
    (*indexes)->offsets.batch(header, position);
    (*indexes)->times.batch(header);
  }
  order_ = {header.next_offset(), header.leader_epoch};
  report_.batches += 1;
  if (report_.cut) {
    report_.cut->batches += 1;
    report_.cut->bytes += header.size_bytes;
  }
  return true;
}

void PartitionCheck::take_damage(const SegmentWalk& walk, size_t index,
                                 std::optional<Indexes>* indexes) {
  lose(walk, walk.damage_end_offset().value_or(end_of(index)), walk.reason(), indexes);
}

// Room that was reserved and not used is no loss: an unclean stop leaves it behind the last batch.
void PartitionCheck::take_zeros(const SegmentWalk& walk, size_t index,
                                std::optional<Indexes>* indexes) {
  count(walk.damage_end() - walk.position());
  if (order_.next_offset == end_of(index) || !settled(order_.next_offset + 1)) return;
  lose(walk, end_of(index), "zeros up to the end of the file", indexes);
}

// The bytes of the walk's step hold no batch, and offsets up to `next_offset` are lost with them.
void PartitionCheck::lose(const SegmentWalk& walk, Offset next_offset, std::string reason,
                          std::optional<Indexes>* indexes) {
  const bool was_whole = settled(order_.next_offset + 1);
  const int64_t bytes = walk.damage_end() - walk.position();
  Finding finding;
  finding.kind = was_whole ? FindingKind::damaged : FindingKind::unclean;
  finding.file = name_of(segment_base_, SegmentFileKind::log);
  finding.from = walk.position();
  finding.to = walk.damage_end();
  finding.first_offset = order_.next_offset;
  if (next_offset < Offset(INT64_MAX)) finding.next_offset = next_offset;
  finding.reason = std::move(reason);
  report_.findings.add(std::move(finding));
  after_damage_ = true;
  history_known_ = false;
  if (was_whole && !report_.cut) {
    report_.cut = PartitionCut{segment_base_, walk.position(), order_.next_offset, 0, 0};
  }
  if (report_.cut) report_.cut->bytes += bytes;
  if (!*indexes) return;
  (*indexes)->offsets.damage(walk.position(), walk.damage_end());
  (*indexes)->times.damage(order_.next_offset, next_offset);
}

// Offsets up to `offset` are not there. Compaction explains it, damage before it has told it.
void PartitionCheck::note_gap(Offset offset, Position position) {
  if (after_damage_ || offset <= order_.next_offset || offset <= cleaned_to()) return;
  Finding finding;
  finding.kind = settled(offset) ? FindingKind::missing : FindingKind::unclean;
  finding.file = name_of(segment_base_, SegmentFileKind::log);
  finding.from = finding.to = position;
  finding.first_offset = order_.next_offset;
  finding.next_offset = offset;
  finding.reason = "no batch holds these offsets";
  report_.findings.add(std::move(finding));
}

// Only what an index that must be there and right says is judged.
LogResult<std::optional<PartitionCheck::Indexes>> PartitionCheck::load_indexes(size_t index) {
  const Offset base = folder_.segments[index];
  const bool judged = facts_.clean || (!is_last(index) && end_of(index) < facts_.recovery_point);
  if (!judged) return std::optional<Indexes>();
  auto offsets = load_index(base, SegmentFileKind::offset_index, kOffsetIndexEntryBytes, true);
  if (!offsets.ok()) return Err(offsets.error());
  auto times = load_index(base, SegmentFileKind::time_index, kTimeIndexEntryBytes, true);
  if (!times.ok()) return Err(times.error());
  auto aborted = load_index(base, SegmentFileKind::aborted_index, kAbortedIndexEntryBytes, false);
  if (!aborted.ok()) return Err(aborted.error());
  return std::optional<Indexes>(Indexes{
      OffsetIndexCheck(name_of(base, SegmentFileKind::offset_index), base, std::move(*offsets)),
      TimeIndexCheck(name_of(base, SegmentFileKind::time_index), base, std::move(*times)),
      std::move(*aborted)});
}

LogResult<IndexBytes> PartitionCheck::load_index(Offset base, SegmentFileKind kind,
                                                 size_t entry_bytes, bool required) {
  const std::string file = name_of(base, kind);
  auto index = read_index_bytes(fs_, segment_file_path(path_, base, kind), file, entry_bytes,
                                &report_.findings);
  if (!index.ok()) return index;
  count(index->file_bytes);
  if (required && !index->there) add(FindingKind::missing, file, "the file is missing");
  return index;
}

// The first headers of a segment, as far as they can be read: they may tell of the one before.
LogResult<std::vector<BatchHeader>> PartitionCheck::first_headers(size_t index) {
  std::vector<BatchHeader> headers;
  if (index >= folder_.segments.size()) return headers;
  const std::string path = segment_file_path(path_, folder_.segments[index], SegmentFileKind::log);
  auto file = fs_.open(path, OpenMode::read);
  if (!file.ok()) return Err(storage_error(file.error()));
  std::vector<uint8_t> bytes(kBatchHeaderBytes);
  for (Position at(0); headers.size() < kHeadersBehind; at += headers.back().size_bytes) {
    auto got = (*file)->read_at(at, bytes);
    if (!got.ok()) return Err(storage_error(got.error()));
    const auto header = BatchHeader::parse(ByteView(bytes).first(*got));
    if (!header) break;
    headers.push_back(*header);
  }
  return headers;
}

// The one at the first segment is where the walk takes its producers from.
LogResult<bool> PartitionCheck::check_snapshots() {
  const Offset first = folder_.segments.empty() ? Offset(0) : folder_.segments.front();
  history_known_ = first == Offset(0);
  for (const Offset offset : folder_.snapshots) {
    const std::string file = name_of(offset, SegmentFileKind::snapshot);
    auto bytes = read_whole_file(fs_, segment_file_path(path_, offset, SegmentFileKind::snapshot),
                                 kSnapshotBytesMax);
    if (!bytes.ok()) return Err(storage_error(bytes.error()));
    count(static_cast<int64_t>(bytes->size()));
    auto state = decode_producer_snapshot(*bytes, Offset(INT64_MAX));
    const bool impossible = state && !state->fits_log_end(offset);
    if (!state || impossible) {
      add(FindingKind::damaged, file,
          impossible ? "no log that ends there can have what it tells"
                     : "version, length or checksum is wrong");
      continue;
    }
    if (offset != first) continue;
    for (const auto& [id, entry] : state->entries()) {
      if (!entry.in_transaction()) continue;
      history_.transactions.begin(id, LogPoint::without_position(entry.transaction_first_offset));
    }
    history_.producers = std::move(*state);
    history_known_ = true;
  }
  return true;
}

// What the metadata log has beside its segments: snapshots of records, and the state of the quorum.
LogResult<bool> PartitionCheck::check_metadata_files() {
  auto entries = fs_.list(path_);
  if (!entries.ok()) return Err(storage_error(entries.error()));
  for (const DirectoryEntry& entry : *entries) {
    const std::string file = facts_.folder + "/" + entry.name;
    if (entry.name.ends_with(kRecordFileSuffix)) {
      auto bytes = check_record_file(fs_, path_ + "/" + entry.name, file, &report_.findings);
      if (!bytes.ok()) return Err(bytes.error());
      count(*bytes);
    } else if (entry.name == kQuorumStateFile) {
      auto text = read_text(entry.name);
      if (!text.ok()) return Err(text.error());
      if (!*text || is_json_object(**text)) continue;
      add(FindingKind::damaged, file, "this is no JSON object");
    }
  }
  return true;
}

// A small file of the folder, which a clean stop leaves there.
LogResult<std::optional<std::string>> PartitionCheck::read_text(const std::string& name) {
  auto text = read_small_file(fs_, path_ + "/" + name);
  if (!text.ok()) return text;
  if (*text) {
    count(static_cast<int64_t>((*text)->size()));
  } else if (facts_.clean) {
    add(FindingKind::missing, facts_.folder + "/" + name, "the file is missing");
  }
  return text;
}

LogResult<bool> PartitionCheck::read_epochs() {
  const std::string file = facts_.folder + "/" + kLeaderEpochCheckpoint;
  auto text = read_text(kLeaderEpochCheckpoint);
  if (!text.ok()) return Err(text.error());
  if (!*text) return true;
  said_epochs_ = LeaderEpochs::parse(**text);
  if (!said_epochs_) {
    report_.findings.add(text_finding(file, **text, TextForm::leader_epochs));
  }
  return true;
}

// Both must say the same wherever either says that an epoch begins. Told once: from there on
// nothing fits any more.
void PartitionCheck::compare_epochs(const LeaderEpochs& said) {
  const Offset known_from =
      said.entries().empty() ? order_.next_offset : said.entries().front().start_offset;
  std::set<Offset> starts;
  for (const LeaderEpochStart& start : epochs_.entries()) {
    starts.insert(std::max(start.start_offset, known_from));
  }
  // Compaction may have taken the batches that an epoch began with.
  for (const LeaderEpochStart& start : said.entries()) {
    if (start.start_offset >= std::max(cleaned_to(), folder_.segments.front())) {
      starts.insert(start.start_offset);
    }
  }
  for (const Offset at : starts) {
    if (at >= order_.next_offset || said.at(at) == epochs_.at(at)) continue;
    Finding finding;
    finding.file = facts_.folder + "/" + kLeaderEpochCheckpoint;
    finding.first_offset = at;
    finding.reason = "says leader epoch " + std::to_string(said.at(at).value) + " at offset " +
                     std::to_string(at.value) + "; the batch there says " +
                     std::to_string(epochs_.at(at).value);
    report_.findings.add(std::move(finding));
    return;
  }
}

LogResult<bool> PartitionCheck::check_topic_id() {
  const std::string file = facts_.folder + "/" + kPartitionMetadataFile;
  auto text = read_text(kPartitionMetadataFile);
  if (!text.ok()) return Err(text.error());
  if (!*text || parse_partition_metadata(**text)) return true;
  report_.findings.add(text_finding(file, **text, TextForm::partition_metadata));
  return true;
}

// What the directory's checkpoints say must lie inside the log.
void PartitionCheck::check_checkpoints() {
  const Offset end = report_.log_end;
  const auto beyond = [&](const char* file, Offset offset, const char* what) {
    if (offset <= end) return;
    Finding finding;
    finding.kind = FindingKind::missing;
    finding.file = file;
    finding.first_offset = end;
    finding.next_offset = offset;
    finding.reason = std::string(what) + " of " + facts_.folder + " is " +
                     std::to_string(offset.value) + ", but its batches end at " +
                     std::to_string(end.value);
    report_.findings.add(std::move(finding));
  };
  if (after_damage_ || report_.cut) return;
  if (facts_.clean) {
    beyond("recovery-point-offset-checkpoint", facts_.recovery_point, "the recovery point");
    beyond("replication-offset-checkpoint", facts_.high_watermark, "the high watermark");
    beyond("log-start-offset-checkpoint", facts_.log_start, "the log start");
  } else {
    beyond("recovery-point-offset-checkpoint", facts_.recovery_point, "the recovery point");
  }
}

}  // namespace

LogResult<PartitionReport> check_partition(FileSystem& fs, const std::string& directory,
                                           const PartitionFacts& facts,
                                           std::atomic<int64_t>* progress) {
  ASSERT(!facts.folder.empty());
  return PartitionCheck(fs, directory, facts, progress).run();
}

}  // namespace odradek
