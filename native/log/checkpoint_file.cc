#include "log/checkpoint_file.h"

#include "log/text_lines.h"

namespace odradek {

std::optional<OffsetsByPartition> parse_offset_checkpoint(std::string_view text) {
  const auto lines = checkpoint_entries(text);
  if (!lines) return std::nullopt;
  OffsetsByPartition offsets;
  for (const std::string_view line : *lines) {
    const auto fields = split_fields(line);
    if (fields.size() != 3 || fields[0].empty()) return std::nullopt;
    const auto partition = parse_decimal<int32_t>(fields[1]);
    const auto offset = parse_decimal<int64_t>(fields[2]);
    if (!partition || *partition < 0 || !offset || *offset < 0) return std::nullopt;
    offsets[{std::string(fields[0]), PartitionIndex(*partition)}] = Offset(*offset);
  }
  return offsets;
}

std::string format_offset_checkpoint(const OffsetsByPartition& offsets) {
  std::string text = "0\n" + std::to_string(offsets.size()) + "\n";
  for (const auto& [id, offset] : offsets) {
    text += id.topic + " " + std::to_string(id.partition.value) + " " +
            std::to_string(offset.value) + "\n";
  }
  return text;
}

}  // namespace odradek
