#include "log/segment_format.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/assert.h"

namespace odradek {
namespace {

constexpr size_t kOffsetDigits = 20;

constexpr std::array<std::pair<SegmentFileKind, std::string_view>, 5> kKinds = {{
    {SegmentFileKind::log, ".log"},
    {SegmentFileKind::offset_index, ".index"},
    {SegmentFileKind::time_index, ".timeindex"},
    {SegmentFileKind::aborted_index, ".txnindex"},
    {SegmentFileKind::snapshot, ".snapshot"},
}};
constexpr std::array<std::pair<SegmentFileState, std::string_view>, 4> kStates = {{
    {SegmentFileState::live, ""},
    {SegmentFileState::deleted, kDeletedSuffix},
    {SegmentFileState::cleaned, ".cleaned"},
    {SegmentFileState::swap, ".swap"},
}};

}  // namespace

std::string segment_file_name(Offset base_offset, SegmentFileKind kind) {
  ASSERT(base_offset.value >= 0);
  const std::string digits = std::to_string(base_offset.value);
  std::string name(kOffsetDigits - digits.size(), '0');
  name += digits;
  name += kKinds[static_cast<size_t>(kind)].second;
  return name;
}

std::string segment_file_path(const std::string& folder, Offset base_offset, SegmentFileKind kind) {
  return folder + "/" + segment_file_name(base_offset, kind);
}

std::optional<SegmentFileName> parse_segment_file_name(std::string_view name) {
  if (name.size() <= kOffsetDigits) return std::nullopt;
  SegmentFileName parsed;
  const char* end = name.data() + kOffsetDigits;
  const auto number = std::from_chars(name.data(), end, parsed.base_offset.value);
  if (number.ec != std::errc() || number.ptr != end || parsed.base_offset.value < 0) {
    return std::nullopt;
  }
  const std::string_view rest = name.substr(kOffsetDigits);
  for (const auto& [kind, suffix] : kKinds) {
    if (!rest.starts_with(suffix)) continue;
    const std::string_view state_suffix = rest.substr(suffix.size());
    for (const auto& [state, text] : kStates) {
      if (state_suffix != text) continue;
      parsed.kind = kind;
      parsed.state = state;
      return parsed;
    }
  }
  return std::nullopt;
}

}  // namespace odradek
