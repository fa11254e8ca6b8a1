// Kafka's offset checkpoints of a log directory (`recovery-point-offset-checkpoint`,
// `log-start-offset-checkpoint`, `replication-offset-checkpoint`), text:
//
//   0                 version
//   2                 number of entries
//   orders 0 1200     topic, partition, offset
//   orders 1 17
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "log/partition_log.h"

namespace odradek {

using OffsetsByPartition = std::map<TopicPartition, Offset>;

// What the text says; nothing if it is malformed.
std::optional<OffsetsByPartition> parse_offset_checkpoint(std::string_view text);
std::string format_offset_checkpoint(const OffsetsByPartition& offsets);

inline constexpr const char* kRecoveryPointCheckpoint = "recovery-point-offset-checkpoint";
inline constexpr const char* kLogStartCheckpoint = "log-start-offset-checkpoint";
inline constexpr const char* kHighWatermarkCheckpoint = "replication-offset-checkpoint";

}  // namespace odradek
