// The part of PartitionLogImpl that changes files beyond an append: finishing sealed segments,
// truncation, deletion, checkpoint, close. Each takes surgery_mutex_ first.
#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "log/file_deleter.h"
#include "log/log_reader.h"
#include "log/log_surgery.h"
#include "log/partition_log_impl.h"
#include "log/producer_snapshot.h"
#include "log/segment_format.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr int64_t kRetryMs = 1000;
constexpr size_t kAbortedMax = 4096;
constexpr int64_t kReadAgainMax = 1 << 20;

}  // namespace

void PartitionLogImpl::finish_soon() {
  context_->helpers.post([self = shared_from_this()] { self->finish_rolls(); });
}

// On a helper, after a roll.
void PartitionLogImpl::finish_rolls() {
  const std::lock_guard surgery(surgery_mutex_);
  if (closed_ || !online()) return;
  const FileResult<void> done = finish_segments();
  if (done.ok()) return;
  if (!is_shortage(done.error())) return static_cast<void>(write_failed(done.error()));
  // Until there is room the indexes stay in memory, and the recovery point below the segment.
  context_->helpers.post_after(kRetryMs, [self = shared_from_this()] { self->finish_rolls(); });
}

FileResult<void> PartitionLogImpl::write_roll_snapshots() {
  std::map<Offset, std::vector<uint8_t>> snapshots;
  {
    const std::lock_guard lock(append_mutex_);
    snapshots.swap(snapshots_to_write_);
  }
  FileResult<void> written;
  while (!snapshots.empty() && written.ok()) {
    written = write_snapshot(snapshots.begin()->first, snapshots.begin()->second);
    if (written.ok()) snapshots.erase(snapshots.begin());
  }
  const std::lock_guard lock(append_mutex_);
  snapshots_to_write_.merge(snapshots);
  return written;
}

// Does what rolls left to be done. The snapshots come first: a finished segment may be deleted, and
// what it said of producers must outlive it.
FileResult<void> PartitionLogImpl::finish_segments() {
  RETURN_IF_ERROR(write_roll_snapshots());
  const std::shared_ptr<const SegmentSet> segments = state_.segments();
  for (const auto& sealed : segments->sealed()) {
    // Others may sync in between: after a kill there may be many.
    if (!sealed->finished()) RETURN_IF_ERROR(between_syncs([&] { return sealed->finish(); }));
  }
  return {};
}

FileResult<void> PartitionLogImpl::write_snapshot(Offset offset,
                                                  const std::vector<uint8_t>& bytes) {
  RETURN_IF_ERROR(replace_file(
      context_->fs, segment_file_path(folder_, offset, SegmentFileKind::snapshot), bytes));
  snapshot_offset_ = std::max(snapshot_offset_, offset);
  return {};
}

std::optional<FileContent> PartitionLogImpl::epochs_to_write() {
  const std::lock_guard surgery(surgery_mutex_);
  // The epochs of what is synced later are not in the file that is written now.
  draft_.epochs_up_to = state_.synced();
  if (!online()) return std::nullopt;
  // After a kill the file may say so and its name not be on the disk: the points that this
  // checkpoint makes would outlive it.
  if (epochs_file_ == EpochsFile::unsynced) state_.epochs_not_written();
  return epochs_of_checkpoint();
}

std::optional<FileContent> PartitionLogImpl::epochs_of_checkpoint() {
  if (!state_.take_epochs_changed()) return std::nullopt;
  epochs_file_ = EpochsFile::synced;
  const std::string text = state_.epochs().format();
  const ByteView bytes = as_bytes(text);
  return FileContent{folder_ + "/" + kLeaderEpochCheckpoint, {bytes.begin(), bytes.end()}};
}

LogResult<Offset> PartitionLogImpl::truncate_to(Offset offset) {
  auto end = truncate_at(offset);
  // Also where it only looked: what failed to write has told already.
  if (!end.ok() && end.error().disk_failed && online()) {
    context_->health.fail("a truncation failed: " + end.error().detail);
  }
  after_flush();  // what was synced for it may have been waited for
  return end;
}

