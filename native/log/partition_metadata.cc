#include "log/partition_metadata.h"

#include "log/text_lines.h"
#include "log/uuid_text.h"

namespace odradek {

namespace {

constexpr std::string_view kTopicId = "topic_id: ";

}  // namespace

// No line end behind the last line: Kafka writes none, and a folder stays byte for byte the same.
std::string format_partition_metadata(const Uuid& topic_id) {
  return "version: 0\ntopic_id: " + format_uuid(topic_id);
}

std::optional<Uuid> parse_partition_metadata(std::string_view text) {
  const auto lines = split_lines(text);
  if (lines.size() < 2 || lines[0] != "version: 0" || !lines[1].starts_with(kTopicId)) {
    return std::nullopt;
  }
  return parse_uuid(lines[1].substr(kTopicId.size()));
}

bool is_unfinished_partition_metadata(std::string_view text, const Uuid& topic_id) {
  const std::string whole = format_partition_metadata(topic_id);
  const std::string_view written = text.substr(0, text.find_last_not_of('\0') + 1);
  if (text.size() > whole.size() || written.size() >= whole.size()) return false;
  const size_t known = topic_id.is_zero() ? whole.find(kTopicId) + kTopicId.size() : whole.size();
  return whole.starts_with(written.substr(0, known));
}

}  // namespace odradek
