#include "addon/log_config_binding.h"

#include <algorithm>

namespace odradek {
LogConfig to_log_config(ValueReader& read, const Napi::Value& value) {
  LogConfig config;
  const Napi::Object object = read.object(value, "the log's config");
  config.segment_bytes = read.int64_field(object, "segmentBytes", 1);
  config.segment_ms = read.int64_field(object, "segmentMs", 1);
  config.segment_jitter_ms = read.int64_field(object, "segmentJitterMs", 0);
  config.segment_index_bytes = read.int64_field(object, "segmentIndexBytes", 4);
  config.index_interval_bytes = read.int64_field(object, "indexIntervalBytes", 0);
  config.flush_messages = read.int64_field(object, "flushMessages", 1);
  config.flush_ms = read.int64_field(object, "flushMs", 0);
  if (config.flush_ms > kDelayMsMax) config.flush_ms = INT64_MAX;
  config.producer_id_expiration_ms = read.int64_field(object, "producerIdExpirationMs", 1);
  config.file_delete_delay_ms =
      std::min(read.int64_field(object, "fileDeleteDelayMs", 0), kDelayMsMax);
  ValidationRules& rules = config.validation;
  rules.batch_bytes_max = read.int32_field(object, "maxMessageBytes", 0);
  rules.compacted = read.boolean_field(object, "compacted");
  rules.log_append_time = read.boolean_field(object, "logAppendTime");
  rules.timestamp_before_ms_max = read.int64_field(object, "timestampBeforeMaxMs", 0);
  rules.timestamp_after_ms_max = read.int64_field(object, "timestampAfterMaxMs", 0);
  rules.target_codec = static_cast<int8_t>(read.int32_field(object, "targetCodec", -1, 4));
  rules.target_level = read.int32_field(object, "targetLevel");
  rules.open_compressed = read.boolean_field(object, "openCompressed");
  return config;
}

}  // namespace odradek
