#include "data_path/fetch_operation.h"

#include <algorithm>
#include <vector>

#include "base/assert.h"
#include "data_path/worker.h"
#include "file/file_system.h"

namespace odradek {
namespace {

// A helper reads cold bytes in pieces of this size, only to have the kernel cache them.
constexpr size_t kWarmBytes = 256U << 10;
// Waiters kept for the next request of the connection.
constexpr size_t kWaitersKeptMax = 64;

// An item as a helper sees it, who may wait for the disk.
struct ColdItem {
  std::shared_ptr<const PartitionLog> log;
  ReadOutcome read;
  // What it was asked for, to look again where `read` could not tell.
  Offset from;
  ReadLimit limit;
  ReadHint hint;
};

void bring_in(const PartitionLog& log, const ReadOutcome& read, ByteSpan buffer) {
  for (size_t done = 0; done < read.bytes;) {
    const size_t piece = std::min(buffer.size(), read.bytes - done);
    const Position at = read.position + static_cast<int64_t>(done);
    const auto got = read.file->read_at(at, buffer.first(piece));
    if (!got) return log.read_failed(got.error());
    done += piece;
  }
}

// Where it is known, reads from the beginning to the end before it looks for batches: the kernel
// reads ahead for who reads in order. What fails here fails again for who answers the request.
void bring_in(std::vector<ColdItem>* items) {
  const std::unique_ptr<uint8_t[]> memory(new uint8_t[kWarmBytes]);
  const ByteSpan buffer(memory.get(), kWarmBytes);
  for (ColdItem& item : *items) {
    const bool knows_where = item.read.file != nullptr;
    if (knows_where) bring_in(*item.log, item.read, buffer);
    if (!item.read.is_cold) continue;
    auto found = item.log->read(item.from, item.read.bytes, item.limit, true, &item.hint);
    if (!found.ok() || found->bytes == 0 || knows_where) continue;
    if (!is_in_page_cache(*found)) bring_in(*item.log, *found, buffer);
  }
}

}  // namespace

FetchOperation::FetchOperation(FetchOwner& owner, Worker& worker)
    : owner_(owner), worker_(worker) {}

FetchOperation::~FetchOperation() { abandon(); }

void FetchOperation::start(const FetchRequest& request, uint64_t sequence) {
  ASSERT(state_ == State::idle);
  sequence_ = sequence;
  warmed_ = false;
  must_answer_ = false;
  throttle_ms_ = 0;
  int64_t bytes_max = worker_.options().fetch_bytes_max;
  is_charged_ = worker_.quotas().active();
  if (is_charged_) {
    client_id_ = request.header.client_id;
    busy_ns_ = 0;
    begin_work();
    const double at_once = worker_.quotas().most_at_once(QuotaKind::fetch, client_id_);
    bytes_max = static_cast<int64_t>(std::min(static_cast<double>(bytes_max), at_once));
  }
  plan_.take(request, {worker_.sessions(), worker_.partitions(), bytes_max, worker_.now_ms()});
  deadline_ms_ = worker_.now_ms() + plan_.wait_ms_max();
  plan_.evaluate();
  if (plan_.must_wait()) {
    if (is_charged_) end_work();
    park();
  } else {
    finish();
  }
}

void FetchOperation::park() {
  state_ = State::parked;
  const size_t count = plan_.items().size();
  if (waiters_max_ < count) {
    waiters_ = std::make_unique<PartitionWaiter[]>(count);
    waiters_max_ = count;
  }
  for (size_t i = 0; i < count; ++i) {
    waiters_[i].operation = this;
    waiters_[i].index = i;
    if (plan_.items()[i].entry != nullptr) park_item(i);
  }
  worker_.timers().set(*this, deadline_ms_);
}

void FetchOperation::park_item(size_t index) {
  const FetchItem& item = plan_.items()[index];
  const Offset beyond = std::max(item.read.high_watermark, item.asked.fetch_offset) + 1;
  worker_.park(item.entry, waiters_[index], beyond);
}

void FetchOperation::partition_ready(size_t index) {
  ASSERT(state_ == State::parked);
  if (is_charged_) begin_work();
  const FetchItem& item = plan_.items()[index];
  if (item.entry->changes() != item.entry_changes) {
    finish_now();
    return;
  }
  plan_.evaluate_one(index);
  if (!plan_.has_enough() && item.error == ErrorCode::none) {
    park_item(index);
    if (is_charged_) end_work();
    return;
  }
  stop_waiting();
  // The others may have something by now, and all share the answer's limits.
  if (plan_.items().size() > 1) plan_.evaluate();
  finish();
}

void FetchOperation::finish_now() {
  must_answer_ = true;
  if (state_ != State::parked) return;
  if (is_charged_) begin_work();
  stop_waiting();
  plan_.evaluate();
  finish();
}

void FetchOperation::stop_waiting() {
  leave_all();
  state_ = State::idle;
}

void FetchOperation::leave_all() {
  worker_.timers().cancel(*this);
  for (size_t i = 0; i < waiters_max_; ++i) waiters_[i].leave();
}

// Where batches begin and end may be known on the disk alone: a helper looks first. Small pieces
// are tried when the answer is written; for those that the kernel will send from the file, a sample
// tells whether it would wait for the disk.
void FetchOperation::finish() {
  ASSERT(state_ == State::idle);
  if (plan_.is_cold()) {
    if (is_charged_) end_work();
    warm_cold_items(State::looking_up);
    return;
  }
  if (is_charged_) charge();
  bool any_cold = false;
  for (FetchItem& item : plan_.items()) {
    if (item.read.bytes < kSendFileBytesMin || !item.entry->has_helper()) continue;
    item.is_cold = !is_in_page_cache(item.read);
    any_cold = any_cold || item.is_cold;
  }
  if (any_cold) {
    warm_cold_items(State::warming);
  } else {
    answer();
  }
}

void FetchOperation::charge() {
  end_work();
  ClientQuotas& quotas = worker_.quotas();
  const int64_t now = worker_.now_ms();
  const auto bytes = static_cast<double>(plan_.answer_bytes());
  throttle_ms_ =
      std::max(quotas.charge(QuotaKind::request, client_id_, thread_percent(busy_ns_), now),
               quotas.charge(QuotaKind::fetch, client_id_, bytes, now));
  if (throttle_ms_ == 0) return;
  quotas.refund(QuotaKind::fetch, client_id_, bytes, now);
  plan_.throttle(throttle_ms_, worker_.sessions());
}

void FetchOperation::begin_work() { work_began_ns_ = worker_.clock().monotonic_ns(); }

void FetchOperation::end_work() { busy_ns_ += worker_.clock().monotonic_ns() - work_began_ns_; }

void FetchOperation::warm_cold_items(State state) {
  ASSERT(state_ == State::idle && !warmed_);
  std::vector<ColdItem> cold;
  const PartitionEntry* helped = nullptr;
  for (const FetchItem& item : plan_.items()) {
    if (!item.is_cold) continue;
    ASSERT(item.read.bytes > 0);
    cold.push_back({item.entry->shared_log(), item.read, item.asked.fetch_offset,
                    plan_.terms().limit(), item.hint.position});
    helped = item.entry.get();
  }
  ASSERT(helped != nullptr);
  state_ = state;
  helped->run_on_helper(
      [cold = std::move(cold), back = worker_.warmed_task(owner_.id(), sequence_)]() mutable {
        bring_in(&cold);
        back();
      });
}

void FetchOperation::warmed() {
  const State was = state_;
  if (was != State::looking_up && was != State::warming) return;
  state_ = State::idle;
  if (was == State::looking_up) {
    looked_up();
    return;
  }
  warmed_ = true;
  for (FetchItem& item : plan_.items()) {
    if (!item.is_cold || item.entry->log().online()) continue;
    refuse_fetch_item(&item, ErrorCode::kafka_storage_error);
  }
  answer();
}

// What seemed to be enough may be less, and a helper may be needed again for partitions that had no
// room in the answer before.
void FetchOperation::looked_up() {
  if (is_charged_) begin_work();
  for (FetchItem& item : plan_.items()) item.is_warmed = item.is_warmed || item.read.is_cold;
  plan_.evaluate();
  if (!must_answer_ && plan_.must_wait()) {
    if (is_charged_) end_work();
    park();
  } else {
    finish();
  }
}

void FetchOperation::answer() {
  ASSERT(state_ == State::idle);
  for (;;) {
    plan_.choose_included();
    const RecordsOutcome outcome =
        write_fetch_response(plan_.head(), plan_.items(), may_wait_for_disk(), owner_.send_queue());
    if (outcome == RecordsOutcome::written) break;
    if (outcome == RecordsOutcome::cold) {
      warm_cold_items(State::warming);
      return;
    }
  }
  for (const FetchItem& item : plan_.items()) {
    if (item.entry == nullptr) continue;
    const bool failed = item.error != ErrorCode::none;
    worker_.traffic().fetched(item.entry->traffic(), item.read.bytes, failed);
  }
  plan_.note_answered();
  become_idle();
  owner_.fetch_finished();
}

// Once a helper has read everything, the little that was evicted meanwhile is read here; and there
// is no other way for a partition without helper.
bool FetchOperation::may_wait_for_disk() {
  if (warmed_) return true;
  const auto& items = plan_.items();
  return std::any_of(items.begin(), items.end(), [](const FetchItem& item) {
    return item.read.bytes > 0 && !item.entry->has_helper();
  });
}

void FetchOperation::become_idle() {
  plan_.clear();
  if (waiters_max_ <= kWaitersKeptMax) return;
  waiters_.reset();
  waiters_max_ = 0;
}

void FetchOperation::abandon() {
  stop_waiting();
  become_idle();
}

}  // namespace odradek
