#include "log/log_state.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace odradek {

LogState::LogState(std::shared_ptr<const SegmentSet> segments, LogPoint log_end, LogPoint synced,
                   Offset log_start, LeaderEpochs epochs, OpenTransactions transactions,
                   const LogConfig& config)
    : segments_(std::move(segments)),
      watermarks_(log_end, synced, config.flush_messages),
      transactions_(std::move(transactions)),
      epochs_(std::move(epochs)),
      start_(log_start),
      asks_for_flushes_(asks_for_flushes(config)) {
  ASSERT(log_start <= log_end.offset);
  ASSERT(segments_->active()->base_offset() == log_end.segment_base);
  transactions_.high_watermark_advanced(log_end.offset);
  publish();
}

LogView LogState::view() const {
  const std::lock_guard lock(mutex_);
  return {segments_,
          start_,
          last_stable_point(),
          watermarks_.high_watermark(),
          watermarks_.log_end(),
          truncations()};
}

std::shared_ptr<const SegmentSet> LogState::segments() const {
  const std::lock_guard lock(mutex_);
  return segments_;
}

LogState::Moved LogState::appended(const BatchHeader& batch, const LogPoint& begin,
                                   const LogPoint& log_end, const ProducerChange& change) {
  const std::lock_guard lock(mutex_);
  Moved moved;
  moved.first_unflushed = watermarks_.durable().offset == watermarks_.log_end().offset;
  if (change.began_transaction) transactions_.begin(batch.producer_id, begin);
  if (change.ended) {
    const Offset last_stable = transactions_.end(*change.ended);
    if (!change.ended->committed) {
      segments_->active()->record_aborted({change.ended->producer_id, change.ended->first_offset,
                                           change.ended->last_offset, last_stable});
    }
  }
  if (epochs_.assign(batch.leader_epoch, batch.base_offset)) epochs_changed_ = true;
  if (asks_for_flushes_) {
    counted_appended_ += batch.size_bytes;
    moved.counted_bytes = batch.size_bytes;
  }
  moved.high_watermark = watermarks_.appended(log_end);
  moved.wants_flush = watermarks_.wants_flush();
  publish();
  return moved;
}

void LogState::rolled(std::shared_ptr<const SegmentSet> segments) {
  const std::lock_guard lock(mutex_);
  ASSERT(segments->active()->base_offset() == watermarks_.log_end().offset);
  segments_ = std::move(segments);
  watermarks_.rolled();
}

LogState::Moved LogState::configured(const LogConfig& config) {
  const std::lock_guard lock(mutex_);
  Moved moved;
  asks_for_flushes_ = asks_for_flushes(config);
  moved.high_watermark = watermarks_.configure(config.flush_messages);
  moved.wants_flush = watermarks_.wants_flush();
  moved.first_unflushed = watermarks_.durable().offset < watermarks_.log_end().offset;
  publish();
  return moved;
}

LogState::Moved LogState::truncated(std::shared_ptr<const SegmentSet> segments,
                                    const LogPoint& log_end, OpenTransactions transactions) {
  const std::lock_guard lock(mutex_);
  Moved moved;
  segments_ = std::move(segments);
  transactions_ = std::move(transactions);
  watermarks_.truncated(log_end);
  transactions_.high_watermark_advanced(watermarks_.high_watermark().offset);
  if (epochs_.truncate_end(log_end.offset)) epochs_changed_ = true;
  truncations_.fetch_add(1, std::memory_order_acq_rel);
  if (watermarks_.durable().offset == log_end.offset) {
    moved.counted_bytes = all_counted();
  }
  publish();
  return moved;
}

void LogState::deleted(std::shared_ptr<const SegmentSet> segments, Offset log_start) {
  const std::lock_guard lock(mutex_);
  ASSERT(log_start >= start_ && log_start <= watermarks_.high_watermark().offset);
  segments_ = std::move(segments);
  start_ = log_start;
  if (epochs_.truncate_start(log_start)) epochs_changed_ = true;
  publish();
}

void LogState::replaced(std::shared_ptr<const SegmentSet> segments, Offset from, Offset end) {
  const std::lock_guard lock(mutex_);
  ASSERT(end <= watermarks_.synced().offset && end <= watermarks_.high_watermark().offset);
  segments_ = std::move(segments);
  watermarks_.replaced(from, end);
  truncations_.fetch_add(1, std::memory_order_acq_rel);
}

Offset LogState::synced() const {
  const std::lock_guard lock(mutex_);
  return watermarks_.synced().offset;
}