LogResult<Offset> PartitionLogImpl::truncate_at(Offset offset) {
  const std::lock_guard surgery(surgery_mutex_);
  RETURN_IF_ERROR(check_online());
  if (offset >= state_.log_end() || !made_.load()) return state_.log_end();
  context_->reserve.make_room();
  return context_->flusher.exclusively(*this, [&]() -> LogResult<Offset> {
    RETURN_IF_ERROR(check_online());
    const std::lock_guard lock(append_mutex_);
    const LogView view = state_.view();
    if (offset >= view.log_end.offset) return view.log_end.offset;
    auto cut = locate(view, std::max(offset, view.log_start), ReadWait::may_wait);
    if (!cut.ok()) return Err(cut.error());
    // The batch that holds the log start goes as a whole; the offsets before it are not used again.
    // Nor are those of a gap before the segment, which cannot hold them.
    cut->offset = std::max({cut->offset, view.log_start, cut->segment_base});
    RETURN_IF_ERROR(context_->checkpoints.lower_recovery_point(id_, cut->offset));
    RETURN_IF_ERROR(context_->resume_points.erase(journal_identity()));
    synced_resume_offset_ = resume_offset_ = kNoOffset;
    if (auto windows = view.segments->active()->take_windows()) windows->stop();
    for (const auto& sealed : view.segments->sealed()) sealed->stop_windows();
    RETURN_IF_ERROR(open_active());
    auto after = truncated_set(context_->fs, folder_, *view.segments, *cut,
                               config_.index_interval_bytes, context_->clock.now());
    if (!after.ok()) return Err(after.error());
    settle(*(*after)->active());
    auto history = history_at(**after, *cut);
    if (!history.ok()) return Err(history.error());
    producers_ = std::move(history->producers);
    std::erase_if(snapshots_to_write_, [&](const auto& s) { return s.first > cut->offset; });
    const LogState::Moved moved = state_.truncated(*after, *cut, std::move(history->transactions));
    context_->unflushed_bytes.fetch_add(moved.counted_bytes, std::memory_order_relaxed);
    changed_ = true;
    const FileResult<void> removed =
        remove_behind(context_->fs, folder_, *view.segments, **after, *cut);
    if (!removed.ok()) return Err(write_failed(removed.error()));
    snapshot_offset_ = history->snapshot_offset;
    return cut->offset;
  });
}

// The producer state at `end`, rebuilt from the newest snapshot before it.
LogResult<ProducerHistory> PartitionLogImpl::history_at(const SegmentSet& segments,
                                                        const LogPoint& end) {
  auto listed = list_partition_folder(context_->fs, folder_);
  if (!listed.ok()) return Err(listed.error());
  auto history = load_producer_snapshot(context_->fs, folder_, listed->snapshots, end.offset);
  if (!history.ok()) return history;
  for (size_t i = 0; i < segments.size(); ++i) {
    const Offset segment_end =
        i + 1 < segments.size() ? segments.at(i + 1).base_offset() : end.offset;
    if (segment_end <= history->offset) continue;
    RETURN_IF_ERROR(replay_segment(segments.at(i), segment_end,
                                   Position(segments.at(i).size_bytes()), &*history));
  }
  return history;
}

LogResult<Offset> PartitionLogImpl::delete_up_to(Offset offset) {
  auto start = delete_below(offset);
  after_flush();  // as in truncate_to()
  return start;
}

