// The shape that Kafka's text checkpoints share: a version line, a count line, one line per entry.
// Pure; the callers read and replace the files.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace odradek {

// The lines of `text` without their ends; a last line without an end counts.
inline std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

// The fields of `line` between single spaces.
inline std::vector<std::string_view> split_fields(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const size_t end = line.find(' ');
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

// All of `text` as a decimal number.
template <class Int>
std::optional<Int> parse_decimal(std::string_view text) {
  Int value{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// The entry lines of a checkpoint of version 0 whose count is right; nothing otherwise.
inline std::optional<std::vector<std::string_view>> checkpoint_entries(std::string_view text) {
  std::vector<std::string_view> lines = split_lines(text);
  if (lines.size() < 2 || lines[0] != "0") return std::nullopt;
  const auto count = parse_decimal<uint64_t>(lines[1]);
  if (!count || *count != lines.size() - 2) return std::nullopt;
  lines.erase(lines.begin(), lines.begin() + 2);
  return lines;
}

}  // namespace odradek
