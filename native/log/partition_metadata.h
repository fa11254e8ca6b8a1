// `partition.metadata`: which topic a partition folder belongs to, whatever its name. Text:
//
//   version: 0
//   topic_id: Fkuwu63wQQGIJfa-tBjiNw
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace odradek {

inline constexpr const char* kPartitionMetadataFile = "partition.metadata";

// The text of a `partition.metadata` file.
std::string format_partition_metadata(const Uuid& topic_id);
// The topic id; nothing if the text is malformed or of a newer version.
std::optional<Uuid> parse_partition_metadata(std::string_view text);
// True for what a crash or a failed write may leave of that text before it was synced: a beginning
// of it, which may be empty, with or without zeros behind. `topic_id` zero: of any topic.
bool is_unfinished_partition_metadata(std::string_view text, const Uuid& topic_id);

}  // namespace odradek
