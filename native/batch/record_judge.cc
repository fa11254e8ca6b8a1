#include "batch/record_judge.h"

#include <algorithm>
#include <string>

#include "base/assert.h"
#include "batch/record_codec.h"

namespace odradek {
namespace {

// Java's arithmetic: a timestamp is whatever 64 bits the producer sent.
int64_t wrapping_subtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

BatchVerdict refuse(ErrorCode code, std::string message) {
  BatchVerdict verdict;
  verdict.code = code;
  verdict.message = std::move(message);
  return verdict;
}

// Collects what is wrong with single records; the walk goes on, so that the producer learns of all.
class FaultList {
 public:
  void add(int32_t index, bool is_timestamp, const char* message) {
    ASSERT(index >= 0 && message != nullptr);
    ++count_;
    has_timestamp_ = has_timestamp_ || is_timestamp;
    if (faults_.size() < kRecordFaultsMax) faults_.push_back({index, message});
  }
  bool empty() const { return count_ == 0; }

  BatchVerdict verdict() {
    ASSERT(count_ > 0);
    ASSERT(!faults_.empty() && faults_.size() <= kRecordFaultsMax);
    BatchVerdict verdict =
        refuse(has_timestamp_ ? ErrorCode::invalid_timestamp : ErrorCode::invalid_record,
               std::to_string(count_) +
                   " of the batch's records refused; the first: " + faults_.front().message);
    verdict.faults = std::move(faults_);
    return verdict;
  }

 private:
  int64_t count_ = 0;
  bool has_timestamp_ = false;
  std::vector<RecordFault> faults_;
};

BatchVerdict structure_verdict(RecordsFault fault, bool opened) {
  ASSERT(fault != RecordsFault::none);
  if (fault == RecordsFault::endless_length && !opened) {
    return refuse(ErrorCode::unknown_server_error, "A record's length takes more than five bytes");
  }
  return refuse(ErrorCode::invalid_record,
                "The records section does not hold exactly the batch's records");
}

// Offsets in the log must ascend without a gap from the base offset. Kafka accepts what breaks
// that in an uncompressed batch and fails on it in a compressed one.
BatchVerdict offset_verdict(int32_t index, int32_t delta, bool opened) {
  ASSERT(index >= 0 && delta != index);
  const ErrorCode code = opened ? ErrorCode::unknown_server_error : ErrorCode::invalid_record;
  return refuse(code, "Record " + std::to_string(index) + " has offset delta " +
                          std::to_string(delta) + "; the deltas must count up from 0");
}

constexpr const char* kKeyMissing = "A compacted topic takes no record without a key";
constexpr const char* kTimestampFar = "The timestamp is too far from the broker's clock";
constexpr const char* kAppendTimeSet = "A producer must not set the log append time";

}  // namespace

bool is_out_of_range(TimestampMs timestamp, const ValidationRules& rules, TimestampMs now) {
  if (timestamp == kNoTimestamp) return false;
  const int64_t age = wrapping_subtract(now.value, timestamp.value);
  return age > rules.timestamp_before_ms_max ||
         age < wrapping_subtract(0, rules.timestamp_after_ms_max);
}

bool is_append_time_refused(const BatchView& header, const ValidationRules& rules) {
  if (!header.is_log_append_time()) return false;
  return rules.log_append_time || header.max_timestamp() == kNoTimestamp;
}

RecordsJudgement judge_records(const BatchView& header, ByteView records, bool opened,
                               const ValidationRules& rules, TimestampMs now) {
  ASSERT(header.record_count() > 0 && header.is_known_codec());
  ASSERT(opened == header.is_compressed());
  RecordsJudgement judgement;
  const bool append_time_refused = is_append_time_refused(header, rules);
  const bool check_range = !rules.log_append_time && !append_time_refused;
  TimestampMs latest = kNoTimestamp;
  int32_t index = 0;
  int32_t misplaced_index = -1;
  int32_t misplaced_delta = 0;
  FaultList faults;
  RecordIterator iterator(records, header.record_count());
  Record record;
  while (iterator.next(&record)) {
    if (record.offset_delta != index && misplaced_index < 0) [[unlikely]] {
      misplaced_index = index;
      misplaced_delta = record.offset_delta;
    }
    const TimestampMs timestamp = header.timestamp_of(record.timestamp_delta);
    latest = std::max(latest, timestamp);
    if (rules.compacted && record.key.is_null) {
      faults.add(index, false, kKeyMissing);
    } else if (check_range && is_out_of_range(timestamp, rules, now)) {
      faults.add(index, true, kTimestampFar);
    } else if (append_time_refused) {
      faults.add(index, true, kAppendTimeSet);
    }
    ++index;
  }
  if (iterator.fault() != RecordsFault::none) {
    judgement.verdict = structure_verdict(iterator.fault(), opened);
  } else if (!faults.empty()) {
    judgement.verdict = faults.verdict();
  } else if (misplaced_index >= 0) {
    judgement.verdict = offset_verdict(misplaced_index, misplaced_delta, opened);
  }
  ASSERT(judgement.verdict.code != ErrorCode::none || index == header.record_count());
  ASSERT(latest >= kNoTimestamp);
  ASSERT(index <= header.record_count() && misplaced_index < index);
  judgement.max_timestamp = latest;
  return judgement;
}

}  // namespace odradek
