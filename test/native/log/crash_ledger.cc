#include "crash_ledger.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace odradek {

StoredBatch::StoredBatch(std::vector<uint8_t> whole) : bytes(std::move(whole)) {
  const auto view = BatchView::at(bytes);
  ASSERT(view && view->size() == bytes.size());
  base = view->base_offset();
  end = view->next_offset();
  producer = view->producer_id();
  next_sequence = view->last_sequence() + 1;
}

Offset LogPromise::batch_start(Offset offset) const {
  for (const auto& batch : batches) {
    if (batch->end > offset) return batch->base;
  }
  return end();
}

void LogPromise::cut(Offset offset) {
  while (!batches.empty() && batches.back()->base >= offset) batches.pop_back();
}

int32_t LogPromise::next_sequence() const {
  return batches.empty() ? 0 : batches.back()->next_sequence.value;
}

const LogPromise& Ledger::present(const TopicPartition& id) const {
  ASSERT(is_present(id));
  return *slots_.at(id).front();
}

bool Ledger::is_present(const TopicPartition& id) const {
  const auto found = slots_.find(id);
  return found != slots_.end() && found->second.size() == 1 && found->second.front().has_value();
}

void Ledger::is(const TopicPartition& id, Outcome outcome) {
  ++version_;
  slots_[id] = {std::move(outcome)};
}

void Ledger::may_become(const TopicPartition& id, Outcome outcome) {
  ++version_;
  auto& outcomes = slots_.try_emplace(id, 1, std::nullopt).first->second;
  outcomes.resize(1);  // what an earlier attempt wanted is given up, or wanted again
  outcomes.push_back(std::move(outcome));
}

void Ledger::durable(const TopicPartition& id, Offset offset) {
  for (Outcome& outcome : slots_.at(id)) {
    if (!outcome || outcome->durable >= offset) continue;
    ++version_;
    outcome->durable = offset;
  }
}

void Ledger::set_clean(bool clean) {
  if (clean_ != clean) ++version_;
  clean_ = clean;
}

}  // namespace odradek
