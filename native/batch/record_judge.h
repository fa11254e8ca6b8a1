// Judges the records of one produced batch, one by one. Part of the batch validator.
#pragma once

#include "batch/batch_validator.h"
#include "batch/batch_view.h"

namespace odradek {

// The verdict on the records, and what it found on the way. The time holds with code `none` only.
struct RecordsJudgement {
  BatchVerdict verdict;
  TimestampMs max_timestamp = kNoTimestamp;  // the latest of the records, at least -1
};

// Walks `records`, the uncompressed records section of the batch that `header` describes, once.
// `opened` says that they were compressed: Kafka's streaming reader then tells less faults apart.
RecordsJudgement judge_records(const BatchView& header, ByteView records, bool opened,
                               const ValidationRules& rules, TimestampMs now);

// True if a record with this timestamp is too far from `now`. -1 (none) is always in range.
bool is_out_of_range(TimestampMs timestamp, const ValidationRules& rules, TimestampMs now);

// True if a batch with the append time's bit must be refused; a producer may not set it where the
// topic keeps append times, and elsewhere Kafka drops the bit unless there is no time behind it.
bool is_append_time_refused(const BatchView& header, const ValidationRules& rules);

}  // namespace odradek
