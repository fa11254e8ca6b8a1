#include "log/partition_name.h"

#include <algorithm>

#include "base/assert.h"
#include "log/text_lines.h"

namespace odradek {
namespace {

constexpr size_t kTopicCharactersMax = 249;

bool is_topic_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

std::string partition_folder_name(const TopicPartition& id) {
  ASSERT(id.partition.value >= 0);
  return id.topic + "-" + std::to_string(id.partition.value);
}

std::string marked_folder_name(const TopicPartition& id, std::string_view unique,
                               std::string_view suffix) {
  std::string tail = "." + std::string(unique) + std::string(suffix);
  std::string name = partition_folder_name(id);
  ASSERT(tail.size() < kFolderNameMax);
  if (name.size() + tail.size() > kFolderNameMax) name.resize(kFolderNameMax - tail.size());
  return name + tail;
}

std::optional<TopicPartition> parse_partition_folder_name(std::string_view name) {
  for (const std::string_view suffix : {kDeleteSuffix, kStraySuffix, kFutureSuffix}) {
    if (name.ends_with(suffix)) return std::nullopt;
  }
  const size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0 || dash > kTopicCharactersMax) {
    return std::nullopt;
  }
  const std::string_view topic = name.substr(0, dash);
  const auto partition = parse_decimal<int32_t>(name.substr(dash + 1));
  if (!partition || *partition < 0) return std::nullopt;
  if (!std::all_of(topic.begin(), topic.end(), is_topic_character)) return std::nullopt;
  TopicPartition id{std::string(topic), PartitionIndex(*partition)};
  // Another spelling of the number, such as 01, is no partition of ours.
  if (partition_folder_name(id) != name) return std::nullopt;
  return id;
}

}  // namespace odradek
