#include "addon/log_answers.h"

#include "addon/value_reader.h"
#include "log/batch_header.h"

namespace odradek {

Napi::Value from_append(Napi::Env env, const AppendOutcome& outcome) {
  auto result = Napi::Object::New(env);
  result.Set("baseOffset", from_int64(env, outcome.base_offset.value));
  result.Set("lastOffset", from_int64(env, outcome.last_offset.value));
  result.Set("requiredHighWatermark", from_int64(env, outcome.required_high_watermark.value));
  return result;
}

Napi::Value from_lookup(Napi::Env env, const TimestampLookup& found) {
  auto result = Napi::Object::New(env);
  result.Set("offset", from_int64(env, found.offset.value));
  result.Set("timestamp", from_int64(env, found.timestamp.value));
  result.Set("leaderEpoch", from_int64(env, found.leader_epoch.value));
  result.Set("compressedBatch", found.compressed_batch.empty()
                                    ? env.Undefined()
                                    : from_bytes(env, found.compressed_batch));
  return result;
}

Napi::Value from_aborted(Napi::Env env, const std::vector<AbortedTransaction>& aborted) {
  auto result = Napi::Array::New(env, aborted.size());
  uint32_t index = 0;
  for (const AbortedTransaction& transaction : aborted) {
    auto entry = Napi::Object::New(env);
    entry.Set("producerId", from_int64(env, transaction.producer_id.value));
    entry.Set("firstOffset", from_int64(env, transaction.first_offset.value));
    result.Set(index++, entry);
  }
  return result;
}

Napi::Value from_aborted_entries(Napi::Env env, const std::vector<AbortedIndexEntry>& entries) {
  auto result = Napi::Array::New(env, entries.size());
  uint32_t index = 0;
  for (const AbortedIndexEntry& entry : entries) {
    auto object = Napi::Object::New(env);
    object.Set("producerId", from_int64(env, entry.producer_id.value));
    object.Set("firstOffset", from_int64(env, entry.first_offset.value));
    object.Set("lastOffset", from_int64(env, entry.last_offset.value));
    object.Set("lastStableOffset", from_int64(env, entry.last_stable_offset.value));
    result.Set(index++, object);
  }
  return result;
}

Napi::Value from_segments(Napi::Env env, const std::vector<SegmentSummary>& segments) {
  auto result = Napi::Array::New(env, segments.size());
  uint32_t index = 0;
  for (const SegmentSummary& segment : segments) {
    auto entry = Napi::Object::New(env);
    entry.Set("baseOffset", from_int64(env, segment.base_offset.value));
    entry.Set("nextOffset", from_int64(env, segment.next_offset.value));
    entry.Set("sizeBytes", from_int64(env, segment.size_bytes));
    entry.Set("largestTimestamp", from_int64(env, segment.largest_timestamp.value));
    entry.Set("active", Napi::Boolean::New(env, segment.active));
    result.Set(index++, entry);
  }
  return result;
}

Napi::Value from_segment_detail(Napi::Env env, const SegmentDetail& detail) {
  auto result = Napi::Object::New(env);
  result.Set("firstBatchTimestamp", from_int64(env, detail.first_batch_timestamp.value));
  result.Set("offsetIndexBytes", from_int64(env, detail.offset_index_bytes));
  result.Set("timeIndexBytes", from_int64(env, detail.time_index_bytes));
  return result;
}

Napi::Value from_producers(Napi::Env env, const PartitionLog& log) {
  const std::vector<ProducerSummary> producers = log.producers();
  auto result = Napi::Array::New(env, producers.size());
  uint32_t index = 0;
  for (const ProducerSummary& producer : producers) {
    auto entry = Napi::Object::New(env);
    entry.Set("producerId", from_int64(env, producer.producer_id.value));
    entry.Set("producerEpoch", from_int64(env, producer.epoch.value));
    entry.Set("lastSequence", from_int64(env, producer.last_sequence.value));
    entry.Set("lastTimestamp", from_int64(env, producer.last_timestamp.value));
    entry.Set("coordinatorEpoch", from_int64(env, producer.coordinator_epoch));
    entry.Set("transactionFirstOffset",
              from_int64(env, producer.current_transaction_first_offset.value));
    entry.Set("lastDataOffset", from_int64(env, producer.last_data_offset.value));
    result.Set(index++, entry);
  }
  return result;
}

LogError refusal_of(ByteView batch) {
  const auto view = BatchView::at(batch);
  if (!view || view->size() != batch.size()) {
    return {ErrorCode::corrupt_message, "the bytes to append are not exactly one record batch", {}};
  }
  if (!view->crc_matches()) {
    return {ErrorCode::corrupt_message, "the batch to append has a wrong checksum", {}};
  }
  if (view->last_offset_delta() < 0 || !BatchHeader::parse(batch)) {
    return {ErrorCode::corrupt_message, "the batch to append has an impossible header", {}};
  }
  return {ErrorCode::none, {}, {}};
}

}  // namespace odradek
