#include "log/partition_log_impl.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/assert.h"
#include "batch/batch_stamp.h"
#include "log/flush_turn.h"
#include "log/log_reader.h"
#include "log/log_surgery.h"
#include "log/producer_snapshot.h"
#include "log/roll_policy.h"
#include "log/segment_summaries.h"
#include "log/storage_error.h"
#include "log/timestamp_search.h"

namespace odradek {
namespace {

// Appended to logs that ask for flushes and not durable, in all of a directory.
constexpr int64_t kUnflushedBytesMax = 64LL << 20;
constexpr int64_t kFlushRetryMs = 100;

AppendOutcome duplicate_outcome(const ProducerBatch& known, Offset log_start) {
  AppendOutcome outcome;
  outcome.base_offset = known.base_offset();
  outcome.last_offset = known.last_offset;
  outcome.required_high_watermark = known.last_offset + 1;
  // As in Kafka, whoever gave the batch its time.
  outcome.log_append_time = known.timestamp;
  outcome.log_start_offset = log_start;
  outcome.duplicate = true;
  return outcome;
}

}  // namespace

PartitionLogImpl::PartitionLogImpl(std::shared_ptr<LogContext> context, TopicPartition id,
                                   const Uuid& topic_id, std::string folder,
                                   const LogConfig& config, LoadedPartition loaded)
    : context_(std::move(context)),
      id_(std::move(id)),
      topic_id_(topic_id),
      uses_reserve_(id_.topic == kMetadataTopic || id_.topic == kQueueStateTopic),
      folder_(std::move(folder)),
      state_(loaded.segments, loaded.log_end, loaded.synced, loaded.log_start,
             std::move(loaded.epochs), std::move(loaded.history.transactions), config),
      changed_(loaded.changed),
      epochs_file_(loaded.epochs_file),
      snapshot_offset_(loaded.history.snapshot_offset),
      config_(config),
      producers_(std::move(loaded.history.producers)),
      leader_epoch_(std::max(0, state_.epochs().latest().value)),
      flush_ms_(config.flush_ms),
      made_(loaded.is_made),
      young_(loaded.is_young) {
  settle(*loaded.segments->active());
  // Nothing came since: the point need not be made again.
  if (loaded.resumed_at == state_.log_end()) {
    synced_resume_offset_ = resume_offset_ = loaded.resumed_at;
  }
  // Recovery may have found epochs that the checkpoint does not have.
  if (loaded.epochs_changed) state_.epochs_not_written();
  snapshots_to_write_ = std::move(loaded.snapshots);
  remove_later(std::move(loaded.deleted), nullptr);
}

PartitionLogImpl::~PartitionLogImpl() {
  context_->unflushed_bytes.fetch_sub(state_.counted_bytes(), std::memory_order_relaxed);
}

LogResult<AppendOutcome> PartitionLogImpl::append(ByteSpan bytes, AppendOrigin origin,
                                                  FlushTurn* turn) {
  AppendOutcome outcome;
  LogState::Moved moved;
  {
    const std::lock_guard lock(append_mutex_);
    RETURN_IF_ERROR(check_online());
    assign_offsets(bytes, state_.log_end(), leader_epoch());
    const std::optional<BatchView> view = BatchView::at(bytes);
    ASSERT(view && view->size() == bytes.size());
    const BatchHeader batch = BatchHeader::of(*view);
    const bool client = origin == AppendOrigin::client;
    const auto marker = client ? std::nullopt : transaction_marker(*view);
    const ProducerState::Verdict verdict =
        marker ? producers_.check_marker(batch, *marker) : producers_.check(batch, client);
    if (verdict.code != ErrorCode::none) return Err(LogError{verdict.code, verdict.detail, {}});
    const bool log_append_time = view->is_log_append_time();
    if (verdict.duplicate_of) {
      return duplicate_outcome(*verdict.duplicate_of, state_.log_start());
    }
    RETURN_IF_ERROR(prepare(batch));
    const std::shared_ptr<ActiveSegment> active = state_.segments()->active();
    const FileResult<void> written = active->write(bytes);
    if (!written.ok()) return Err(write_failed(written.error()));

    const LogPoint begin{batch.base_offset, active->base_offset(), Position(active->size_bytes())};
    active->record(batch, config_.index_interval_bytes);
    const LogPoint end{batch.next_offset(), begin.segment_base, begin.position + batch.size_bytes};
    const ProducerChange change = producers_.update(batch, marker);
    moved = state_.appended(batch, begin, end, change);
    keep_pace(*active, batch.size_bytes);
    changed_ = true;
    outcome.base_offset = batch.base_offset;
    outcome.last_offset = batch.last_offset;
    outcome.required_high_watermark = batch.next_offset();
    if (log_append_time) outcome.log_append_time = batch.max_timestamp;
    outcome.log_start_offset = state_.log_start();
    note_appended(batch.size_bytes);
    write_back_behind(*active, begin.position, end.position);
  }
  announce(moved, turn);
  return outcome;
}

void PartitionLogImpl::note_appended(int64_t bytes) {
  if (!asks_for_flushes(config_)) {
    context_->cached_since_checkpoint.fetch_add(bytes, std::memory_order_relaxed);
  }
  context_->note_unsaved(bytes);
}

// Where flushes are asked for, what was written goes to the disk soon: a sync that comes later, of
// the segments or of the journal, then waits for little. Not on this thread, which a busy disk
// would hold up.
void PartitionLogImpl::write_back_behind(const ActiveSegment& active, Position begin,
                                         Position end) {
  if (config_.flush_messages == INT64_MAX) return;
  const int64_t from = begin.value / kWriteBackBytes;
  const int64_t to = end.value / kWriteBackBytes;
  if (from == to) return;
  context_->helpers.post([file = active.writable_file(), from, to] {
    file->start_write_back(Position(from * kWriteBackBytes), (to - from) * kWriteBackBytes);
  });
}

// Makes room for the batch: a new segment if it is time for one, and allocated bytes.
LogResult<bool> PartitionLogImpl::prepare(const BatchHeader& batch) {
  if (batch.size_bytes > config_.segment_bytes) {
    return Err(LogError{ErrorCode::record_list_too_large,
                        "a batch of " + std::to_string(batch.size_bytes) +
                            " bytes is larger than segment.bytes " +
                            std::to_string(config_.segment_bytes),
                        {}});
  }
  if (!made_.load()) RETURN_IF_ERROR(make_folder());
  RETURN_IF_ERROR(open_active());
  std::shared_ptr<ActiveSegment> active = state_.segments()->active();
  const TimestampMs now = context_->clock.now();
  const int64_t jitter = roll_jitter_ms(config_, partition_hash(), active->base_offset());
  if (must_roll(*active, batch, config_, jitter, now)) {
    RETURN_IF_ERROR(begin_segment(now));
    active = state_.segments()->active();
  }
  FileResult<void> reserved = active->reserve(batch.size_bytes, config_.segment_bytes);
  if (!reserved.ok() && uses_reserve_ && context_->reserve.give_up()) {
    reserved = active->reserve(batch.size_bytes, config_.segment_bytes);
  }
  if (reserved.ok()) return true;
  if (!is_shortage(reserved.error())) return Err(write_failed(reserved.error()));
  return Err(storage_error("the disk is full, nothing was appended: " + reserved.error().detail));
}

// A log that takes many small batches gets write windows, and a helper to fill them.
void PartitionLogImpl::keep_pace(ActiveSegment& active, int64_t batch_bytes) {
  const TimestampMs now = context_->clock.now();
  pace_.note(now, batch_bytes);
  if (!pace_.busy(now)) return;
  if (!active.uses_windows()) {
    active.use_windows(context_->helpers, context_->windows, config_.segment_bytes);
  }
  active.advance_windows(pace_.bytes_per_second());
}

LogResult<bool> PartitionLogImpl::begin_segment(TimestampMs now) {
  const Offset base = state_.log_end();
  // A power cut that took the first segment's name alone would move the log's start to the second.
  if (young_.load() && state_.segments()->sealed().empty()) {
    const FileResult<void> synced = context_->fs.sync_directory(folder_);
    if (!synced.ok()) return Err(refused(synced.error()));
  }
  auto created = ActiveSegment::create(context_->fs, folder_, base, now);
  if (!created.ok()) {
    if (!is_shortage(created.error())) return Err(write_failed(created.error()));
    return Err(storage_error("no new segment could be made, nothing was appended: " +
                             created.error().detail));
  }
  const std::shared_ptr<const SegmentSet> before = state_.segments();
  std::vector<std::shared_ptr<SealedSegment>> sealed = before->sealed();
  sealed.push_back(
      SealedSegment::seal(context_->fs, context_->open_files, folder_, *before->active()));
  settle(**created);
  state_.rolled(std::make_shared<const SegmentSet>(std::move(sealed), std::move(*created)));
  folder_changed_.store(true);
  snapshots_to_write_[base] = encode_producer_snapshot(producers_);
  finish_soon();
  return true;
}

LogResult<ReadOutcome> PartitionLogImpl::read(Offset from, size_t bytes_max, ReadLimit limit,
                                              bool whole_first_batch, ReadHint* hint,
                                              ReadWait wait) const {
  return on_view([&](const LogView& view) {
    return read_view(view, from, bytes_max, limit, whole_first_batch, hint, wait);
  });
}

LogResult<TimestampLookup> PartitionLogImpl::lookup_timestamp(TimestampMs at_least, ReadLimit limit,
                                                              Offset from) const {
  return on_view(
      [&](const LogView& view) { return search_timestamp(view, at_least, limit, from); });
}

LogResult<TimestampLookup> PartitionLogImpl::lookup_max_timestamp(ReadLimit limit,
                                                                  Offset from) const {
  return on_view([&](const LogView& view) { return search_max_timestamp(view, limit, from); });
}

LogResult<std::vector<SegmentSummary>> PartitionLogImpl::segments() const {
  return on_view([this](const LogView& view) {
    TimestampMs largest;
    {
      const std::lock_guard lock(append_mutex_);
      largest = view.segments->active()->largest_timestamp().timestamp;
    }
    return summarize_segments(context_->fs, folder_, view, largest, made_.load());
  });
}

LogResult<Offset> PartitionLogImpl::roll() {
  const std::lock_guard lock(append_mutex_);
  RETURN_IF_ERROR(check_online());
  if (state_.segments()->active()->size_bytes() > 0) {
    RETURN_IF_ERROR(open_active());
    RETURN_IF_ERROR(begin_segment(context_->clock.now()));
    changed_ = true;
  }
  return state_.segments()->active()->base_offset();
}

LogResult<Offset> PartitionLogImpl::flush() {
  RETURN_IF_ERROR(check_online());
  RETURN_IF_ERROR(context_->flusher.sync({this}));
  return state_.durable();
}

bool PartitionLogImpl::begin_sync(SyncOrder* order) {
  if (folder_gone_.load() || !made_.load()) return false;
  order->is_young = young_.load();
  if (!state_.begin_sync(order) && !order->is_young) return false;
  if (folder_changed_.exchange(false) || order->is_young) order->folder = folder_;
  return true;
}

bool PartitionLogImpl::begin_commit(CommitOrder* order) {
  flush_asked_.store(false);
  if (folder_gone_.load() || !state_.begin_commit(order)) return false;
  order->is_young = young_.load();
  return true;
}

void PartitionLogImpl::finish_sync(const SyncOrder& order) {
  if (order.is_young) young_.store(false);
  note_durable(state_.finish_sync(order));
}

void PartitionLogImpl::finish_commit(const CommitOrder& order) {
  note_durable(state_.finish_commit(order));
}

void PartitionLogImpl::note_durable(const LogState::Moved& moved) {
  context_->unflushed_bytes.fetch_add(moved.counted_bytes, std::memory_order_relaxed);
  if (moved.wants_flush || moved.first_unflushed) ask_for_flush(moved, nullptr);
}

void PartitionLogImpl::after_flush() { observers_.tell(*this, high_watermark()); }

void PartitionLogImpl::sync_postponed(const SyncOrder& order) {
  if (!order.folder.empty()) folder_changed_.store(true);
  context_->flusher.request_within(kFlushRetryMs, shared_from_this());
}

void PartitionLogImpl::announce(const LogState::Moved& moved, FlushTurn* turn) {
  if (moved.counted_bytes != 0) {
    context_->unflushed_bytes.fetch_add(moved.counted_bytes, std::memory_order_relaxed);
  }
  if (moved.wants_flush || moved.first_unflushed) ask_for_flush(moved, turn);
  if (moved.high_watermark) observers_.tell(*this, high_watermark());
}

void PartitionLogImpl::ask_for_flush(const LogState::Moved& moved, FlushTurn* turn) {
  if (moved.wants_flush) {
    if (turn != nullptr) context_->flusher.count_append();
    if (flush_asked_.exchange(true)) return;
    if (turn == nullptr) return context_->flusher.request(shared_from_this());
    context_->flusher.note(shared_from_this());
    turn->add({context_, &context_->flusher});
    return;
  }
  const int64_t flush_ms = flush_ms_.load(std::memory_order_relaxed);
  if (flush_ms != INT64_MAX) context_->flusher.request_within(flush_ms, shared_from_this());
}

bool PartitionLogImpl::online() const {
  return retired_.load(std::memory_order_acquire) == ErrorCode::none && context_->health.online();
}

bool PartitionLogImpl::is_backed_up() {
  // Its own file is one of those that wait for a sync. The count is asked first: it is no lock.
  if (context_->active_files.is_backed_up() && opened_turn() >= 0 && online()) return true;
  if (context_->unflushed_bytes.load(std::memory_order_relaxed) < kUnflushedBytesMax) return false;
  if (!online() || state_.counted_bytes() == 0) return false;
  if (!flush_asked_.exchange(true)) context_->flusher.request(shared_from_this());
  return true;
}

LogResult<bool> PartitionLogImpl::check_online() const {
  const ErrorCode retired = retired_.load(std::memory_order_acquire);
  if (retired != ErrorCode::none) {
    return Err(LogError{
        retired,
        id_.topic + "-" + std::to_string(id_.partition.value) + " is not in service any more",
        {}});
  }
  if (!context_->health.online()) return Err(storage_error(context_->health.reason()));
  return true;
}

LogError PartitionLogImpl::write_failed(const FileError& error) {
  context_->health.fail("a write failed: " + error.detail);
  return storage_error(error);
}

void PartitionLogImpl::read_failed(const FileError& error) const {
  note_failed_read(storage_error(error));
}

// The folder of a log that is out of service may be gone.
void PartitionLogImpl::note_failed_read(const LogError& error) const {
  if (error.disk_failed && online()) context_->health.fail("a read failed: " + error.detail);
}

LogConfig PartitionLogImpl::config() const {
  const std::lock_guard lock(append_mutex_);
  return config_;
}

void PartitionLogImpl::configure(const LogConfig& config) {
  LogState::Moved moved;
  {
    const std::lock_guard lock(append_mutex_);
    config_ = config;
    flush_ms_.store(config.flush_ms, std::memory_order_relaxed);
    moved = state_.configured(config);
  }
  announce(moved, nullptr);
}

void PartitionLogImpl::become_leader(LeaderEpoch epoch) {
  const std::lock_guard lock(append_mutex_);
  // Stored epochs may be higher where a bit flipped: no checksum covers them.
  leader_epoch_.store(std::max(epoch.value, leader_epoch_.load()));
}

int64_t PartitionLogImpl::size_bytes() const {
  const LogView view = state_.view();
  return view.segments->sealed_bytes() + view.log_end.position.value;
}

Offset PartitionLogImpl::end_offset_of(LeaderEpoch epoch, LeaderEpoch* found) const {
  return state_.end_offset_of(epoch, found);
}

LeaderEpoch PartitionLogImpl::leader_epoch_at(Offset offset) const {
  return state_.epoch_at(offset);
}

std::vector<ProducerSummary> PartitionLogImpl::producers() const {
  const std::lock_guard lock(append_mutex_);
  std::vector<ProducerSummary> summaries;
  for (const auto& [id, entry] : producers_.entries()) {
    const auto* last = entry.last_batch();
    const Offset last_offset = last == nullptr ? kNoOffset : last->last_offset;
    summaries.push_back({id, entry.epoch, entry.last_sequence(), entry.last_timestamp,
                         entry.coordinator_epoch, entry.transaction_first_offset, last_offset});
  }
  return summaries;
}

uint64_t PartitionLogImpl::partition_hash() const {
  return std::hash<Uuid>()(topic_id_) ^ (static_cast<uint64_t>(id_.partition.value) << 32);
}

}  // namespace odradek
