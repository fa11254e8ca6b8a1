// Names of partition folders: `topic-partition`, and with a suffix for what waits to be removed
// (`orders-3.<32 hex digits>-delete`), was set aside (`…-stray`) or is being moved (`…-future`).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "log/partition_log.h"

namespace odradek {

inline constexpr std::string_view kDeleteSuffix = "-delete";
inline constexpr std::string_view kStraySuffix = "-stray";
inline constexpr std::string_view kFutureSuffix = "-future";
inline constexpr size_t kFolderNameMax = 255;

// `topic-partition`, the name of the folder.
std::string partition_folder_name(const TopicPartition& id);
// The name with `unique` (32 hex digits) and one of the suffixes, the topic cut so that it is no
// longer than a file name may be.
std::string marked_folder_name(const TopicPartition& id, std::string_view unique,
                               std::string_view suffix);
// Nothing for a marked folder or one that is no partition's.
std::optional<TopicPartition> parse_partition_folder_name(std::string_view name);

}  // namespace odradek
