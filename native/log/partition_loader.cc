#include "log/partition_loader.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "log/header_cursor.h"
#include "log/index_loader.h"
#include "log/log_surgery.h"
#include "log/partition_folder.h"
#include "log/producer_snapshot.h"
#include "log/segment_scanner.h"
#include "log/sorted_search.h"
#include "log/storage_error.h"
#include "log/swap_files.h"

namespace odradek {
namespace {

constexpr size_t kEpochCheckpointBytesMax = 64U << 20;
// Of a partition, sealed segments that keep a descriptor until a helper has finished them.
constexpr size_t kUnfinishedMax = 4;

class Loader {
 public:
  explicit Loader(const LoadRequest& request) : request_(request), fs_(*request.fs) {}
  LogResult<LoadedPartition> load();

 private:
  LogResult<bool> may_change() const;
  LogResult<bool> tidy();
  LogResult<bool> load_epochs();
  LogResult<bool> load_trusted(size_t count);
  LogResult<size_t> count_trusted() const;
  std::optional<size_t> segment_to_resume() const;
  LogResult<bool> resume();
  LogResult<bool> load_clean_active();
  LogResult<bool> load_history(Offset offset);
  LogResult<bool> scan_from(size_t first);
  LogResult<std::shared_ptr<ActiveSegment>> segment_to_scan(Offset base);
  LogResult<ScanStep> scan_segment(SegmentScanner* scanner, ActiveSegment* active);
  LogResult<bool> end_at(size_t index, std::shared_ptr<ActiveSegment> active, ScanStep stopped);
  LogResult<bool> start_empty(Offset offset);
  LogResult<bool> start_anew();
  LogResult<bool> write_snapshot(Offset offset);
  LogResult<bool> epochs_from_batches();
  LogResult<bool> finish_sealed(SealedSegment* sealed, Offset end);
  LogResult<bool> remove_indexes(Offset base);
  LogResult<bool> refuse_damage(const SegmentScanner& scanner, size_t index) const;
  LogResult<bool> changed(const FileResult<void>& done);
  BatchOrder order_in(Offset base) const;
  LogResult<bool> remove_snapshots();
  LogResult<LoadedPartition> finish();

  std::string path(Offset base, SegmentFileKind kind) const {
    return segment_file_path(request_.folder, base, kind);
  }
  bool has_snapshot(Offset offset) const {
    return std::binary_search(folder_.snapshots.begin(), folder_.snapshots.end(), offset);
  }
  // Below, every gap is one that compaction or a truncation left: the bytes were on the disk.
  Offset settled() const { return std::max(request_.recovery_point, loaded_.log_start); }
  // Without a recovery point nothing says how far compaction went, under an earlier policy too.
  bool gaps_anywhere() const {
    const bool unknown = request_.recovery_point == Offset(0);
    return !request_.gapless_above && (unknown || request_.config.validation.compacted);
  }
  // Where nobody asks for flushes the kernel may see to it. But where gaps pass, what was taken in
  // is made known as a whole, and for that it must be on the disk. And without a point there may
  // have been more than appends: half a truncation would be undone by a power cut.
  bool may_leave_unsynced() const {
    return !asks_for_flushes(request_.config) && request_.gapless_above && resumed_index_;
  }
  // Does the next segment carry on where the scanned ones end? A gap is no hole where the scan came
  // to the very end of a file: compaction made it, under the present policy or an earlier one.
  bool continues_at(size_t index, ScanStep stopped) const {
    if (index >= bases_.size() || stopped == ScanStep::damaged) return false;
    if (bases_[index] == log_end_) return true;
    return stopped == ScanStep::end && bases_[index] > log_end_ &&
           (gaps_anywhere() || bases_[index] <= settled());
  }

