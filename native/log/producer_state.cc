#include "log/producer_state.h"

#include <algorithm>
#include <unordered_set>

#include "base/assert.h"

namespace odradek {
namespace {

bool follows(Sequence last, Sequence next) {
  return last.value == INT32_MAX ? next.value == 0 : next.value == last.value + 1;
}

const ProducerBatch* find_duplicate(const ProducerEntry& entry, const BatchHeader& batch) {
  if (entry.epoch != batch.producer_epoch) return nullptr;
  for (size_t i = 0; i < entry.batch_count; ++i) {
    const ProducerBatch& known = entry.batches[i];
    if (known.first_sequence() == batch.base_sequence &&
        known.last_sequence == batch.last_sequence) {
      return &known;
    }
  }
  return nullptr;
}

ProducerState::Verdict refuse(ErrorCode code, const BatchHeader& batch, std::string why) {
  return {code, "producer " + std::to_string(batch.producer_id.value) + ": " + std::move(why), {}};
}

std::string epochs(const BatchHeader& batch, const ProducerEntry& entry) {
  return "epoch " + std::to_string(batch.producer_epoch.value) + " is older than " +
         std::to_string(entry.epoch.value);
}

// A new epoch starts at sequence 0; within an epoch, sequences leave no gap.
bool in_sequence(const ProducerEntry& entry, const BatchHeader& batch) {
  if (entry.epoch == kNoProducerEpoch) return true;
  if (batch.producer_epoch != entry.epoch) return batch.base_sequence.value == 0;
  return follows(entry.last_sequence(), batch.base_sequence);
}

// An epoch that changes forgets the batches of the one before.
void raise_epoch(ProducerEntry* entry, ProducerEpoch epoch) {
  if (entry->epoch == epoch) return;
  entry->epoch = epoch;
  entry->batch_count = 0;
}

void add_batch(ProducerEntry* entry, const BatchHeader& batch) {
  if (entry->batch_count == kProducerBatchesMax) {
    std::move(entry->batches.begin() + 1, entry->batches.end(), entry->batches.begin());
    --entry->batch_count;
  }
  const auto delta = static_cast<int32_t>(batch.last_offset - batch.base_offset);
  ASSERT(entry->batch_count < kProducerBatchesMax);
  entry->batches[entry->batch_count++] = {batch.last_sequence, batch.last_offset, delta,
                                          batch.max_timestamp};
}

bool batches_fit(const ProducerEntry& entry, Offset end) {
  Offset before = kNoOffset;
  for (size_t i = 0; i < entry.batch_count; ++i) {
    const ProducerBatch& batch = entry.batches[i];
    if (batch.offset_delta < 0 || batch.last_offset <= before || batch.last_offset >= end) {
      return false;
    }
    if (batch.base_offset() <= before) return false;
    before = batch.last_offset;
  }
  return true;
}

}  // namespace

Sequence ProducerBatch::first_sequence() const {
  const int64_t first = static_cast<int64_t>(last_sequence.value) - offset_delta;
  return Sequence(static_cast<int32_t>(first & 0x7fffffff));
}

ProducerState::Verdict ProducerState::check(const BatchHeader& batch, bool client) const {
  if (!batch.has_producer()) return {};
  const auto found = entries_.find(batch.producer_id);
  if (found == entries_.end()) {
    // Nothing known: any sequence may be the first. Below "no epoch" there is none.
    if (batch.producer_epoch < kNoProducerEpoch) {
      return refuse(ErrorCode::invalid_producer_epoch, batch, epochs(batch, ProducerEntry{}));
    }
    return {};
  }
  const ProducerEntry& entry = found->second;
  if (client) {
    if (const ProducerBatch* duplicate = find_duplicate(entry, batch)) {
      return {ErrorCode::none, {}, *duplicate};
    }
  }
  if (batch.producer_epoch < entry.epoch) {
    return refuse(ErrorCode::invalid_producer_epoch, batch, epochs(batch, entry));
  }
  if (client && !in_sequence(entry, batch)) {
    return refuse(ErrorCode::out_of_order_sequence_number, batch,
                  "sequence " + std::to_string(batch.base_sequence.value) + " does not follow " +
                      std::to_string(entry.last_sequence().value));
  }
  if (entry.in_transaction() && !batch.is_transactional()) {
    return refuse(ErrorCode::invalid_txn_state, batch,
                  "a batch outside the transaction that is open since offset " +
                      std::to_string(entry.transaction_first_offset.value));
  }
  return {};
}

ProducerState::Verdict ProducerState::check_marker(const BatchHeader& batch,
                                                   const TransactionMarker& marker) const {
  const auto found = entries_.find(batch.producer_id);
  if (found == entries_.end()) return {};
  const ProducerEntry& entry = found->second;
  if (batch.producer_epoch < entry.epoch) {
    return refuse(ErrorCode::invalid_producer_epoch, batch, epochs(batch, entry));
  }
  if (marker.coordinator_epoch < entry.coordinator_epoch) {
    return refuse(ErrorCode::transaction_coordinator_fenced, batch,
                  "a marker of coordinator epoch " + std::to_string(marker.coordinator_epoch) +
                      " behind one of " + std::to_string(entry.coordinator_epoch));
  }
  return {};
}

ProducerChange ProducerState::update(const BatchHeader& batch,
                                     const std::optional<TransactionMarker>& marker) {
  ProducerChange change;
  if (!batch.has_producer()) return change;
  if (batch.is_control() && !marker) return change;  // a control batch that is no marker
  ProducerEntry& entry = entries_[batch.producer_id];
  raise_epoch(&entry, batch.producer_epoch);
  entry.last_timestamp = batch.max_timestamp;
  if (marker) {
    entry.coordinator_epoch = marker->coordinator_epoch;
    if (entry.in_transaction()) {
      change.ended = EndedTransaction{batch.producer_id, entry.transaction_first_offset,
                                      batch.last_offset, marker->commit};
      entry.transaction_first_offset = kNoOffset;
    }
    return change;
  }
  add_batch(&entry, batch);
  if (batch.is_transactional() && !entry.in_transaction()) {
    entry.transaction_first_offset = batch.base_offset;
    change.began_transaction = true;
  }
  return change;
}

bool ProducerState::fits_log_end(Offset end) const {
  std::unordered_set<Offset> transactions;
  for (const auto& [id, entry] : entries_) {
    if (id < ProducerId(0) || !batches_fit(entry, end)) return false;
    if (!entry.in_transaction()) continue;
    const Offset first = entry.transaction_first_offset;
    if (first < Offset(0) || first >= end || !transactions.insert(first).second) return false;
  }
  return true;
}

void ProducerState::expire(TimestampMs now, int64_t idle_ms_max) {
  std::erase_if(entries_, [&](const auto& item) {
    const ProducerEntry& entry = item.second;
    return !entry.in_transaction() && now - entry.last_timestamp >= idle_ms_max;
  });
}

}  // namespace odradek
