#include "data_path/fetch_plan.h"

#include <algorithm>

#include "base/assert.h"

namespace odradek {
namespace {

// Items kept for the next request of the connection.
constexpr size_t kItemsKeptMax = 64;

// What an answer has besides records: its head, and the numbers of a partition (without names).
constexpr size_t kAnswerHeadBytes = 18;
constexpr size_t kAnswerItemBytes = 44;

size_t not_negative(int64_t value) { return value < 0 ? 0 : static_cast<size_t>(value); }

bool has_news(const SessionPartition& known, const ReadOutcome& read) {
  return known.high_watermark != read.high_watermark ||
         known.log_start_offset != read.log_start_offset ||
         known.last_stable_offset != read.last_stable_offset;
}

}  // namespace

void FetchPlan::take(const FetchRequest& request, const FetchSources& sources) {
  ASSERT(items_.empty() && session_ == nullptr);
  take_terms(request, sources.fetch_bytes_max);
  take_session(request, sources);
  if (head_.error != ErrorCode::none) return;
  if (session_ != nullptr) {
    take_session_partitions(sources.partitions);
  } else {
    take_listed_partitions(request, sources.partitions);
  }
}

void FetchPlan::take_terms(const FetchRequest& request, int64_t fetch_bytes_max) {
  head_ = FetchResponseHead{};
  head_.api_version = request.header.api_version;
  head_.correlation_id = request.header.correlation_id;
  head_.committed = request.isolation_level == kReadCommitted;
  terms_.committed = head_.committed;
  terms_.from_follower = request.replica_id >= 0;
  wait_ms_max_ = request.wait_ms_max;
  bytes_max_ = not_negative(std::min<int64_t>(request.bytes_max, fetch_bytes_max));
  bytes_min_ = std::min(not_negative(request.bytes_min), bytes_max_);
  incremental_ = false;
}

// Finds or makes the session that the request names, and turns the page of its epoch.
void FetchPlan::take_session(const FetchRequest& request, const FetchSources& sources) {
  const bool full = request.session_epoch == 0 || request.session_epoch == -1;
  if (full) {
    if (request.session_id != 0) sources.sessions.remove(request.session_id);
    if (request.session_epoch == 0) session_ = sources.sessions.create(request, sources.now_ms);
    if (session_ != nullptr) head_.session_id = session_->id();
    session_epoch_ = 1;
    return;
  }
  auto session = sources.sessions.find(request.session_id, sources.now_ms);
  if (session == nullptr) {
    head_.error = ErrorCode::fetch_session_id_not_found;
    return;
  }
  const std::lock_guard lock(session->mutex());
  if (session->epoch() != request.session_epoch) {
    head_.error = ErrorCode::invalid_fetch_session_epoch;
  } else if (session->by_topic_id() != request.topics_by_id()) {
    head_.error = ErrorCode::fetch_session_topic_id_error;
  } else {
    session->update(request);
    session->next_epoch();  // whoever else is at work with it sees that its partitions changed
    sources.sessions.resized(session->id(), session->size());
    if (session->size() == 0) {  // nothing left to remember: answered without a session
      sources.sessions.remove(session->id());
      return;
    }
    session_epoch_ = session->epoch();
    head_.session_id = session->id();
    incremental_ = true;
    session_ = session;
  }
}

void FetchPlan::take_session_partitions(PartitionView& partitions) {
  const std::lock_guard lock(session_->mutex());
  items_.reserve(session_->size());
  for (SessionPartition& partition : session_->partitions()) {
    FetchItem& item = items_.emplace_back();
    item.topic = partition.topic;
    item.topic_id = partition.topic_id;
    item.asked = partition.asked;
    item.hint = partition.hint;
    item.cached = &partition;
    item.entry = partition.entry.lock();
    if (item.entry != nullptr && !item.entry->is_retired()) continue;
    resolve(&item, partitions);
    partition.entry = item.entry;
  }
}

void FetchPlan::take_listed_partitions(const FetchRequest& request, PartitionView& partitions) {
  items_.reserve(request.partitions.size());
  for (const FetchRequest::Topic& topic : request.topics) {
    for (uint32_t i = 0; i < topic.partition_count; ++i) {
      const size_t place = items_.size();
      FetchItem& item = items_.emplace_back();
      // What the same place of the last request knew; of use if it is the same partition.
      if (place < hints_.size()) item.hint = hints_[place];
      item.topic = topic.name;
      item.topic_id = topic.id;
      item.asked = request.partitions[topic.first_partition + i];
      resolve(&item, partitions);
    }
  }
}

// Finds the partition's entry; a hint of another one is dropped.
void FetchPlan::resolve(FetchItem* item, PartitionView& partitions) {
  const bool by_id = head_.api_version >= kFetchTopicIdMin;
  const HostedTopic* topic = by_id ? partitions.find(item->topic_id) : partitions.find(item->topic);
  item->entry = topic == nullptr ? nullptr : topic->find(item->asked.index);
  if (item->entry == nullptr) {
    const ErrorCode unknown =
        by_id ? ErrorCode::unknown_topic_id : ErrorCode::unknown_topic_or_partition;
    refuse_fetch_item(item, topic == nullptr ? unknown : topic->error_of(item->asked.index));
  } else if (item->hint.entry_serial != item->entry->serial()) {
    item->hint = FetchHint{item->entry->serial(), ReadHint{}};
  }
}

// The first partition with records gives at least one whole batch, whatever the limits; the others
// share what is left.
void FetchPlan::evaluate() {
  size_t left = bytes_max_;
  bytes_found_ = 0;
  has_error_ = false;
  has_partition_ = false;
  for (FetchItem& item : items_) {
    if (item.entry == nullptr) continue;
    has_partition_ = true;
    const size_t share = std::min(left, not_negative(item.asked.bytes_max));
    evaluate_fetch_item(&item, terms_, share, bytes_found_ == 0);
    bytes_found_ += item.read.bytes;
    left -= std::min(left, item.read.bytes);
    if (item.error != ErrorCode::none || item.diverging) has_error_ = true;
  }
}

void FetchPlan::evaluate_one(size_t index) {
  FetchItem& item = items_[index];
  ASSERT(item.entry != nullptr && item.read.bytes <= bytes_found_);
  bytes_found_ -= item.read.bytes;
  const size_t share = std::min(bytes_max_, not_negative(item.asked.bytes_max));
  evaluate_fetch_item(&item, terms_, share, true);
  bytes_found_ += item.read.bytes;
}

bool FetchPlan::is_cold() const {
  return std::any_of(items_.begin(), items_.end(),
                     [](const FetchItem& item) { return item.read.is_cold; });
}

bool FetchPlan::must_wait() const {
  return wait_ms_max_ > 0 && has_partition_ && !has_error_ && !has_enough();
}

size_t FetchPlan::answer_bytes() const {
  return kAnswerHeadBytes + bytes_found_ + items_.size() * kAnswerItemBytes;
}

void FetchPlan::throttle(int32_t throttle_ms, FetchSessionCache& sessions) {
  ASSERT(throttle_ms > 0);
  head_.throttle_ms = throttle_ms;
  items_.clear();
  if (session_ == nullptr || incremental_) return;
  sessions.remove(head_.session_id);
  head_.session_id = 0;
  session_.reset();
}

// Of a session, only what is news: records, errors, and numbers that changed.
void FetchPlan::choose_included() {
  if (session_ == nullptr || head_.error != ErrorCode::none) return;
  const std::lock_guard lock(session_->mutex());
  if (session_->epoch() != session_epoch_) {
    head_.error = ErrorCode::invalid_fetch_session_epoch;
    items_.clear();
    return;
  }
  for (FetchItem& item : items_) {
    item.included = !incremental_ || item.read.bytes > 0 || item.diverging ||
                    item.error != ErrorCode::none || has_news(*item.cached, item.read);
  }
}

void FetchPlan::note_answered() {
  if (head_.error != ErrorCode::none) return;
  if (session_ == nullptr) {
    hints_.resize(items_.size());
    for (size_t i = 0; i < items_.size(); ++i) hints_[i] = items_[i].next_hint();
    return;
  }
  const std::lock_guard lock(session_->mutex());
  if (session_->epoch() != session_epoch_) return;
  for (const FetchItem& item : items_) {
    SessionPartition& known = *item.cached;
    // After an error, the next good answer is news again.
    known.high_watermark = item.error == ErrorCode::none ? item.read.high_watermark : kNoOffset;
    known.log_start_offset = item.read.log_start_offset;
    known.last_stable_offset = item.read.last_stable_offset;
    known.hint = item.next_hint();
    // As in Apache Kafka the answer that creates the session leaves the order as it was asked for.
    if (incremental_ && item.read.bytes > 0) session_->move_to_end(known.key());
  }
}

void FetchPlan::clear() {
  session_.reset();
  items_.clear();
  if (items_.capacity() > kItemsKeptMax) items_.shrink_to_fit();
}

}  // namespace odradek
