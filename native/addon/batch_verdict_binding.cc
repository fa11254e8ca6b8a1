#include "addon/batch_verdict_binding.h"

#include <algorithm>

#include "addon/log_answers.h"

namespace odradek {

BatchVerdict to_verdict(ValueReader& read, const Napi::Object& given) {
  BatchVerdict verdict;
  verdict.code = static_cast<ErrorCode>(read.int32_field(given, "code", INT16_MIN, INT16_MAX));
  verdict.message = read.text(read.field(given, "message"), "message");
  const Napi::Value faults = read.field(given, "faults");
  if (!read.failed() && !faults.IsArray()) read.refuse("faults", "an array");
  if (read.failed()) return verdict;
  const auto list = faults.As<Napi::Array>();
  const auto count = std::min<size_t>(list.Length(), kRecordFaultsMax);
  for (uint32_t i = 0; i < count && !read.failed(); ++i) {
    const Napi::Object fault = read.object(list.Get(i), "a fault");
    verdict.faults.push_back(
        {read.int32_field(fault, "index", 0), read.text(read.field(fault, "message"), "message")});
  }
  return verdict;
}

ByteSpan to_replacement(ValueReader& read, const Napi::Object& given) {
  const Napi::Value value = read.field(given, "replacement");
  if (read.failed() || value.IsUndefined()) return {};
  const ByteSpan batch = read.bytes(value, "replacement");
  if (!read.failed() && refusal_of(batch).code != ErrorCode::none) {
    read.refuse("replacement", "exactly one record batch");
  }
  return batch;
}

}  // namespace odradek
