#include "data_path/fetch_operation.h"

#include <algorithm>

#include "base/assert.h"
#include "data_path/fetch_session_cache.h"
#include "data_path/worker.h"
#include "file/file_system.h"

namespace odradek {
namespace {

// A helper reads cold bytes in pieces of this size, only to have the kernel cache them.
constexpr size_t kWarmBytes = 256U << 10;
// Items kept for the next request of the connection.
constexpr size_t kItemsKeptMax = 64;

size_t not_negative(int64_t value) { return value < 0 ? 0 : static_cast<size_t>(value); }

struct ColdRange {
  std::shared_ptr<const File> file;
  Position position;
  size_t bytes;
};

void read_ahead(const std::vector<ColdRange>& ranges) {
  const std::unique_ptr<uint8_t[]> buffer(new uint8_t[kWarmBytes]);
  for (const ColdRange& range : ranges) {
    for (size_t done = 0; done < range.bytes;) {
      const size_t piece = std::min(kWarmBytes, range.bytes - done);
      // A failure shows again, and is told, when the answer is made.
      if (!range.file->read_at(range.position + static_cast<int64_t>(done), {buffer.get(), piece})) {
        break;
      }
      done += piece;
    }
  }
}

}  // namespace

FetchOperation::FetchOperation(FetchOwner& owner, Worker& worker)
    : owner_(owner), worker_(worker) {}

FetchOperation::~FetchOperation() { abandon(); }

void FetchOperation::start(const FetchRequest& request, uint64_t sequence) {
  ASSERT(state_ == State::idle && items_.empty());
  sequence_ = sequence;
  take_terms(request);
  take_session(request);
  if (head_.error != ErrorCode::none) {
    answer();
    return;
  }
  if (session_ != nullptr) {
    take_session_partitions();
  } else {
    take_partitions(request);
  }
  evaluate_all();
  if (must_wait()) {
    park();
  } else {
    finish();
  }
}

void FetchOperation::take_terms(const FetchRequest& request) {
  head_ = FetchResponseHead{};
  head_.api_version = request.header.api_version;
  head_.correlation_id = request.header.correlation_id;
  head_.committed = request.isolation_level == kReadCommitted;
  terms_.committed = head_.committed;
  terms_.from_follower = request.replica_id >= 0;
  wait_ms_max_ = request.wait_ms_max;
  bytes_max_ = not_negative(std::min<int64_t>(request.bytes_max, worker_.options().fetch_bytes_max));
  bytes_min_ = std::min(not_negative(request.bytes_min), bytes_max_);
  incremental_ = false;
  warmed_ = false;
}

// Finds or makes the session that the request names, and turns the page of its epoch.
void FetchOperation::take_session(const FetchRequest& request) {
  FetchSessionCache& sessions = worker_.sessions();
  const bool full = request.session_epoch == 0 || request.session_epoch == -1;
  if (full) {
    if (request.session_id != 0) sessions.remove(request.session_id);
    if (request.session_epoch == 0) session_ = sessions.create(request, worker_.now_ms());
    if (session_ != nullptr) head_.session_id = session_->id();
    session_epoch_ = 1;
    return;
  }
  auto session = sessions.find(request.session_id, worker_.now_ms());
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
    session->next_epoch();   // whoever else is at work with it sees that its partitions changed
    sessions.resized(session->id(), session->size());
    if (session->size() == 0) {   // nothing left to remember: answered without a session
      sessions.remove(session->id());
      return;
    }
    session_epoch_ = session->epoch();
    head_.session_id = session->id();
    incremental_ = true;
    session_ = std::move(session);
  }
}

void FetchOperation::take_session_partitions() {
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
    resolve(&item);
    partition.entry = item.entry;
  }
}

void FetchOperation::take_partitions(const FetchRequest& request) {
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
      resolve(&item);
    }
  }
}

// Finds the partition's entry; a hint of another one is dropped.
void FetchOperation::resolve(FetchItem* item) {
  PartitionView& partitions = worker_.partitions();
  const bool by_id = head_.api_version >= kFetchTopicIdMin;
  const HostedTopic* topic =
      by_id ? partitions.find(item->topic_id) : partitions.find(item->topic);
  item->entry = topic == nullptr ? nullptr : topic->find(item->asked.index);
  if (item->entry == nullptr) {
    item->error = topic == nullptr && by_id ? ErrorCode::unknown_topic_id
                                            : ErrorCode::unknown_topic_or_partition;
    item->read.high_watermark = kNoOffset;
    item->read.last_stable_offset = kNoOffset;
    item->read.log_start_offset = kNoOffset;
  } else if (item->hint.entry_serial != item->entry->serial()) {
    item->hint = FetchHint{item->entry->serial(), ReadHint{}};
  }
}

