#include "log/segment_summaries.h"

#include "base/assert.h"
#include "log/log_reader.h"
#include "log/segment_format.h"
#include "log/storage_error.h"

namespace odradek {

LogResult<std::vector<SegmentSummary>> summarize_segments(const FileSystem& fs,
                                                          const std::string& folder,
                                                          const LogView& view,
                                                          TimestampMs largest_of_active,
                                                          bool is_made) {
  const SegmentSet& segments = *view.segments;
  std::vector<SegmentSummary> summaries;
  summaries.reserve(segments.size());
  for (const auto& sealed : segments.sealed()) {
    const auto largest = sealed->largest_timestamp();
    if (!largest.ok()) return Err(largest.error());
    const Offset next = segments.at(summaries.size() + 1).base_offset();
    summaries.push_back({sealed->base_offset(), next, sealed->size_bytes(), *largest, false});
  }
  const ActiveSegment& active = *segments.active();
  summaries.push_back({active.base_offset(), view.log_end.offset,
                       readable_end(active, view.log_end).value, largest_of_active, true});
  for (SegmentSummary& summary : summaries) {
    ASSERT(summary.base_offset <= summary.next_offset);
    if (summary.largest_timestamp >= TimestampMs(0)) continue;
    if (!is_made) {
      summary.largest_timestamp = active.created();
      continue;
    }
    const auto file =
        fs.status(segment_file_path(folder, summary.base_offset, SegmentFileKind::log));
    if (!file.ok()) return Err(storage_error(file.error()));
    summary.largest_timestamp = file->modified;
  }
  return summaries;
}

}  // namespace odradek
