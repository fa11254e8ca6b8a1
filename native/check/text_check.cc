#include "check/text_check.h"

#include "log/leader_epochs.h"
#include "log/storage_error.h"
#include "log/text_lines.h"

namespace odradek {
namespace {

constexpr size_t kTextBytesMax = 256U << 20;

bool is_offset_line(std::string_view line) {
  const auto fields = split_fields(line);
  if (fields.size() != 3 || fields[0].empty()) return false;
  const auto partition = parse_decimal<int32_t>(fields[1]);
  const auto offset = parse_decimal<int64_t>(fields[2]);
  return partition && *partition >= 0 && offset && *offset >= 0;
}

bool is_epoch_line(std::string_view line) {
  const auto fields = split_fields(line);
  if (fields.size() != 2) return false;
  const auto epoch = parse_decimal<int32_t>(fields[0]);
  const auto start = parse_decimal<int64_t>(fields[1]);
  return epoch && *epoch >= 0 && start && *start >= 0;
}

std::string quoted(std::string_view line) {
  constexpr size_t kShownMax = 60;
  std::string shown = "\"";
  for (const char c : line.substr(0, kShownMax)) shown += c < ' ' || c > '~' ? '?' : c;
  return shown + (line.size() > kShownMax ? "…\"" : "\"");
}

// The index of the first line that is wrong by itself, and why; the last one's where only all of
// them together are.
std::pair<size_t, std::string> wrong_line(const std::vector<std::string_view>& lines,
                                          TextForm form) {
  if (form == TextForm::clean_shutdown) return {0, "this is not what a clean stop writes"};
  const bool metadata = form == TextForm::partition_metadata;
  const std::string_view version = metadata ? "version: 0" : "0";
  if (lines.empty()) return {0, "the file is empty"};
  if (lines[0] != version) {
    return {0, "the version is " + quoted(lines[0]) + " where " + quoted(version) + " is known"};
  }
  if (lines.size() < 2) return {1, "the second line is missing"};
  if (metadata) return {1, quoted(lines[1]) + " is no topic id"};
  const auto count = parse_decimal<uint64_t>(lines[1]);
  if (!count) return {1, quoted(lines[1]) + " is no number of entries"};
  for (size_t i = 2; i < lines.size(); ++i) {
    const bool fits =
        form == TextForm::leader_epochs ? is_epoch_line(lines[i]) : is_offset_line(lines[i]);
    if (!fits) return {i, quoted(lines[i]) + " is no entry"};
  }
  if (*count != lines.size() - 2) {
    return {1, std::to_string(lines.size() - 2) + " entries where " + std::string(lines[1]) +
                   " are announced"};
  }
  LeaderEpochs epochs;
  for (size_t i = 2; i < lines.size() && form == TextForm::leader_epochs; ++i) {
    const auto fields = split_fields(lines[i]);
    const LeaderEpochs before = epochs;
    const Offset start(*parse_decimal<int64_t>(fields[1]));
    const bool news = epochs.assign(LeaderEpoch(*parse_decimal<int32_t>(fields[0])), start);
    const bool ascends = before.entries().empty() || before.entries().back().start_offset < start;
    if (!news || !ascends) return {i, quoted(lines[i]) + " does not ascend"};
  }
  return {lines.size() - 1, "the lines do not fit together"};
}

// Takes one JSON value from the front of `text`. Objects and lists nest at most `depth` deep.
bool skip_json(std::string_view* text, int depth) {
  const auto skip_spaces = [&] {
    const size_t at = text->find_first_not_of(" \t\r\n");
    text->remove_prefix(at == std::string_view::npos ? text->size() : at);
  };
  skip_spaces();
  if (text->empty() || depth == 0) return false;
  const char first = text->front();
  if (first == '"') {
    size_t at = 1;
    while (at < text->size() && (*text)[at] != '"') at += (*text)[at] == '\\' ? 2 : 1;
    if (at >= text->size()) return false;
    text->remove_prefix(at + 1);
    skip_spaces();
    return true;
  }
  if (first != '{' && first != '[') {
    const std::string_view value = text->substr(0, text->find_first_of(",]} \t\r\n"));
    text->remove_prefix(value.size());
    skip_spaces();
    const bool number =
        !value.empty() && value.find_first_not_of("+-.0123456789eE") == std::string_view::npos;
    return number || value == "true" || value == "false" || value == "null";
  }
  const char last = first == '{' ? '}' : ']';
  text->remove_prefix(1);
  skip_spaces();
  for (bool more = text->empty() || text->front() != last; more;) {
    if (first == '{') {
      if (text->empty() || text->front() != '"' || !skip_json(text, depth - 1)) return false;
      if (text->empty() || text->front() != ':') return false;
      text->remove_prefix(1);
    }
    if (!skip_json(text, depth - 1)) return false;
    more = !text->empty() && text->front() == ',';
    if (more) text->remove_prefix(1);
    skip_spaces();
  }
  if (text->empty() || text->front() != last) return false;
  text->remove_prefix(1);
  skip_spaces();
  return true;
}

}  // namespace

bool is_json_object(std::string_view text) {
  constexpr int kDepthMax = 16;
  return text.starts_with("{") && skip_json(&text, kDepthMax) && text.empty();
}

LogResult<std::optional<std::string>> read_small_file(FileSystem& fs, const std::string& path) {
  auto bytes = read_whole_file(fs, path, kTextBytesMax);
  if (bytes.ok()) return std::optional<std::string>(as_text(*bytes));
  if (bytes.error().kind == FileErrorKind::not_found) return std::optional<std::string>();
  return Err(storage_error(bytes.error()));
}

Finding text_finding(const std::string& file, std::string_view text, TextForm form) {
  const std::vector<std::string_view> lines = split_lines(text);
  const auto [index, reason] = wrong_line(lines, form);
  Finding finding;
  finding.file = file;
  finding.reason = "line " + std::to_string(index + 1) + ": " + reason;
  const auto at = [&](size_t line) {
    return line < lines.size() ? lines[line].data() - text.data()
                               : static_cast<ptrdiff_t>(text.size());
  };
  finding.from = Position(at(index));
  finding.to = Position(at(index + 1));
  return finding;
}

bool is_clean_shutdown_text(std::string_view text) {
  if (text.empty()) return true;
  constexpr std::string_view kFront = "{\"version\":0,\"brokerEpoch\":";
  if (!text.starts_with(kFront) || !text.ends_with("}")) return false;
  text.remove_prefix(kFront.size());
  text.remove_suffix(1);
  return parse_decimal<int64_t>(text).has_value();
}

}  // namespace odradek