LogResult<Offset> PartitionLogImpl::delete_below(Offset offset) {
  const std::lock_guard surgery(surgery_mutex_);
  RETURN_IF_ERROR(check_online());
  context_->reserve.make_room();
  // Both only move up while no truncation or other deletion runs.
  const Offset log_start = std::clamp(offset, state_.log_start(), state_.high_watermark());
  // First the new start on disk, so that a power cut between two of the renames leaves no hole:
  // what lies below the start is never looked at. Only then may a reader see it: a full disk
  // refuses the deletion as a whole, and the next try begins where this one did.
  if (log_start > state_.log_start()) {
    // Nor may the start outlive what was to be before it: markers end transactions.
    if (log_start > state_.durable()) RETURN_IF_ERROR(context_->flusher.sync({this}));
    RETURN_IF_ERROR(context_->checkpoints.write_log_start(id_, log_start));
  }
  RETURN_IF_ERROR(finish_below(log_start));
  if (!plan_deletion(*state_.segments(), log_start).gone.empty()) {
    RETURN_IF_ERROR(context_->flusher.exclusively(*this, [&] { return check_online(); }));
  }
  DeletionPlan plan;
  {
    const std::lock_guard lock(append_mutex_);
    RETURN_IF_ERROR(check_online());
    plan = plan_deletion(*state_.segments(), log_start);
    // Segments that were unfinished last time may go now, without a new start.
    if (log_start == state_.log_start() && plan.gone.empty()) return log_start;
    state_.deleted(plan.remaining, log_start);
    changed_ = true;
  }
  for (const auto& segment : plan.gone) {
    auto renamed = mark_deleted(context_->fs, folder_, segment->base_offset());
    if (!renamed.ok()) return Err(write_failed(renamed.error()));
    remove_later(std::move(*renamed), segment);
  }
  // A later checkpoint may forget the start again where the first segment says it.
  if (!plan.gone.empty()) {
    const FileResult<void> synced = context_->fs.sync_directory(folder_);
    if (!synced.ok()) return Err(write_failed(synced.error()));
  }
  return log_start;
}

// A segment that was just sealed goes as well, once it is finished. Where the disk has no room for
// that it stays, and the next deletion takes it.
LogResult<bool> PartitionLogImpl::finish_below(Offset offset) {
  const Offset unfinished = end_of_unfinished();
  if (unfinished == kNoOffset || unfinished > offset) return true;
  const FileResult<void> finished = finish_segments();
  if (finished.ok() || is_shortage(finished.error())) return true;
  return Err(write_failed(finished.error()));
}

// Has a helper remove the files after the delay of the configuration, and not while `segment`, if
// there is one, is still read.
void PartitionLogImpl::remove_later(std::vector<std::string> paths,
                                    std::shared_ptr<const SealedSegment> segment) {
  if (paths.empty()) return;
  const int64_t delay_ms = segment ? config().file_delete_delay_ms : 0;
  context_->helpers.post_after(
      delay_ms, [context = context_.get(), paths = std::move(paths), segment = std::move(segment)] {
        remove_deleted(*context, paths, segment);
      });
}

void PartitionLogImpl::remove_deleted(LogContext& context, const std::vector<std::string>& paths,
                                      const std::shared_ptr<const SealedSegment>& segment) {
  if (segment) {
    segment->close_file();
    if (segment->file_in_use()) {
      context.helpers.post_after(kRetryMs, [context = &context, paths, segment] {
        remove_deleted(*context, paths, segment);
      });
      return;
    }
  }
  // What cannot be removed now is removed at the next start.
  for (const std::string& path : paths) static_cast<void>(remove_in_steps(context.fs, path));
}

void PartitionLogImpl::begin_checkpoint(bool synced) {
  const std::lock_guard surgery(surgery_mutex_);
  const std::lock_guard lock(append_mutex_);
  const LogView view = state_.view();
  draft_ = Draft{synced, view.truncations, Offset(0), std::nullopt, nullptr};
  const Offset known = synced ? synced_resume_offset_ : resume_offset_;
  if (!online() || !made_.load() || view.log_end.offset == known) return;
  const ActiveSegment& active = *view.segments->active();
  ResumePoint point;
  point.aborted = active.aborted().entries();
  // Recovery reads the segment instead: these are written with the file of all partitions.
  if (point.aborted.size() > kAbortedMax) return;
  point.end = {view.log_end.offset, active.base_offset(), Position(active.size_bytes())};
  point.largest_timestamp = active.largest_timestamp();
  point.offset_index.entries = static_cast<int32_t>(active.indexes()->offsets.size());
  point.time_index.entries = static_cast<int32_t>(active.indexes()->times.size());
  point.synced = synced;
  point.producers = producers_;
  draft_.point = std::move(point);
  draft_.indexes = active.indexes();
}

