#include "ledger.h"

#include <algorithm>
#include <random>
#include <string>

#include "base/bytes.h"
#include "batch/batch_builder.h"
#include "batch/batch_stamp.h"

namespace odradek::power {
namespace {

std::mt19937_64 random_of(int32_t partition, int64_t serial) {
  return std::mt19937_64(static_cast<uint64_t>(serial) * 64 + static_cast<uint64_t>(partition));
}

// Mostly small; some larger than a page, than a commit's share, few nearly a whole segment.
size_t value_bytes_of(uint64_t picked) {
  if (picked % 64 == 0) return 12000;
  if (picked % 16 == 0) return 3000 + picked / 64 % 3000;
  return picked / 64 % 700;
}

}  // namespace

void PartitionLedger::apply(const Event& event) {
  switch (event.kind) {
    case EventKind::append_begun:
      attempt = {event.values[0],
                 end,
                 static_cast<int32_t>(event.values[1]),
                 static_cast<int32_t>(event.values[2]),
                 static_cast<int16_t>(event.values[3] >> 16),
                 static_cast<int16_t>(event.values[3] & 0xffff)};
      leader_epoch = attempt.leader_epoch;
      producer_epoch = attempt.producer_epoch;
      next_serial = attempt.serial + 1;
      [[fallthrough]];
    case EventKind::create_begun:
    case EventKind::truncate_begun:
    case EventKind::delete_begun:
    case EventKind::remove_begun:
      under_way = event;
      return;
    case EventKind::appended:
      batches.push_back(attempt);
      end = attempt.end();
      break;
    case EventKind::acknowledged:  // comes from the side: the step goes on
      acknowledged = std::max(acknowledged, event.values[0]);
      return;
    case EventKind::created:
      exists = seen = true;
      break;
    case EventKind::truncated:
      cut(event.values[0]);
      break;
    case EventKind::deleted:
      start = event.values[0];
      forget_below_start();
      break;
    case EventKind::removed:
      begin_again();
      break;
    case EventKind::recovered:
      if (event.values[1] > end) batches.push_back(attempt);
      start = event.values[0];
      end = std::max(end, event.values[1]);
      exists = seen = true;
      cut(event.values[1]);
      acknowledged = std::max(std::min(acknowledged, end), event.values[3]);
      forget_below_start();
      break;
    default:
      break;
  }
  under_way.reset();
}

int64_t PartitionLedger::cut_at(int64_t offset) const {
  if (offset >= end) return end;
  const int64_t wanted = std::max(offset, start);
  for (const LedgerBatch& batch : batches) {
    if (batch.end() > wanted) return std::max(start, std::min(batch.base, end));
  }
  return end;
}

int64_t PartitionLedger::end_min() const {
  const int64_t kept = std::max(acknowledged, cached);
  const bool truncating = under_way && under_way->kind == EventKind::truncate_begun;
  return truncating ? std::min(kept, cut_at(under_way->values[0])) : kept;
}

int64_t PartitionLedger::end_max() const {
  const bool appending = under_way && under_way->kind == EventKind::append_begun;
  return appending ? attempt.end() : end;
}

int64_t PartitionLedger::start_max() const {
  const bool deleting = under_way && under_way->kind == EventKind::delete_begun;
  return deleting ? std::max(start, under_way->values[0]) : start;
}

bool PartitionLedger::may_be_missing() const {
  return !exists || (under_way && under_way->kind == EventKind::remove_begun);
}

int32_t PartitionLedger::next_sequence() const {
  return batches.empty() ? 0 : batches.back().sequence + batches.back().records;
}

void PartitionLedger::cut(int64_t new_end) {
  while (!batches.empty() && batches.back().end() > new_end) batches.pop_back();
  end = new_end;
  acknowledged = std::min(acknowledged, end);
  cached = 0;  // the next process knows better than the last
  // Nothing tells any more which sequence the producer had: it comes back with a higher epoch.
  if (batches.empty()) ++producer_epoch;
}

void PartitionLedger::forget_below_start() {
  const auto kept = std::find_if(batches.begin(), batches.end(),
                                 [&](const LedgerBatch& batch) { return batch.end() > start; });
  if (kept == batches.begin() || batches.empty()) return;
  batches.erase(batches.begin(), kept == batches.end() ? kept - 1 : kept);
}

void PartitionLedger::begin_again() {
  exists = false;
  ++generation;
  start = end = acknowledged = cached = 0;
  batches.clear();
}

void Ledger::apply(const Event& event) {
  if (event.kind == EventKind::close_begun) closing = true;
  if (event.kind == EventKind::closed) {
    clean = true;
    for (PartitionLedger& partition : partitions) partition.acknowledged = partition.end;
  }
  if (event.kind == EventKind::running) closing = false;
  if (event.partition < 0) return;
  PartitionLedger& partition = partitions.at(static_cast<size_t>(event.partition));
  if (event.kind == EventKind::recovered) lost += event.values[2];
  if (event.kind == EventKind::acknowledged) {
    acknowledged += std::max<int64_t>(0, event.values[0] - partition.acknowledged);
  }
  partition.apply(event);
}

void Ledger::process_died() {
  for (PartitionLedger& partition : partitions) {
    if (partition.seen) partition.cached = partition.end;
  }
}

void Ledger::power_cut() {
  for (PartitionLedger& partition : partitions) {
    partition.cached = 0;
    partition.seen = false;
  }
}

bool has_producer(int32_t partition) { return partition % 2 == 0; }

int32_t records_of(int32_t partition, int64_t serial) {
  return 1 + static_cast<int32_t>(random_of(partition, serial)() % 4);
}

std::vector<uint8_t> batch_bytes(int32_t partition, const LedgerBatch& batch) {
  std::mt19937_64 random = random_of(partition, batch.serial);
  BatchProperties properties;
  if (has_producer(partition)) {
    properties.producer_id = ProducerId(1000 + partition);
    properties.producer_epoch = ProducerEpoch(batch.producer_epoch);
    properties.base_sequence = Sequence(batch.sequence);
  }
  BatchBuilder builder(properties);
  random();
  for (int32_t i = 0; i < batch.records; ++i) {
    std::string value(value_bytes_of(random()), '\0');
    for (char& c : value) c = static_cast<char>(random());
    const std::string key = std::to_string(partition) + "/" + std::to_string(batch.serial);
    builder.append(TimestampMs(1700000000000 + batch.serial), as_bytes(key), as_bytes(value));
  }
  std::vector<uint8_t> bytes = builder.seal();
  store_be<int64_t>(bytes.data(), batch.base);
  store_be<int32_t>(bytes.data() + 12, batch.leader_epoch);
  return bytes;
}

Uuid topic_id_of(int32_t partition, int64_t generation) {
  Uuid id;
  id.bytes[0] = static_cast<uint8_t>(1 + partition);
  store_be<int64_t>(id.bytes.data() + 8, generation / 2 + 1);
  return id;
}

}  // namespace odradek::power