  const LoadRequest& request_;
  FileSystem& fs_;
  PartitionFolder folder_;
  std::vector<Offset> bases_;
  std::vector<std::shared_ptr<SealedSegment>> sealed_;
  std::shared_ptr<ActiveSegment> active_;
  std::shared_ptr<ActiveSegment> resumed_;  // up to the resume point; the scan begins there
  std::optional<size_t> resumed_index_;
  Offset log_end_;
  LeaderEpoch last_epoch_ = kNoLeaderEpoch;
  bool is_cut_ = false;          // of the last segment an end was damaged, and is cut off
  Offset scanned_from_;          // base of the first scanned segment
  bool epochs_missing_ = false;  // there is no checkpoint of them, or a broken one
  LeaderEpochs said_epochs_;     // as it has them
  LoadedPartition loaded_;
};

LogResult<LoadedPartition> Loader::load() {
  RETURN_IF_ERROR(tidy());
  RETURN_IF_ERROR(load_epochs());
  loaded_.log_start = request_.log_start;
  if (bases_.empty()) {
    RETURN_IF_ERROR(start_empty(request_.log_start));
    return finish();
  }
  loaded_.log_start = std::max(request_.log_start, bases_.front());
  auto trusted = count_trusted();
  if (!trusted.ok()) return Err(trusted.error());
  RETURN_IF_ERROR(load_trusted(std::min(*trusted, bases_.size() - 1)));
  RETURN_IF_ERROR(resume());
  if (*trusted == bases_.size()) RETURN_IF_ERROR(load_clean_active());
  if (active_) {
    RETURN_IF_ERROR(load_history(log_end_));
    loaded_.epochs.truncate_end(log_end_ + 1);
    if (loaded_.epochs.latest() < last_epoch_) RETURN_IF_ERROR(epochs_from_batches());
  } else {
    RETURN_IF_ERROR(scan_from(sealed_.size()));
  }
  if (log_end_ < loaded_.log_start) {
    RETURN_IF_ERROR(start_anew());
  }
  return finish();
}

// Asked before every change, and before whole segments are read: a stop waits for who only looks.
LogResult<bool> Loader::may_change() const {
  if (request_.only_look)
    return Err(storage_error(request_.folder + " is not as a stop leaves it"));
  return true;
}

LogResult<bool> Loader::tidy() {
  auto listed = list_partition_folder(fs_, request_.folder);
  if (listed.ok() && listed->swaps) {
    RETURN_IF_ERROR(may_change());
    RETURN_IF_ERROR(complete_swaps(fs_, request_.folder));
    listed = list_partition_folder(fs_, request_.folder);
  }
  if (!listed.ok()) return Err(listed.error());
  folder_ = std::move(*listed);
  bases_ = folder_.segments;
  for (const std::string& name : folder_.useless) {
    RETURN_IF_ERROR(may_change());
    RETURN_IF_ERROR(changed(remove_if_there(fs_, request_.folder + "/" + name)));
    loaded_.folder_unsynced = true;
  }
  for (const std::string& name : folder_.deleted) {
    loaded_.deleted.push_back(request_.folder + "/" + name);
  }
  // A deletion that a crash interrupted: some of these may be missing already. One without a
  // snapshot at its end was not to be deleted yet: what it says of producers is nowhere else.
  while (bases_.size() > 1 && bases_[1] <= request_.log_start && has_snapshot(bases_[1])) {
    RETURN_IF_ERROR(may_change());
    auto renamed = mark_deleted(fs_, request_.folder, bases_[0]);
    if (!renamed.ok()) return Err(request_.health->change_failed(renamed.error()));
    loaded_.deleted.insert(loaded_.deleted.end(), renamed->begin(), renamed->end());
    std::erase(folder_.snapshots, bases_[0]);
    bases_.erase(bases_.begin());
    loaded_.changed = loaded_.folder_unsynced = true;
  }
  return true;
}

// A missing or broken checkpoint is no error: the epochs are in the batches.
LogResult<bool> Loader::load_epochs() {
  auto text = read_whole_file(fs_, request_.folder + "/" + kLeaderEpochCheckpoint,
                              kEpochCheckpointBytesMax);
  if (!text.ok()) {
    epochs_missing_ = text.error().kind == FileErrorKind::not_found;
    if (epochs_missing_) return true;
    return Err(storage_error(text.error()));
  }
  auto epochs = LeaderEpochs::parse(as_text(*text));
  epochs_missing_ = !epochs.has_value();
  loaded_.epochs_file = request_.clean ? EpochsFile::synced : EpochsFile::unsynced;
  if (epochs) loaded_.epochs = said_epochs_ = std::move(*epochs);
  return true;
}

// Finds the epochs again in the headers of what was loaded without a scan.
LogResult<bool> Loader::epochs_from_batches() {
  RETURN_IF_ERROR(may_change());
  loaded_.epochs = LeaderEpochs();
  for (size_t i = 0; i < sealed_.size() + (active_ ? 1 : 0); ++i) {
    const Segment& segment = i < sealed_.size() ? static_cast<const Segment&>(*sealed_[i])
                                                : static_cast<const Segment&>(*active_);
    auto file = segment.file(ReadWait::may_wait);
    if (!file.ok()) return Err(file.error());
    HeaderCursor cursor(**file, Position(0), Position(segment.size_bytes()));
    for (;;) {
      auto more = cursor.next();
      if (!more.ok()) return Err(more.error());
      if (!*more) break;
      loaded_.epochs.assign(cursor.header().leader_epoch, cursor.header().base_offset);
    }
  }
  loaded_.changed = true;
  return true;
}

// The segment of the resume point, if that counts. A synced one above the recovery point does not:
// a segment before it may be without its indexes.
std::optional<size_t> Loader::segment_to_resume() const {
  const std::optional<ResumePoint>& point = request_.resume_point;
  if (request_.clean || epochs_missing_ || !point) return std::nullopt;
  if (point->synced && point->end.offset > request_.recovery_point) return std::nullopt;
  const auto found = std::lower_bound(bases_.begin(), bases_.end(), point->end.segment_base);
  if (found == bases_.end() || *found != point->end.segment_base) return std::nullopt;
  return static_cast<size_t>(found - bases_.begin());
}

// Takes over what a checkpoint knew of the batches before its resume point. Does nothing if that
// does not fit the files: then the segment is scanned from its start.
LogResult<bool> Loader::resume() {
  const std::optional<size_t> index = segment_to_resume();
  if (!index || sealed_.size() != *index) return true;
  const ResumePoint& point = *request_.resume_point;
  auto segment = load_resumed_segment(fs_, request_.folder, point, request_.now);
  if (!segment.ok()) return Err(segment.error());
  resumed_ = std::move(*segment);
  if (!resumed_) return true;
  resumed_index_ = index;
  if (point.synced) loaded_.resumed_at = point.end.offset;
  loaded_.history = history_of(point.producers, point.end.offset);
  // The newest on disk, which is kept.
  const auto above =
      std::upper_bound(folder_.snapshots.begin(), folder_.snapshots.end(), point.end.offset);
  if (above != folder_.snapshots.begin()) loaded_.history.snapshot_offset = *(above - 1);
  return true;
}

// How many segments in front need not be scanned: those below the recovery point, or all after a
// clean stop, as far as their index files are there. A segment that ends just at the recovery point
// is scanned: it may have been the active one when that was written, not trimmed, without indexes.
// A resume point tells that it was not.
LogResult<size_t> Loader::count_trusted() const {
  size_t count = bases_.size();
  if (const auto index = segment_to_resume()) {
    count = *index;
  } else if (!request_.clean) {
    const size_t started =
        count_front(bases_.size(), [&](size_t i) { return bases_[i] < request_.recovery_point; });
    count = started == 0 ? 0 : started - 1;
  }
  // Whoever loads the last one reads its indexes.
  for (size_t i = 0; i < std::min(count, bases_.size() - 1); ++i) {
    auto plausible = has_plausible_indexes(fs_, request_.folder, bases_[i]);
    if (!plausible.ok()) return Err(plausible.error());
    if (!*plausible) return i;
  }
  return count;
}

LogResult<bool> Loader::load_trusted(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    auto status = fs_.status(path(bases_[i], SegmentFileKind::log));
    if (!status.ok()) return Err(storage_error(status.error()));
    auto aborted = load_aborted_index(fs_, request_.folder, bases_[i]);
    if (!aborted.ok()) return Err(aborted.error());
    if (!*aborted) return true;  // to be scanned, with those behind it
    sealed_.push_back(SealedSegment::on_disk(fs_, *request_.open_files, request_.folder, bases_[i],
                                             status->size, std::move(**aborted)));
  }
  return true;
}

// After a clean stop: the indexes of the last segment, and the headers behind the last entry.
// Leaves active_ empty if they do not fit the file.
LogResult<bool> Loader::load_clean_active() {
  if (sealed_.size() + 1 != bases_.size()) return true;
  auto loaded = load_active_segment(fs_, request_.folder, bases_.back(), request_.now);
  if (!loaded.ok()) return Err(loaded.error());
  if (!loaded->segment) return true;
  active_ = std::move(loaded->segment);
  log_end_ = loaded->log_end;
  last_epoch_ = loaded->last_epoch;
  return true;
}

// The producer state at `offset`, which the trusted segments reach.
LogResult<bool> Loader::load_history(Offset offset) {
  auto history =
      load_producer_snapshot(fs_, request_.folder, folder_.snapshots, offset, request_.only_look);
  if (!history.ok()) return Err(history.error());
  loaded_.history = std::move(*history);
  for (size_t i = 0; i < sealed_.size(); ++i) {
    const Offset end = i + 1 < bases_.size() ? bases_[i + 1] : offset;
    if (end <= loaded_.history.offset) continue;
    RETURN_IF_ERROR(may_change());
    RETURN_IF_ERROR(replay_segment(*sealed_[i], std::min(end, offset),
                                   Position(sealed_[i]->size_bytes()), &loaded_.history));
  }
  if (active_ && loaded_.history.offset < offset) {
    RETURN_IF_ERROR(
        replay_segment(*active_, offset, Position(active_->size_bytes()), &loaded_.history));
  }
  return true;
}

// The resumed one, or one that is opened and empty.
LogResult<std::shared_ptr<ActiveSegment>> Loader::segment_to_scan(Offset base) {
  if (resumed_) return std::move(resumed_);
  ++loaded_.report.indexes_rebuilt;
  auto opened = fs_.open(path(base, SegmentFileKind::log), OpenMode::read_write);
  if (!opened.ok()) return Err(storage_error(opened.error()));
  return ActiveSegment::adopt(base, std::move(*opened), 0, std::make_shared<SegmentIndexes>(base),
                              {}, kNoTimestamp, request_.now);
}

LogResult<bool> Loader::scan_from(size_t first) {
  RETURN_IF_ERROR(may_change());
  scanned_from_ = bases_[first];
  log_end_ = resumed_ ? request_.resume_point->end.offset : bases_[first];
  if (!resumed_) RETURN_IF_ERROR(load_history(log_end_));
  if (epochs_missing_) RETURN_IF_ERROR(epochs_from_batches());
  loaded_.epochs.truncate_end(log_end_);
  last_epoch_ = loaded_.epochs.latest();
  for (size_t i = first;; ++i) {
    auto segment = segment_to_scan(bases_[i]);
    if (!segment.ok()) return Err(segment.error());
    std::shared_ptr<ActiveSegment> active = std::move(*segment);
    const std::shared_ptr<File> file = active->writable_file();
    auto file_bytes = file->size();
    if (!file_bytes.ok()) return Err(storage_error(file_bytes.error()));
    const Position from(active->size_bytes());
    SegmentScanner scanner(*file, from, *file_bytes, order_in(bases_[i]), request_.buffer);
    auto stopped = scan_segment(&scanner, active.get());
    if (!stopped.ok()) return Err(stopped.error());

    const bool is_last = i + 1 == bases_.size();
    if (continues_at(i + 1, *stopped)) {
      auto sealed = SealedSegment::seal(fs_, *request_.open_files, request_.folder, *active);
      RETURN_IF_ERROR(finish_sealed(sealed.get(), bases_[i + 1]));
      sealed_.push_back(std::move(sealed));
      log_end_ = bases_[i + 1];  // the offsets of a gap are not used again
      continue;
    }
    // A file that merely ends early is what Kafka leaves after a truncation; anything else below
    // the recovery point, or after a clean stop, was on the disk once.
    const bool merely_short = *stopped == ScanStep::end && is_last;
    const bool torn = *stopped == ScanStep::damaged || !is_last;
    const Offset reached = std::max(log_end_, loaded_.log_start);
    if ((reached < request_.recovery_point && !merely_short) || (request_.clean && torn)) {
      return refuse_damage(scanner, i);
    }
    if (*stopped == ScanStep::damaged) {
      loaded_.report.bytes_cut += *file_bytes - scanner.position().value;
    }
    return end_at(i, std::move(active), *stopped);
  }
}

// What a roll leaves to be done for a segment that ends at `end`. Above the recovery point it may
// be left to a helper; below, the next start would trust index files that lack entries.
LogResult<bool> Loader::finish_sealed(SealedSegment* sealed, Offset end) {
  // The recovery point must pass a gap, or the next recovery takes it for a hole.
  const bool compacted = request_.config.validation.compacted;
  const bool is_known = end < request_.recovery_point;
  const bool may_wait = loaded_.snapshots.size() < kUnfinishedMax && !is_known;
  if (may_leave_unsynced() && may_wait && !compacted && end == log_end_) {
    loaded_.snapshots[end] = encode_producer_snapshot(loaded_.history.producers);
    loaded_.changed = loaded_.unfinished = true;
    return true;
  }
  const FileResult<void> finished = sealed->finish();
  // A full disk has no room for the indexes: they stay in memory until it has. The batches are
  // synced, as a failed sync is no shortage.
  if (!finished.ok() && (!is_shortage(finished.error()) || compacted)) return changed(finished);
  if (!finished.ok()) loaded_.changed = loaded_.unfinished = true;
  if (!finished.ok() && is_known) RETURN_IF_ERROR(remove_indexes(sealed->base_offset()));
  return write_snapshot(end);
}

// So that the segment is scanned again, until it has them all.
LogResult<bool> Loader::remove_indexes(Offset base) {
  for (const SegmentFileKind kind : {SegmentFileKind::offset_index, SegmentFileKind::time_index}) {
    RETURN_IF_ERROR(changed(remove_if_there(fs_, path(base, kind))));
  }
  loaded_.folder_unsynced = true;
  return true;
}

LogResult<bool> Loader::refuse_damage(const SegmentScanner& scanner, size_t index) const {
  const std::string where =
      request_.clean ? "although the last stop was clean"
                     : "below the recovery point " + std::to_string(request_.recovery_point.value);
  return Err(storage_error(path(bases_[index], SegmentFileKind::log) + " is damaged " + where +
                           ": behind offset " + std::to_string(log_end_.value - 1) + ", " +
                           (scanner.reason().empty() ? "batches are missing" : scanner.reason()) +
                           "; restore the partition's folder from a copy, or move it away"));
}

// What the batches of a segment must follow. Neither offset nor epoch is under the checksum, so
// that their order is all that tells a flipped bit.
BatchOrder Loader::order_in(Offset base) const {
  BatchOrder order{std::max(log_end_, base), last_epoch_};
  order.segment_base = base;
  order.gapless_from = gaps_anywhere() ? Offset(INT64_MAX) : settled();
  return order;
}

// The answer after a call that changes the folder or makes changes durable.
LogResult<bool> Loader::changed(const FileResult<void>& done) {
  if (!done.ok()) return Err(request_.health->change_failed(done.error()));
  return true;
}

LogResult<ScanStep> Loader::scan_segment(SegmentScanner* scanner, ActiveSegment* active) {
  const Position from = scanner->position();
  ++loaded_.report.segments_scanned;
  for (;;) {
    auto step = scanner->next();
    if (!step.ok()) return step;
    if (*step != ScanStep::batch) {
      loaded_.report.bytes_scanned += scanner->position() - from;
      return step;
    }
    const BatchHeader& header = scanner->header();
    const LogPoint place{header.base_offset, active->base_offset(), scanner->position()};
    const auto marker = transaction_marker(scanner->batch());
    const ProducerChange change = take_in(header, marker, place, &loaded_.history);
    active->record(header, request_.config.index_interval_bytes);
    if (change.ended) {
      const Offset last_stable = loaded_.history.transactions.end(*change.ended);
      if (!change.ended->committed) {
        active->record_aborted({header.producer_id, change.ended->first_offset,
                                change.ended->last_offset, last_stable});
      }
    }
    loaded_.epochs.assign(header.leader_epoch, header.base_offset);
    last_epoch_ = header.leader_epoch;
    log_end_ = header.next_offset();
  }
}

// Makes segment `index` the last one, ending where its batches do. Later segments go first: cut the
// other way round, a crash between would show them behind a hole.
LogResult<bool> Loader::end_at(size_t index, std::shared_ptr<ActiveSegment> active,
                               ScanStep stopped) {
  for (size_t i = bases_.size(); i-- > index + 1;) {
    auto status = fs_.status(path(bases_[i], SegmentFileKind::log));
    if (status.ok()) loaded_.report.bytes_cut += status->size;
    RETURN_IF_ERROR(changed(remove_segment_files(fs_, request_.folder, bases_[i])));
  }
  if (index + 1 < bases_.size()) RETURN_IF_ERROR(changed(fs_.sync_directory(request_.folder)));
  const std::shared_ptr<File> file = active->writable_file();
  // Reserved room holds nothing that could come back.
  if (stopped == ScanStep::damaged) {
    RETURN_IF_ERROR(changed(file->truncate(active->size_bytes())));
  }
  // What is kept may never have reached the disk: it must, before a reader sees it.
  const bool all_synced = log_end_ == loaded_.resumed_at;
  const bool is_cut = stopped == ScanStep::damaged;
  if (is_cut || !all_synced) loaded_.unsynced.push_back(file);
  is_cut_ = is_cut;
  // The names were synced with the point's segment, unless there are later ones.
  if (index != resumed_index_) loaded_.folder_unsynced = true;
  active_ = std::move(active);
  loaded_.changed = true;
  return true;
}

LogResult<bool> Loader::start_empty(Offset offset) {
  RETURN_IF_ERROR(may_change());
  auto created = ActiveSegment::create(fs_, request_.folder, offset, request_.now);
  if (!created.ok()) return Err(request_.health->change_failed(created.error()));
  active_ = std::move(*created);
  log_end_ = offset;
  loaded_.epochs.truncate_end(offset + 1);
  loaded_.history = ProducerHistory();
  loaded_.history.offset = offset;
  loaded_.changed = loaded_.folder_unsynced = true;
  return true;
}

// The log ends before its own start, because a truncation or a cut took the batch that held it:
// nothing that is left may be shown. What it said of producers still holds.
LogResult<bool> Loader::start_anew() {
  RETURN_IF_ERROR(may_change());
  RETURN_IF_ERROR(write_snapshot(loaded_.log_start));
  // Nothing is left of what these spoke of.
  resumed_index_.reset();
  loaded_.snapshots.clear();
  for (size_t i = sealed_.size() + 1; i-- > 0;) {
    RETURN_IF_ERROR(changed(remove_segment_files(fs_, request_.folder, bases_[i])));
  }
  sealed_.clear();
  bases_ = {loaded_.log_start};
  ProducerHistory history = std::move(loaded_.history);
  RETURN_IF_ERROR(start_empty(loaded_.log_start));
  loaded_.history = std::move(history);
  loaded_.history.offset = loaded_.history.snapshot_offset = loaded_.log_start;
  return true;
}

// Writes the present producer state as that at `offset`: once the segments before it are deleted,
// it alone tells of their producers. A full disk only means that they stay.
LogResult<bool> Loader::write_snapshot(Offset offset) {
  const FileResult<void> written =
      replace_file(fs_, path(offset, SegmentFileKind::snapshot),
                   encode_producer_snapshot(loaded_.history.producers));
  if (!written.ok() && is_shortage(written.error())) return true;
  return changed(written);
}

// Snapshots above the log end tell of batches that are gone. Below, those at a segment's start are
// kept and the newest one.
LogResult<bool> Loader::remove_snapshots() {
  for (const Offset offset : folder_.snapshots) {
    const bool at_segment = std::binary_search(bases_.begin(), bases_.end(), offset);
    if (offset <= log_end_ && (at_segment || offset == loaded_.history.snapshot_offset)) continue;
    RETURN_IF_ERROR(may_change());
    RETURN_IF_ERROR(changed(remove_if_there(fs_, path(offset, SegmentFileKind::snapshot))));
    loaded_.folder_unsynced = true;
  }
  return true;
}

LogResult<LoadedPartition> Loader::finish() {
  ASSERT(active_ != nullptr);
  RETURN_IF_ERROR(remove_snapshots());
  loaded_.epochs.truncate_start(loaded_.log_start);
  const bool as_said = !epochs_missing_ && loaded_.epochs.entries() == said_epochs_.entries();
  loaded_.epochs_changed = loaded_.changed && !as_said;
  loaded_.log_end = {log_end_, active_->base_offset(), Position(active_->size_bytes())};
  loaded_.synced = loaded_.log_end;
  // Neither the segments above `synced` nor their names need be on the disk. What was cut must be:
  // it must not come back.
  if (may_leave_unsynced()) {
    if (!is_cut_) {
      loaded_.unsynced.clear();
      loaded_.folder_unsynced = false;
    }
    loaded_.is_shown_unsynced = true;
    // Where the batch of the recovery point lies is not known here; not before this.
    loaded_.synced = {std::clamp(request_.recovery_point, scanned_from_, log_end_), scanned_from_,
                      Position(0)};
  }
  loaded_.segments = std::make_shared<const SegmentSet>(std::move(sealed_), std::move(active_));
  loaded_.report.partitions = 1;
  // A checkpoint that synced has made all of it durable.
  loaded_.is_young = !request_.clean && loaded_.resumed_at == kNoOffset;
  if (const std::optional<ResumePoint>& point = request_.resume_point) {
    const bool segment_there =
        std::binary_search(bases_.begin(), bases_.end(), point->end.segment_base);
    loaded_.resume_point_stands = segment_there && log_end_ >= point->end.offset;
  }
  return std::move(loaded_);
}

}  // namespace

LogResult<LoadedPartition> load_partition(const LoadRequest& request) {
  ASSERT(request.fs != nullptr && request.open_files != nullptr && request.health != nullptr);
  return Loader(request).load();
}

LoadedPartition unmade_partition(TimestampMs now) {
  LoadedPartition loaded;
  loaded.segments = std::make_shared<const SegmentSet>(
      std::vector<std::shared_ptr<SealedSegment>>(), ActiveSegment::unmade(Offset(0), now));
  loaded.log_end = loaded.synced = {Offset(0), Offset(0), Position(0)};
  loaded.history.snapshot_offset = kNoOffset;
  loaded.is_made = false;
  loaded.is_young = true;
  loaded.report.partitions = 1;
  return loaded;
}

}  // namespace odradek
