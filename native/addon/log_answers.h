// What a log answers as JavaScript values, and what it may be given to append.
#pragma once

#include <vector>

#include <napi.h>

#include "base/bytes.h"
#include "log/partition_log.h"

namespace odradek {

// Plain objects and arrays, by the field names of src/addon/binding.ts.
Napi::Value from_append(Napi::Env env, const AppendOutcome& outcome);
Napi::Value from_lookup(Napi::Env env, const TimestampLookup& found);
Napi::Value from_aborted(Napi::Env env, const std::vector<AbortedTransaction>& aborted);
Napi::Value from_aborted_entries(Napi::Env env, const std::vector<AbortedIndexEntry>& entries);
Napi::Value from_segments(Napi::Env env, const std::vector<SegmentSummary>& segments);
Napi::Value from_segment_detail(Napi::Env env, const SegmentDetail& detail);
Napi::Value from_producers(Napi::Env env, const PartitionLog& log);

// Error corrupt_message unless the bytes are exactly one batch, undamaged, of a plausible header:
// the log takes our own batches unseen and asserts on them. Code none if they are.
LogError refusal_of(ByteView batch);

}  // namespace odradek