// Not under surgery_mutex_, which is held while segments are synced.
void PartitionLogImpl::write_indexes() {
  if (!draft_.point) return;
  // A segment that was sealed meanwhile has its files from whoever finishes it.
  const bool is_active = state_.segments()->active()->indexes() == draft_.indexes;
  if (!is_active || !online()) return draft_.point.reset();
  const FileResult<void> done =
      index_tail_.write(context_->fs, folder_, draft_.indexes, &*draft_.point);
  if (done.ok()) return;
  draft_.point.reset();
  // A folder that is gone was renamed meanwhile.
  if (done.error().kind == FileErrorKind::not_found) return;
  static_cast<void>(context_->health.change_failed(done.error()));
}

LogResult<bool> PartitionLogImpl::finish_checkpoint() {
  const std::lock_guard surgery(surgery_mutex_);
  RETURN_IF_ERROR(check_online());
  const Draft draft = std::exchange(draft_, Draft());
  if (state_.truncations() != draft.truncations) return true;
  if (draft.synced) put_checkpoint(draft.epochs_up_to);
  if (!draft.point) return true;
  const Offset end = draft.point->end.offset;
  // Recovery trusts the segments before the point's, and of a synced one what it speaks of.
  if (end_of_unfinished() != kNoOffset || (draft.synced && state_.synced() < end)) return true;
  context_->resume_points.put(journal_identity(), *draft.point);
  resume_offset_ = end;
  if (draft.synced) synced_resume_offset_ = end;
  return true;
}

// Where the first sealed segment ends whose index files are not all written; -1 without one. A
// recovery point up to there is safe: the segment that it reaches, or lies in, is scanned.
Offset PartitionLogImpl::end_of_unfinished() const {
  const std::shared_ptr<const SegmentSet> segments = state_.segments();
  for (size_t i = 0; i + 1 < segments->size(); ++i) {
    if (!segments->sealed()[i]->finished()) return segments->at(i + 1).base_offset();
  }
  return kNoOffset;
}

// Under surgery_mutex_, so that what a truncation or deletion tells the checkpoints is never taken
// back by something older.
void PartitionLogImpl::put_checkpoint(Offset up_to) {
  if (!made_.load()) return;
  // The synced offset first: a roll may make room for it to pass the segments of the view.
  const Offset synced = std::min(state_.synced(), up_to);
  const LogView view = state_.view();
  PartitionCheckpoint content{id_, synced, view.high_watermark.offset, std::nullopt};
  const Offset unfinished = end_of_unfinished();
  if (unfinished != kNoOffset) {
    content.recovery_point = std::min(content.recovery_point, unfinished);
  }
  if (view.log_start > view.segments->first_base_offset()) content.log_start = view.log_start;
  context_->checkpoints.put(content);
}

LogResult<bool> PartitionLogImpl::begin_close() {
  const std::lock_guard surgery(surgery_mutex_);
  const std::lock_guard lock(append_mutex_);
  // Retired, and not closed: an earlier close found no room, and this one goes on.
  if (!context_->health.online()) return Err(storage_error(context_->health.reason()));
  retired_.store(ErrorCode::kafka_storage_error, std::memory_order_release);
  return true;
}

size_t PartitionLogImpl::clean_bytes() const {
  const std::lock_guard lock(append_mutex_);
  return producers_.entries().size() * kSnapshotEntryBytes;
}

LogResult<bool> PartitionLogImpl::write_clean(FileChanges* changes) {
  const std::lock_guard surgery(surgery_mutex_);
  if (closed_ || !changed_) return true;
  const FileResult<void> done = write_clean_files(changes);
  if (!done.ok()) return Err(context_->health.change_failed(done.error()));
  return true;
}

