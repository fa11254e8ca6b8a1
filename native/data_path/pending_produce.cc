#include "data_path/pending_produce.h"

#include <algorithm>

#include "base/assert.h"
#include "data_path/worker.h"

namespace odradek {

PendingProduce::PendingProduce(PendingProduceOwner& owner, Worker& worker, size_t acks_max,
                               size_t bytes, int64_t began_ns)
    : owner_(owner),
      worker_(worker),
      request_bytes_(bytes),
      began_ns_(began_ns),
      acks_(new Ack[acks_max]),
      acks_max_(acks_max) {}

PendingProduce::~PendingProduce() {
  if (outstanding_ > 0) worker_.produce_settled();
  worker_.timers().cancel(*this);
}

void PendingProduce::add_ack(std::shared_ptr<PartitionEntry> entry, Offset required,
                             uint32_t error_at) {
  ASSERT(!started_ && acks_count_ < acks_max_);
  Ack& ack = acks_[acks_count_++];
  ack.owner = this;
  ack.entry = std::move(entry);
  ack.required_offset = required;
  ack.error_at = error_at;
}

void PendingProduce::start(int32_t timeout_ms) {
  ASSERT(!started_);
  started_ = true;
  for (size_t i = 0; i < acks_count_; ++i) {
    Ack& ack = acks_[i];
    if (ack.entry->log().high_watermark() >= ack.required_offset) continue;
    ++outstanding_;
    worker_.park(ack.entry, ack, ack.required_offset);
  }
  if (outstanding_ == 0) return;
  worker_.produce_waits();
  worker_.timers().set(*this, worker_.now_ms() + std::max(timeout_ms, 0));
}

void PendingProduce::Ack::on_ready() {
  PartitionLog& log = entry->log();
  if (log.high_watermark() >= required_offset) {
    owner->settle(*this, ErrorCode::none);
  } else if (entry->is_retired()) {
    owner->settle(*this, ErrorCode::unknown_topic_or_partition);
  } else if (!log.online()) {
    owner->settle(*this, ErrorCode::kafka_storage_error);
  } else {
    owner->worker_.park(entry, *this, required_offset);
  }
}

void PendingProduce::on_timer() {
  // The last settle() destroys this object: nothing of it may be looked at afterwards.
  size_t left = outstanding_;
  for (size_t i = 0; left > 0; ++i) {
    ASSERT(i < acks_count_);
    if (!acks_[i].is_waiting()) continue;
    --left;
    acks_[i].leave();
    settle(acks_[i], ErrorCode::request_timed_out);
  }
}

void PendingProduce::settle(Ack& ack, ErrorCode code) {
  ASSERT(outstanding_ > 0 && !ack.is_waiting());
  if (code != ErrorCode::none) {
    ASSERT(ack.error_at + sizeof(int16_t) <= answer_.size());
    store_be<int16_t>(answer_.data() + ack.error_at, static_cast<int16_t>(code));
  }
  if (--outstanding_ > 0) return;
  worker_.produce_settled();
  worker_.timers().cancel(*this);
  owner_.produce_completed();
}

}  // namespace odradek
