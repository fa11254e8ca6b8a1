// Names of the files of a partition: the base offset in 20 digits and what the file holds, as in
//
//   00000000000000000014.log          record batches, one behind the other
//   00000000000000000014.index        offset index      (offset_index.h)
//   00000000000000000014.timeindex    time index        (time_index.h)
//   00000000000000000014.txnindex     aborted transactions, absent if there are none
//   00000000000000000014.snapshot     producer state before offset 14 (producer_snapshot.h)
//
// with `.deleted` behind it while it waits to be removed, `.cleaned` and `.swap` while a cleaner
// replaces it (cleaned_segment.h, swap_files.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace odradek {

// The files that belong to a segment.
enum class SegmentFileKind : uint8_t { log, offset_index, time_index, aborted_index, snapshot };
enum class SegmentFileState : uint8_t { live, deleted, cleaned, swap };

// A file name of a segment, taken apart.
struct SegmentFileName {
  Offset base_offset;
  SegmentFileKind kind = SegmentFileKind::log;
  SegmentFileState state = SegmentFileState::live;
};

// "00000000000000000014.log" for (14, log).
std::string segment_file_name(Offset base_offset, SegmentFileKind kind);
// The same with the folder before it.
std::string segment_file_path(const std::string& folder, Offset base_offset, SegmentFileKind kind);
// What a file name in a partition folder says; nothing for other files.
std::optional<SegmentFileName> parse_segment_file_name(std::string_view name);

inline constexpr std::string_view kDeletedSuffix = ".deleted";
inline constexpr std::string_view kCleanedSuffix = ".cleaned";
inline constexpr std::string_view kSwapSuffix = ".swap";

}  // namespace odradek
