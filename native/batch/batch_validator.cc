#include "batch/batch_validator.h"

#include <string>

#include "base/assert.h"
#include "batch/batch_stamp.h"
#include "batch/batch_view.h"
#include "batch/record_judge.h"

namespace odradek {
namespace {

constexpr int16_t kFirstVersionWithZstd = 7;
// The smallest batch length that any of Kafka's formats had; below it there is no batch at all.
constexpr int64_t kOldestLengthMin = 14;
static_assert(kOldestLengthMin + kBatchOverheadBytes < kBatchHeaderBytes);
static_assert(kOldestLengthMin + kBatchOverheadBytes > kCrcAt);  // length and magic can be read

BatchVerdict refuse(ErrorCode code, const char* message) {
  BatchVerdict verdict;
  verdict.code = code;
  verdict.message = message;
  return verdict;
}

BatchVerdict unknown_codec() {
  return refuse(ErrorCode::unknown_server_error, "The batch names an unknown codec");
}

// What stands at the start of produced bytes, in Kafka's own order of looking.
enum class ProducedFrame : uint8_t {
  none,  // less than a whole batch
  whole,
  corrupt,   // an impossible length or a magic that never was
  overflow,  // a length that does not fit 32 bits with its own overhead
};

ProducedFrame produced_frame(ByteView bytes) {
  if (bytes.size() < kBatchOverheadBytes) return ProducedFrame::none;
  const int64_t length = load_be<int32_t>(bytes.data() + kLengthAt);
  if (length < kOldestLengthMin) return ProducedFrame::corrupt;
  if (bytes.size() <= kMagicAt) return ProducedFrame::none;
  if (bytes[kMagicAt] > kMagic) return ProducedFrame::corrupt;
  const int64_t size = length + static_cast<int64_t>(kBatchOverheadBytes);
  if (size > INT32_MAX) return ProducedFrame::overflow;
  return static_cast<uint64_t>(size) <= bytes.size() ? ProducedFrame::whole : ProducedFrame::none;
}

BatchVerdict frame_verdict(ProducedFrame frame) {
  switch (frame) {
    case ProducedFrame::none:
      return refuse(ErrorCode::invalid_record, "The records hold no whole batch");
    case ProducedFrame::corrupt:
      return refuse(ErrorCode::corrupt_message, "The batch's length or magic is impossible");
    case ProducedFrame::overflow:
      return refuse(ErrorCode::unknown_server_error, "The batch's length is impossible");
    case ProducedFrame::whole:
      break;
  }
  return {};
}

// Finds the one batch in `records`: exactly one of magic 2, with nothing whole behind it.
BatchVerdict find_batch(ByteView records, int16_t api_version) {
  BatchVerdict verdict = frame_verdict(produced_frame(records));
  if (verdict.code != ErrorCode::none) return verdict;
  if (records[kMagicAt] != kMagic) {
    return refuse(ErrorCode::invalid_record, "Produce takes record batches of magic 2 only");
  }
  const size_t size = load_be<uint32_t>(records.data() + kLengthAt) + kBatchOverheadBytes;
  ASSERT(size > kMagicAt && size <= records.size());
  if (api_version < kFirstVersionWithZstd && size >= kLastOffsetDeltaAt) {
    const unsigned codec = load_be<uint16_t>(records.data() + kAttributesAt) & kCodecMask;
    if (codec == static_cast<unsigned>(Codec::zstd)) {
      return refuse(ErrorCode::unsupported_compression_type,
                    "Produce takes zstd from version 7 on");
    }
    if (codec > static_cast<unsigned>(Codec::zstd)) return unknown_codec();
  }
  const ProducedFrame behind = produced_frame(records.subspan(size));
  if (behind == ProducedFrame::whole) {
    return refuse(ErrorCode::invalid_record, "Produce takes one batch for each partition");
  }
  if (behind != ProducedFrame::none) return frame_verdict(behind);
  if (size < kBatchHeaderBytes) {
    return refuse(ErrorCode::corrupt_message, "The batch is shorter than its header");
  }
  ASSERT(verdict.code == ErrorCode::none && verdict.batch_bytes == 0);
  verdict.batch_bytes = size;
  return verdict;
}

BatchVerdict judge_frame(const BatchView& batch, const ValidationRules& rules) {
  if (batch.base_offset() != Offset(0)) {
    return refuse(ErrorCode::invalid_record, "A produced batch must have base offset 0");
  }
  if (static_cast<int64_t>(batch.size()) > rules.batch_bytes_max) {
    return refuse(ErrorCode::message_too_large, "The batch is larger than max.message.bytes");
  }
  if (!batch.crc_matches()) {
    return refuse(ErrorCode::corrupt_message, "The batch's checksum does not match");
  }
  return {};
}

BatchVerdict judge_header(const BatchView& batch) {
  if (!batch.is_known_codec()) return unknown_codec();
  if (batch.record_count() <= 0) {
    return refuse(ErrorCode::invalid_record, "A produced batch must hold at least one record");
  }
  if (batch.last_offset_delta() != batch.record_count() - 1) {
    return refuse(ErrorCode::invalid_record, "Record count and last offset delta do not agree");
  }
  if (batch.has_producer() && batch.base_sequence() < Sequence(0)) {
    return refuse(ErrorCode::invalid_record, "A batch with a producer id must have a sequence");
  }
  if (batch.is_control()) {
    return refuse(ErrorCode::invalid_record, "A client must not write control batches");
  }
  return {};
}

// What can be said of compressed records from outside: the times in the header, if they are
// honest, are the first record's and the latest one's.
BatchVerdict judge_unopened(const BatchView& batch, const ValidationRules& rules, TimestampMs now) {
  ASSERT(batch.is_compressed() && batch.record_count() > 0);
  if (is_append_time_refused(batch, rules)) {
    return refuse(ErrorCode::invalid_timestamp, "A producer must not set the log append time");
  }
  if (!rules.log_append_time && is_out_of_range(batch.max_timestamp(), rules, now)) {
    return refuse(ErrorCode::invalid_timestamp,
                  "The max timestamp is too far from the broker's clock");
  }
  return {};
}

void stamp(ByteSpan batch, const ValidationRules& rules, TimestampMs latest, TimestampMs now) {
  if (rules.log_append_time) {
    set_max_timestamp(batch, TimestampType::log_append_time, now);
  } else {
    set_max_timestamp(batch, TimestampType::create_time, latest);
  }
}

bool goes_to_another_codec(const BatchView& batch, const ValidationRules& rules) {
  return rules.target_codec >= 0 && rules.target_codec != static_cast<int8_t>(batch.codec());
}

// The verdict for one batch whose frame and header are in order, before any opening.
BatchVerdict judge_contents(ByteSpan bytes, const BatchView& batch, const ValidationRules& rules,
                            TimestampMs now) {
  ASSERT(rules.target_codec >= -1 && rules.target_codec <= static_cast<int8_t>(Codec::zstd));
  ASSERT(bytes.data() == batch.bytes().data() && bytes.size() == batch.size());
  const bool another_codec = goes_to_another_codec(batch, rules);
  BatchVerdict verdict;
  TimestampMs latest = batch.max_timestamp();
  if (batch.is_compressed()) {
    verdict.needs_opening = rules.compacted || rules.open_compressed || another_codec;
    if (!verdict.needs_opening) verdict = judge_unopened(batch, rules, now);
  } else {
    RecordsJudgement judgement = judge_records(batch, batch.records(), false, rules, now);
    verdict = std::move(judgement.verdict);
    verdict.needs_opening = verdict.code == ErrorCode::none && another_codec;
    latest = judgement.max_timestamp;
  }
  if (verdict.code != ErrorCode::none) return verdict;
  if (!verdict.needs_opening) stamp(bytes, rules, latest, now);
  ASSERT(verdict.faults.empty() && verdict.message.empty());
  verdict.batch_bytes = bytes.size();
  return verdict;
}

}  // namespace

BatchVerdict validate_produced_batch(ByteSpan records, const ValidationRules& rules,
                                     TimestampMs now, int16_t api_version) {
  BatchVerdict verdict = find_batch(records, api_version);
  if (verdict.code != ErrorCode::none) return verdict;
  const ByteSpan bytes = records.first(verdict.batch_bytes);
  const auto batch = BatchView::at(bytes);
  ASSERT(batch.has_value() && batch->size() == bytes.size());
  verdict = judge_frame(*batch, rules);
  if (verdict.code == ErrorCode::none) verdict = judge_header(*batch);
  if (verdict.code == ErrorCode::none) verdict = judge_contents(bytes, *batch, rules, now);
  verdict.is_batch = true;
  return verdict;
}

BatchVerdict validate_opened_batch(ByteSpan batch, ByteView opened, const ValidationRules& rules,
                                   TimestampMs now) {
  const auto view = BatchView::at(batch);
  ASSERT(view.has_value() && view->size() == batch.size());
  ASSERT(view->record_count() > 0);  // the first half passed it
  ASSERT(view->last_offset_delta() == view->record_count() - 1 && view->is_known_codec());
  RecordsJudgement judgement = judge_records(*view, opened, view->is_compressed(), rules, now);
  judgement.verdict.is_batch = true;
  if (judgement.verdict.code != ErrorCode::none) return std::move(judgement.verdict);
  stamp(batch, rules, judgement.max_timestamp, now);
  judgement.verdict.batch_bytes = batch.size();
  return std::move(judgement.verdict);
}

}  // namespace odradek
