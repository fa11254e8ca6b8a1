#include "log/log_surgery.h"

#include "base/assert.h"
#include "log/header_cursor.h"
#include "log/segment_format.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

// The file of a segment, open for writing.
LogResult<std::shared_ptr<File>> writable_file(FileSystem& fs, const std::string& folder,
                                               const SegmentSet& segments, size_t index) {
  ASSERT(index < segments.size());
  if (index == segments.sealed().size()) return segments.active()->writable_file();
  if (auto file = segments.sealed()[index]->writable_file()) return file;
  const Offset base = segments.at(index).base_offset();
  auto opened =
      fs.open(segment_file_path(folder, base, SegmentFileKind::log), OpenMode::read_write);
  if (!opened.ok()) return Err(storage_error(opened.error()));
  return std::shared_ptr<File>(std::move(*opened));
}

}  // namespace

LogResult<std::shared_ptr<const SegmentSet>> truncated_set(
    FileSystem& fs, const std::string& folder, const SegmentSet& segments, const LogPoint& cut,
    int64_t index_interval_bytes, TimestampMs now) {
  const size_t index = segments.index_of_base(cut.segment_base);
  ASSERT(index < segments.size());
  ASSERT(cut.has_position() && cut.offset >= cut.segment_base);
  auto file = writable_file(fs, folder, segments, index);
  if (!file.ok()) return Err(file.error());
  auto active = ActiveSegment::adopt(cut.segment_base, *file, 0,
                                     std::make_shared<SegmentIndexes>(cut.segment_base), {},
                                     kNoTimestamp, now);
  HeaderCursor cursor(**file, Position(0), cut.position);
  for (;;) {
    auto more = cursor.next();
    if (!more.ok()) return Err(more.error());
    if (!*more) break;
    active->record(cursor.header(), index_interval_bytes);
  }
  ASSERT(active->size_bytes() == cut.position.value);
  for (const AbortedIndexEntry& entry : segments.at(index).aborted().entries()) {
    if (entry.last_offset < cut.offset) active->record_aborted(entry);
  }
  std::vector<std::shared_ptr<SealedSegment>> sealed(
      segments.sealed().begin(), segments.sealed().begin() + static_cast<ptrdiff_t>(index));
  return std::make_shared<const SegmentSet>(std::move(sealed), std::move(active));
}

FileResult<void> remove_behind(FileSystem& fs, const std::string& folder, const SegmentSet& before,
                               const SegmentSet& after, const LogPoint& cut) {
  ASSERT(after.size() <= before.size());
  ASSERT(after.active()->base_offset() == cut.segment_base);
  // Later segments first, from the end: cut the other way round, a crash would leave a hole.
  for (size_t i = before.size(); i-- > after.size();) {
    RETURN_IF_ERROR(remove_segment_files(fs, folder, before.at(i).base_offset()));
  }
  auto listed = fs.list(folder);
  if (!listed.ok()) return Err(listed.error());
  for (const DirectoryEntry& entry : *listed) {
    const auto name = parse_segment_file_name(entry.name);
    if (!name || name->kind != SegmentFileKind::snapshot || name->base_offset <= cut.offset)
      continue;
    RETURN_IF_ERROR(remove_if_there(fs, folder + "/" + entry.name));
  }
  // The index files of a segment that is active again tell of batches that are gone.
  for (const SegmentFileKind kind : {SegmentFileKind::offset_index, SegmentFileKind::time_index,
                                     SegmentFileKind::aborted_index}) {
    RETURN_IF_ERROR(remove_if_there(fs, segment_file_path(folder, cut.segment_base, kind)));
  }
  RETURN_IF_ERROR(fs.sync_directory(folder));
  const std::shared_ptr<File> file = after.active()->writable_file();
  RETURN_IF_ERROR(file->truncate(cut.position.value));
  return file->sync_data();
}

DeletionPlan plan_deletion(const SegmentSet& segments, Offset log_start) {
  DeletionPlan plan;
  std::vector<std::shared_ptr<SealedSegment>> kept;
  for (size_t i = 0; i < segments.sealed().size(); ++i) {
    const std::shared_ptr<SealedSegment>& segment = segments.sealed()[i];
    const bool below = segments.at(i + 1).base_offset() <= log_start;
    // One that is still to be finished stays for now, and with it all behind it.
    const bool goes = below && kept.empty() && segment->finished();
    (goes ? plan.gone : kept).push_back(segment);
  }
  ASSERT(plan.gone.size() + kept.size() == segments.sealed().size());
  plan.remaining = std::make_shared<const SegmentSet>(std::move(kept), segments.active());
  ASSERT(plan.gone.empty() || plan.remaining->first_base_offset() <= log_start);
  return plan;
}

FileResult<std::vector<std::string>> mark_deleted(FileSystem& fs, const std::string& folder,
                                                  Offset base_offset) {
  std::vector<std::string> renamed;
  // The `.log` goes first: without it, the others are leftovers that the next start removes.
  for (const SegmentFileKind kind :
       {SegmentFileKind::log, SegmentFileKind::offset_index, SegmentFileKind::time_index,
        SegmentFileKind::aborted_index, SegmentFileKind::snapshot}) {
    const std::string path = segment_file_path(folder, base_offset, kind);
    const std::string target = path + std::string(kDeletedSuffix);
    const FileResult<void> done = fs.rename(path, target);
    if (done.ok()) {
      renamed.push_back(target);
    } else if (done.error().kind != FileErrorKind::not_found) {
      return Err(done.error());
    }
  }
  return renamed;
}

}  // namespace odradek
