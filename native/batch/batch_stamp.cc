#include "batch/batch_stamp.h"

#include "base/assert.h"
#include "checksum/crc32c.h"

namespace odradek {
namespace {

constexpr uint16_t kMeaningfulBits =
    kCodecMask | kLogAppendTimeBit | kTransactionalBit | kControlBit | kDeleteHorizonBit;
static_assert((kMeaningfulBits & kLogAppendTimeBit) != 0);

bool is_exactly_one_batch(ByteView batch) {
  return batch.size() >= kBatchHeaderBytes &&
         load_be<uint32_t>(batch.data() + kLengthAt) + kBatchOverheadBytes == batch.size();
}

}  // namespace

void assign_offsets(ByteSpan batch, Offset base_offset, LeaderEpoch leader_epoch) {
  ASSERT(batch.size() >= kBatchHeaderBytes);
  ASSERT(batch[kMagicAt] == kMagic);
  ASSERT(base_offset >= Offset(0));
  ASSERT(leader_epoch >= kNoLeaderEpoch);
  store_be(batch.data() + kBaseOffsetAt, base_offset.value);
  store_be(batch.data() + kLeaderEpochAt, leader_epoch.value);
}

void set_max_timestamp(ByteSpan batch, TimestampType type, TimestampMs max_timestamp) {
  ASSERT(is_exactly_one_batch(batch));
  const auto before = load_be<uint16_t>(batch.data() + kAttributesAt);
  const uint16_t type_bit = type == TimestampType::log_append_time ? kLogAppendTimeBit : 0;
  const auto max_before = load_be<int64_t>(batch.data() + kMaxTimestampAt);
  if ((before & kLogAppendTimeBit) == type_bit && max_before == max_timestamp.value) return;
  const uint16_t kept = before & kMeaningfulBits & ~kLogAppendTimeBit;
  store_be(batch.data() + kAttributesAt, static_cast<uint16_t>(kept | type_bit));
  store_be(batch.data() + kMaxTimestampAt, max_timestamp.value);
  renew_crc(batch);
}

void renew_crc(ByteSpan batch) {
  ASSERT(is_exactly_one_batch(batch));
  ASSERT(batch[kMagicAt] == kMagic);
  store_be(batch.data() + kCrcAt, crc32c(batch.subspan(kAttributesAt)));
}

}  // namespace odradek
