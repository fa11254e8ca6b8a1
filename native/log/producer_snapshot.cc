#include "log/producer_snapshot.h"

#include <algorithm>

#include "base/assert.h"
#include "checksum/crc32c.h"

namespace odradek {
namespace {

constexpr int16_t kVersion = 1;
constexpr size_t kSnapshotVersionAt = 0;
constexpr size_t kSnapshotCrcAt = 2;
constexpr size_t kSnapshotCountAt = 6;
constexpr size_t kSnapshotEntriesAt = 10;
static_assert(kSnapshotCountAt == kSnapshotCrcAt + 4 && kSnapshotEntriesAt == kSnapshotCountAt + 4);
static_assert(kSnapshotEntryBytes == 8 + 2 + 4 + 8 + 4 + 8 + 4 + 8);

void encode_entry(uint8_t* at, ProducerId id, const ProducerEntry& entry) {
  ASSERT(id >= ProducerId(0) && entry.batch_count <= kProducerBatchesMax);
  const ProducerBatch* last = entry.last_batch();
  store_be<int64_t>(at, id.value);
  store_be<int16_t>(at + 8, entry.epoch.value);
  store_be<int32_t>(at + 10, entry.last_sequence().value);
  store_be<int64_t>(at + 14, last == nullptr ? kNoOffset.value : last->last_offset.value);
  store_be<int32_t>(at + 22, last == nullptr ? 0 : last->offset_delta);
  store_be<int64_t>(at + 26, entry.last_timestamp.value);
  store_be<int32_t>(at + 34, entry.coordinator_epoch);
  store_be<int64_t>(at + 38, entry.transaction_first_offset.value);
}

ProducerEntry decode_entry(const uint8_t* at) {
  ProducerEntry entry;
  entry.epoch = ProducerEpoch(load_be<int16_t>(at + 8));
  entry.last_timestamp = TimestampMs(load_be<int64_t>(at + 26));
  entry.coordinator_epoch = load_be<int32_t>(at + 34);
  entry.transaction_first_offset = Offset(load_be<int64_t>(at + 38));
  const Offset last_offset(load_be<int64_t>(at + 14));
  if (last_offset.value >= 0) {
    entry.batches[0] = {Sequence(load_be<int32_t>(at + 10)), last_offset, load_be<int32_t>(at + 22),
                        entry.last_timestamp};
    entry.batch_count = 1;
  }
  return entry;
}

}  // namespace

std::vector<uint8_t> encode_producer_snapshot(const ProducerState& state) {
  std::vector<ProducerId> ids;
  ids.reserve(state.entries().size());
  for (const auto& [id, entry] : state.entries()) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  ASSERT(ids.size() <= static_cast<size_t>(INT32_MAX));

  std::vector<uint8_t> bytes(kSnapshotEntriesAt + ids.size() * kSnapshotEntryBytes);
  store_be<int16_t>(bytes.data() + kSnapshotVersionAt, kVersion);
  store_be<int32_t>(bytes.data() + kSnapshotCountAt, static_cast<int32_t>(ids.size()));
  uint8_t* at = bytes.data() + kSnapshotEntriesAt;
  for (const ProducerId id : ids) {
    encode_entry(at, id, state.entries().at(id));
    at += kSnapshotEntryBytes;
  }
  ASSERT(at == bytes.data() + bytes.size());
  store_be<uint32_t>(bytes.data() + kSnapshotCrcAt,
                     crc32c(ByteView(bytes).subspan(kSnapshotCountAt)));
  return bytes;
}

std::optional<ProducerState> decode_producer_snapshot(ByteView bytes, Offset offset) {
  if (bytes.size() < kSnapshotEntriesAt) return std::nullopt;
  if (load_be<int16_t>(bytes.data() + kSnapshotVersionAt) != kVersion) return std::nullopt;
  if (load_be<uint32_t>(bytes.data() + kSnapshotCrcAt) != crc32c(bytes.subspan(kSnapshotCountAt))) {
    return std::nullopt;
  }
  const auto count = load_be<int32_t>(bytes.data() + kSnapshotCountAt);
  if (count < 0 ||
      bytes.size() - kSnapshotEntriesAt != static_cast<size_t>(count) * kSnapshotEntryBytes) {
    return std::nullopt;
  }
  ProducerState state;
  const uint8_t* at = bytes.data() + kSnapshotEntriesAt;
  for (int32_t i = 0; i < count; ++i, at += kSnapshotEntryBytes) {
    const ProducerId id(load_be<int64_t>(at));
    const ProducerEntry entry = decode_entry(at);
    if (state.entries().contains(id)) return std::nullopt;
    state.restore(id, entry);
  }
  ASSERT(at == bytes.data() + bytes.size());
  ASSERT(state.entries().size() == static_cast<size_t>(count));
  if (!state.fits_log_end(offset)) return std::nullopt;
  return state;
}

}  // namespace odradek
