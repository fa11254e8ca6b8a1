#include "log/batch_header.h"

#include "base/assert.h"
#include "batch/record_codec.h"

namespace odradek {
namespace {

// Sequences wrap from 2^31-1 to 0 (kafka-facts 5.2).
Sequence sequence_after(Sequence base, int32_t delta) {
  if (base.value < 0) return base;
  const int64_t sum = static_cast<int64_t>(base.value) + delta;
  return Sequence(static_cast<int32_t>(sum & 0x7fffffff));
}

}  // namespace

std::optional<BatchHeader> BatchHeader::parse(ByteView bytes) {
  if (bytes.size() < kBatchHeaderBytes) return std::nullopt;
  const uint8_t* at = bytes.data();
  const auto length = load_be<int32_t>(at + kLengthAt);
  const auto delta = load_be<int32_t>(at + kLastOffsetDeltaAt);
  BatchHeader header;
  header.base_offset = Offset(load_be<int64_t>(at + kBaseOffsetAt));
  if (length < static_cast<int32_t>(kBatchHeaderBytes - kBatchOverheadBytes)) return std::nullopt;
  if (at[kMagicAt] != kMagic || delta < 0) return std::nullopt;
  if (header.base_offset.value < 0 || header.base_offset.value > INT64_MAX - delta - 1) {
    return std::nullopt;
  }
  header.last_offset = header.base_offset + delta;
  header.size_bytes = static_cast<int64_t>(length) + static_cast<int64_t>(kBatchOverheadBytes);
  header.leader_epoch = LeaderEpoch(load_be<int32_t>(at + kLeaderEpochAt));
  header.attributes = load_be<uint16_t>(at + kAttributesAt);
  header.max_timestamp = TimestampMs(load_be<int64_t>(at + kMaxTimestampAt));
  header.producer_id = ProducerId(load_be<int64_t>(at + kProducerIdAt));
  header.producer_epoch = ProducerEpoch(load_be<int16_t>(at + kProducerEpochAt));
  header.base_sequence = Sequence(load_be<int32_t>(at + kBaseSequenceAt));
  header.last_sequence = sequence_after(header.base_sequence, delta);
  return header;
}

BatchHeader BatchHeader::of(const BatchView& batch) {
  std::optional<BatchHeader> header = parse(batch.bytes());
  ASSERT(header.has_value());  // callers pass batches that were judged or stored before
  ASSERT(header->size_bytes == static_cast<int64_t>(batch.size()));
  return *header;
}

std::optional<TransactionMarker> transaction_marker(const BatchView& batch) {
  if (!batch.is_control() || batch.is_compressed()) return std::nullopt;
  RecordIterator records(batch.records(), batch.record_count());
  Record record;
  if (!records.next(&record)) return std::nullopt;
  // Key: int16 version, int16 type (0 abort, 1 commit); value: int16 version, int32 epoch.
  const ByteView key = record.key.bytes;
  const ByteView value = record.value.bytes;
  if (key.size() < 4 || value.size() < 6) return std::nullopt;
  const auto type = load_be<int16_t>(key.data() + 2);
  if (type != 0 && type != 1) return std::nullopt;
  return TransactionMarker{type == 1, load_be<int32_t>(value.data() + 2)};
}

}  // namespace odradek