bool LogState::begin_sync(SyncOrder* order) const {
  const std::lock_guard lock(mutex_);
  const LogPoint& synced = watermarks_.synced();
  order->end = watermarks_.log_end();
  order->counted = counted_appended_;
  if (synced.offset == order->end.offset) return false;
  // Only what lies behind the synced offset can be dirty.
  for (const auto& sealed : segments_->sealed()) {
    if (sealed->base_offset() < synced.segment_base) continue;
    if (auto file = sealed->writable_file()) order->files.push_back(std::move(file));
  }
  order->files.push_back(segments_->active()->writable_file());
  return true;
}

LogState::Moved LogState::finish_sync(const SyncOrder& order) {
  const std::lock_guard lock(mutex_);
  return now_durable(order.end, order.counted, watermarks_.synced(order.end));
}

bool LogState::begin_commit(CommitOrder* order) const {
  const std::lock_guard lock(mutex_);
  const LogPoint& durable = watermarks_.durable();
  order->end = watermarks_.log_end();
  order->counted = counted_appended_;
  if (durable.offset == order->end.offset) return false;
  ASSERT(durable.has_position());
  const auto add = [&](const Segment& segment, const std::shared_ptr<File>& file, int64_t end) {
    const bool holds_durable = segment.base_offset() == durable.segment_base;
    const Position from = holds_durable ? durable.position : Position(0);
    ASSERT(from.value <= end);
    if (from.value == end || !file) return;  // a finished segment is synced
    order->slices.push_back({file, segment.base_offset(), from, end - from.value});
    order->slice_bytes += end - from.value;
  };
  for (const auto& sealed : segments_->sealed()) {
    if (sealed->base_offset() < durable.segment_base) continue;
    add(*sealed, sealed->writable_file(), sealed->size_bytes());
  }
  const ActiveSegment& active = *segments_->active();
  ASSERT(active.base_offset() == order->end.segment_base ||
         order->end.offset == active.base_offset());
  if (active.base_offset() == order->end.segment_base) {
    add(active, active.writable_file(), order->end.position.value);
  }
  return true;
}

LogState::Moved LogState::finish_commit(const CommitOrder& order) {
  const std::lock_guard lock(mutex_);
  return now_durable(order.end, order.counted, watermarks_.committed(order.end));
}

LogState::Moved LogState::now_durable(LogPoint end, int64_t counted, bool high_watermark) {
  Moved moved;
  const int64_t durable = std::clamp(counted, counted_durable_, counted_appended_);
  moved.counted_bytes = counted_durable_ - durable;
  counted_durable_ = durable;
  moved.first_unflushed = end.offset < watermarks_.log_end().offset;
  moved.high_watermark = high_watermark;
  moved.wants_flush = watermarks_.wants_flush();
  publish();
  return moved;
}

// Nothing is left to wait for. Returns the change of the counted bytes.
int64_t LogState::all_counted() {
  return std::exchange(counted_durable_, counted_appended_) - counted_appended_;
}

LeaderEpochs LogState::epochs() const {
  const std::lock_guard lock(mutex_);
  return epochs_;
}

LeaderEpoch LogState::epoch_at(Offset offset) const {
  const std::lock_guard lock(mutex_);
  return epochs_.at(offset);
}

Offset LogState::end_offset_of(LeaderEpoch epoch, LeaderEpoch* found) const {
  const std::lock_guard lock(mutex_);
  return epochs_.end_offset_of(epoch, watermarks_.log_end().offset, found);
}

bool LogState::take_epochs_changed() {
  const std::lock_guard lock(mutex_);
  return std::exchange(epochs_changed_, false);
}

void LogState::epochs_not_written() {
  const std::lock_guard lock(mutex_);
  epochs_changed_ = true;
}

int64_t LogState::counted_bytes() const {
  const std::lock_guard lock(mutex_);
  return counted_appended_ - counted_durable_;
}

int64_t LogState::stop_counting() {
  const std::lock_guard lock(mutex_);
  asks_for_flushes_ = false;
  return all_counted();
}

// Records of an open transaction may be deleted; what is left of it is not before the log start.
LogPoint LogState::last_stable_point() const {
  const LogPoint point = transactions_.last_stable(watermarks_.high_watermark());
  return point.offset < start_ ? LogPoint::without_position(start_) : point;
}

void LogState::publish() {
  const LogPoint& high_watermark = watermarks_.high_watermark();
  transactions_.high_watermark_advanced(high_watermark.offset);
  const Offset last_stable = last_stable_point().offset;
  // The larger ones first: whoever sees one of them finds the ones it rests on.
  log_end_.store(watermarks_.log_end().offset.value, std::memory_order_release);
  durable_.store(watermarks_.durable().offset.value, std::memory_order_release);
  high_watermark_.store(high_watermark.offset.value, std::memory_order_release);
  last_stable_.store(last_stable.value, std::memory_order_release);
  log_start_.store(start_.value, std::memory_order_release);
}

}  // namespace odradek
