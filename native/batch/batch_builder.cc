#include "batch/batch_builder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"
#include "batch/batch_format.h"
#include "batch/batch_stamp.h"
#include "batch/batch_view.h"

namespace odradek {

BatchBuilder::BatchBuilder(const BatchProperties& properties) : properties_(properties) {
  ASSERT(properties.base_offset >= Offset(0));
  // A producer id without sequence is refused everywhere, except in control batches.
  ASSERT(properties.producer_id < ProducerId(0) || properties.base_sequence >= Sequence(0) ||
         properties.control);
  bytes_.resize(kBatchHeaderBytes);
}

void BatchBuilder::append(TimestampMs timestamp, NullableBytes key, NullableBytes value,
                          std::span<const RecordHeader> headers) {
  ASSERT(last_delta_ < std::numeric_limits<int32_t>::max());
  append_at(last_delta_ + 1, timestamp, key, value, headers);
}

void BatchBuilder::append_at(int32_t offset_delta, TimestampMs timestamp, NullableBytes key,
                             NullableBytes value, std::span<const RecordHeader> headers) {
  ASSERT(offset_delta > last_delta_);
  ASSERT(count_ <= last_delta_ + 1);  // deltas ascend from 0 or above
  if (count_ == 0) base_timestamp_ = properties_.delete_horizon.value_or(timestamp);
  RecordContent content;
  // Wraps around where the two are further apart than 63 bits, and reads back the same.
  content.timestamp_delta = static_cast<int64_t>(static_cast<uint64_t>(timestamp.value) -
                                                 static_cast<uint64_t>(base_timestamp_.value));
  content.offset_delta = offset_delta;
  content.key = key;
  content.value = value;
  content.headers = headers;
  write_record(content, &bytes_);
  ASSERT(count_ < std::numeric_limits<int32_t>::max());
  ++count_;
  last_delta_ = offset_delta;
  max_timestamp_ = std::max(max_timestamp_, timestamp);
}

std::vector<uint8_t> BatchBuilder::seal() {
  ASSERT(count_ > 0);
  ASSERT(properties_.base_offset.value <= std::numeric_limits<int64_t>::max() - last_delta_);
  ASSERT(bytes_.size() <= static_cast<size_t>(std::numeric_limits<int32_t>::max()));
  write_header();
  renew_crc(bytes_);
  std::vector<uint8_t> batch = std::exchange(bytes_, std::vector<uint8_t>(kBatchHeaderBytes));
  ASSERT(batch_frame(batch) == BatchFrame::whole && bytes_.size() == kBatchHeaderBytes);
  count_ = 0;
  last_delta_ = -1;
  max_timestamp_ = kNoTimestamp;
  return batch;
}

uint16_t BatchBuilder::attributes() const {
  unsigned attributes = static_cast<unsigned>(Codec::none);
  if (properties_.log_append_time) attributes |= kLogAppendTimeBit;
  if (properties_.transactional) attributes |= kTransactionalBit;
  if (properties_.control) attributes |= kControlBit;
  if (properties_.delete_horizon) attributes |= kDeleteHorizonBit;
  return static_cast<uint16_t>(attributes);
}

void BatchBuilder::write_header() {
  ASSERT(last_delta_ >= count_ - 1);
  ASSERT(bytes_.size() > kBatchHeaderBytes);
  uint8_t* const header = bytes_.data();
  const TimestampMs max_timestamp = properties_.log_append_time.value_or(max_timestamp_);
  store_be(header + kBaseOffsetAt, properties_.base_offset.value);
  store_be(header + kLengthAt, static_cast<int32_t>(bytes_.size() - kBatchOverheadBytes));
  store_be(header + kLeaderEpochAt, properties_.leader_epoch.value);
  header[kMagicAt] = kMagic;
  store_be(header + kAttributesAt, attributes());
  store_be(header + kLastOffsetDeltaAt, last_delta_);
  store_be(header + kBaseTimestampAt, base_timestamp_.value);
  store_be(header + kMaxTimestampAt, max_timestamp.value);
  store_be(header + kProducerIdAt, properties_.producer_id.value);
  store_be(header + kProducerEpochAt, properties_.producer_epoch.value);
  store_be(header + kBaseSequenceAt, properties_.base_sequence.value);
  store_be(header + kRecordCountAt, count_);
}

}  // namespace odradek