FileResult<void> PartitionLogImpl::write_clean_files(FileChanges* changes) {
  RETURN_IF_ERROR(finish_segments());
  stop_windows();
  const std::shared_ptr<ActiveSegment> active = state_.segments()->active();
  active->complete_time_index();
  auto file = active->open_file();
  if (!file.ok()) return Err(file.error());
  RETURN_IF_ERROR((*file)->truncate(active->size_bytes()));
  file->reset();
  active->let_go();
  changes->written.push_back(
      segment_file_path(folder_, active->base_offset(), SegmentFileKind::log));
  RETURN_IF_ERROR(overwrite_index_files(context_->fs, folder_, *active->indexes(), changes));
  RETURN_IF_ERROR(write_clean_epochs(changes));
  if (state_.log_end() > snapshot_offset_ && !may_lack_snapshot(*active)) {
    changes->replaced.push_back(
        {segment_file_path(folder_, state_.log_end(), SegmentFileKind::snapshot),
         encode_producer_snapshot(producers_)});
  }
  changes->folders.push_back(folder_);
  return {};
}

// A first file of the epochs needs no second name: cut short it counts as none. Making a file by
// replacing another takes some file systems far longer.
FileResult<void> PartitionLogImpl::write_clean_epochs(FileChanges* changes) {
  const EpochsFile before = epochs_file_;
  auto content = epochs_of_checkpoint();
  if (!content) {
    if (before == EpochsFile::unsynced) {
      changes->written.push_back(folder_ + "/" + kLeaderEpochCheckpoint);
      epochs_file_ = EpochsFile::synced;
    }
    return {};
  }
  if (before == EpochsFile::none) {
    RETURN_IF_ERROR(overwrite_file(context_->fs, content->path, content->bytes));
    changes->written.push_back(std::move(content->path));
  } else {
    changes->replaced.push_back(std::move(*content));
  }
  return {};
}

// Without producers, and without an older snapshot that would tell of some, a small log is read
// sooner than one more file. Apache Kafka takes a log without any for one without producers.
bool PartitionLogImpl::may_lack_snapshot(const ActiveSegment& active) const {
  const bool is_only_segment = state_.segments()->size() == 1;
  return producers_.entries().empty() && snapshot_offset_ == kNoOffset && is_only_segment &&
         active.size_bytes() <= kReadAgainMax;
}

void PartitionLogImpl::finish_close() {
  const std::lock_guard surgery(surgery_mutex_);
  if (closed_) return;
  closed_ = true;
  put_checkpoint(state_.synced());
}

void PartitionLogImpl::retire(ErrorCode code) {
  const std::lock_guard surgery(surgery_mutex_);
  const std::lock_guard lock(append_mutex_);
  retired_.store(code, std::memory_order_release);
  context_->unflushed_bytes.fetch_add(state_.stop_counting(), std::memory_order_relaxed);
  closed_ = true;
}

void PartitionLogImpl::close_files() {
  stop_windows();
  const std::lock_guard surgery(surgery_mutex_);
  ASSERT(retired_.load() != ErrorCode::none);
  const std::shared_ptr<const SegmentSet> segments = state_.segments();
  for (const auto& sealed : segments->sealed()) sealed->abandon();
  const std::lock_guard lock(append_mutex_);  // an append that is under way has the file
  segments->active()->let_go();
}

void PartitionLogImpl::tidy_up() {
  const TimestampMs now = context_->clock.now();
  bool idle = false;
  {
    const std::lock_guard lock(append_mutex_);
    idle = !pace_.busy(now);
  }
  if (idle) stop_windows();
}

void PartitionLogImpl::forget_idle_producers() {
  const std::lock_guard lock(append_mutex_);
  producers_.expire(context_->clock.now(), config_.producer_id_expiration_ms);
}

// Not under the log's lock: it waits for a helper.
void PartitionLogImpl::stop_windows() {
  std::shared_ptr<WindowFeed> windows;
  {
    const std::lock_guard lock(append_mutex_);
    windows = state_.segments()->active()->take_windows();
  }
  if (windows) windows->stop();
}

}  // namespace odradek