// The first partition with records gives at least one whole batch, whatever the limits; the others
// share what is left.
void FetchOperation::evaluate_all() {
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

bool FetchOperation::must_wait() const {
  return wait_ms_max_ > 0 && has_partition_ && !has_error_ && bytes_found_ < bytes_min_;
}

void FetchOperation::park() {
  state_ = State::parked;
  if (waiters_max_ < items_.size()) {
    waiters_ = std::make_unique<PartitionWaiter[]>(items_.size());
    waiters_max_ = items_.size();
  }
  for (size_t i = 0; i < items_.size(); ++i) {
    waiters_[i].operation = this;
    waiters_[i].index = i;
    if (items_[i].entry != nullptr) park_item(i);
  }
  worker_.timers().set(*this, worker_.now_ms() + wait_ms_max_);
}

void FetchOperation::park_item(size_t index) {
  const FetchItem& item = items_[index];
  const Offset beyond = std::max(item.read.high_watermark, item.asked.fetch_offset) + 1;
  worker_.park(item.entry, waiters_[index], beyond);
}

void FetchOperation::partition_ready(size_t index) {
  ASSERT(state_ == State::parked);
  FetchItem& item = items_[index];
  if (item.entry->changes() != item.entry_changes) {
    finish_now();
    return;
  }
  const size_t before = item.read.bytes;
  const size_t share = std::min(bytes_max_, not_negative(item.asked.bytes_max));
  evaluate_fetch_item(&item, terms_, share, true);
  bytes_found_ += item.read.bytes;
  bytes_found_ -= std::min(bytes_found_, before);
  if (bytes_found_ >= bytes_min_ || item.error != ErrorCode::none) {
    finish_now();
  } else {
    park_item(index);
  }
}

void FetchOperation::on_timer() { finish_now(); }

void FetchOperation::finish_now() {
  if (state_ != State::parked) return;
  leave_all();
  state_ = State::idle;
  evaluate_all();
  finish();
}

void FetchOperation::leave_all() {
  worker_.timers().cancel(*this);
  for (size_t i = 0; i < std::min(items_.size(), waiters_max_); ++i) waiters_[i].leave();
}

// Small pieces are tried when the answer is written; for those that the kernel will send from the
// file, a sample tells whether it would wait for the disk.
void FetchOperation::finish() {
  ASSERT(state_ == State::idle);
  bool any_cold = false;
  for (FetchItem& item : items_) {
    if (item.read.bytes < kSendFileBytesMin || !item.entry->has_helper()) continue;
    item.is_cold = !is_in_page_cache(item.read);
    any_cold = any_cold || item.is_cold;
  }
  if (any_cold) {
    warm_cold_items();
  } else {
    answer();
  }
}

void FetchOperation::warm_cold_items() {
  ASSERT(state_ == State::idle && !warmed_);
  std::vector<ColdRange> cold;
  const PartitionEntry* helped = nullptr;
  for (const FetchItem& item : items_) {
    if (!item.is_cold) continue;
    ASSERT(item.read.bytes > 0);
    cold.push_back({item.read.file, item.read.position, item.read.bytes});
    helped = item.entry.get();
  }
  ASSERT(helped != nullptr);
  state_ = State::warming;
  helped->run_on_helper(
      [cold = std::move(cold), back = worker_.warmed_task(owner_.id(), sequence_)] {
        read_ahead(cold);
        back();
      });
}

void FetchOperation::warmed() {
  if (state_ != State::warming) return;
  state_ = State::idle;
  warmed_ = true;
  answer();
}

// Of a session, only what is news: records, errors, and numbers that changed.
void FetchOperation::choose_included() {
  const std::lock_guard lock(session_->mutex());
  if (session_->epoch() != session_epoch_) {
    // Another connection went on with the session: its partitions may be gone.
    head_.error = ErrorCode::invalid_fetch_session_epoch;
    items_.clear();
    return;
  }
  for (FetchItem& item : items_) {
    const SessionPartition& cached = *item.cached;
    const bool has_news = cached.high_watermark != item.read.high_watermark ||
                          cached.log_start_offset != item.read.log_start_offset ||
                          cached.last_stable_offset != item.read.last_stable_offset;
    item.included = !incremental_ || has_news || item.read.bytes > 0 || item.diverging ||
                    item.error != ErrorCode::none;
  }
}

// The session notes what the client knows now.
void FetchOperation::note_answered() {
  const std::lock_guard lock(session_->mutex());
  if (session_->epoch() != session_epoch_) return;
  for (const FetchItem& item : items_) {
    SessionPartition& cached = *item.cached;
    // After an error, the next good answer is news again.
    cached.high_watermark = item.error == ErrorCode::none ? item.read.high_watermark : kNoOffset;
    cached.log_start_offset = item.read.log_start_offset;
    cached.last_stable_offset = item.read.last_stable_offset;
    cached.hint = item.hint;
    if (item.read.bytes > 0) session_->move_to_end(cached.key());
  }
}

void FetchOperation::answer() {
  for (;;) {
    if (session_ != nullptr && head_.error == ErrorCode::none) choose_included();
    bool may_wait = warmed_;
    for (const FetchItem& item : items_) {
      if (item.read.bytes > 0 && !item.entry->has_helper()) may_wait = true;
    }
    const RecordsOutcome outcome =
        write_fetch_response(head_, items_, may_wait, owner_.send_queue());
    if (outcome == RecordsOutcome::written) break;
    if (outcome == RecordsOutcome::cold) {
      warm_cold_items();
      return;
    }
  }
  if (session_ != nullptr && head_.error == ErrorCode::none) note_answered();
  remember_hints();
  become_idle();
  owner_.fetch_finished();
}

void FetchOperation::remember_hints() {
  if (session_ != nullptr || head_.error != ErrorCode::none) return;
  hints_.resize(items_.size());
  for (size_t i = 0; i < items_.size(); ++i) hints_[i] = items_[i].hint;
}

void FetchOperation::become_idle() {
  session_.reset();
  items_.clear();
  if (items_.capacity() > kItemsKeptMax) items_.shrink_to_fit();
  if (waiters_max_ > kItemsKeptMax) {
    waiters_.reset();
    waiters_max_ = 0;
  }
}

void FetchOperation::abandon() {
  leave_all();
  state_ = State::idle;
  become_idle();
}

}  // namespace odradek
