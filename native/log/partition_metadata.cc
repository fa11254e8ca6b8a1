#include "log/partition_metadata.h"

#include "log/text_lines.h"
#include "log/uuid_text.h"

namespace odradek {

// No line end behind the last line: Kafka writes none, and a folder stays byte for byte the same.
std::string format_partition_metadata(const Uuid& topic_id) {
  return "version: 0\ntopic_id: " + format_uuid(topic_id);
}

std::optional<Uuid> parse_partition_metadata(std::string_view text) {
  constexpr std::string_view kTopicId = "topic_id: ";
  const auto lines = split_lines(text);
  if (lines.size() < 2 || lines[0] != "version: 0" || !lines[1].starts_with(kTopicId)) {
    return std::nullopt;
  }
  return parse_uuid(lines[1].substr(kTopicId.size()));
}

}  // namespace odradek
