#include "log/index_loader.h"

#include "base/assert.h"
#include "checksum/crc32c.h"
#include "log/header_cursor.h"
#include "log/segment_format.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr size_t kIndexBytesMax = 1U << 30;

using Bytes = std::vector<uint8_t>;

// The file's content; nothing if there is none.
LogResult<std::optional<Bytes>> read_index(FileSystem& fs, const std::string& path) {
  auto bytes = read_whole_file(fs, path, kIndexBytesMax);
  if (bytes.ok()) return std::optional<Bytes>(std::move(*bytes));
  if (bytes.error().kind == FileErrorKind::not_found) return std::optional<Bytes>();
  return Err(storage_error(bytes.error()));
}

// The first entries of an index file; nothing if these are not they.
LogResult<std::optional<Bytes>> read_front(FileSystem& fs, const std::string& path,
                                           size_t entry_bytes, const IndexFront& front) {
  auto bytes = read_index(fs, path);
  if (!bytes.ok() || !*bytes) return bytes;
  const size_t wanted = static_cast<size_t>(front.entries) * entry_bytes;
  if ((*bytes)->size() < wanted) return std::optional<Bytes>();
  (*bytes)->resize(wanted);
  return crc32c(**bytes) == front.crc ? std::move(*bytes) : std::optional<Bytes>();
}

// False unless the entries ascend and lie inside the file.
bool take_offset_index(const Bytes& bytes, int64_t file_bytes, OffsetIndex* index) {
  if (bytes.size() % kOffsetIndexEntryBytes != 0) return false;
  for (size_t at = 0; at < bytes.size(); at += kOffsetIndexEntryBytes) {
    const OffsetIndexEntry entry =
        decode_offset_index_entry(index->base_offset(), bytes.data() + at);
    if (entry.last_offset < index->base_offset() || entry.position.value < 0) return false;
    if (entry.position.value >= file_bytes) return false;
    const auto last = index->last();
    if (last && (entry.last_offset <= last->last_offset || entry.position <= last->position)) {
      return false;
    }
    index->append(entry.last_offset, entry.position);
  }
  return true;
}

bool take_time_index(const Bytes& bytes, Offset base_offset, TimeIndex* index) {
  if (bytes.size() % kTimeIndexEntryBytes != 0) return false;
  for (size_t at = 0; at < bytes.size(); at += kTimeIndexEntryBytes) {
    const TimeIndexEntry entry = decode_time_index_entry(base_offset, bytes.data() + at);
    const auto last = index->last();
    if (entry.offset < base_offset || entry.timestamp.value < 0) return false;
    if (last && (entry.timestamp <= last->timestamp || entry.offset <= last->offset)) return false;
    index->offer(entry);
  }
  return true;
}

// The indexes of a segment of `file_bytes`; null if a file is missing or does not fit.
LogResult<std::shared_ptr<SegmentIndexes>> load_indexes(FileSystem& fs, const std::string& folder,
                                                        Offset base_offset, int64_t file_bytes) {
  const auto none = std::shared_ptr<SegmentIndexes>();
  auto offsets =
      read_index(fs, segment_file_path(folder, base_offset, SegmentFileKind::offset_index));
  if (!offsets.ok()) return Err(offsets.error());
  auto times = read_index(fs, segment_file_path(folder, base_offset, SegmentFileKind::time_index));
  if (!times.ok()) return Err(times.error());
  auto aborted = load_aborted_index(fs, folder, base_offset);
  if (!aborted.ok()) return Err(aborted.error());
  if (!*offsets || !*times || !*aborted) return none;

  auto indexes = std::make_shared<SegmentIndexes>(base_offset);
  if (!take_offset_index(**offsets, file_bytes, &indexes->offsets)) return none;
  if (!take_time_index(**times, base_offset, &indexes->times)) return none;
  indexes->aborted = std::make_shared<AbortedIndex>(std::move(**aborted));
  return indexes;
}

LogResult<TimestampMs> first_timestamp(const File& file, int64_t file_bytes) {
  HeaderCursor cursor(file, Position(0), Position(file_bytes));
  auto more = cursor.next();
  if (!more.ok()) return Err(more.error());
  return *more ? cursor.header().max_timestamp : kNoTimestamp;
}

// Do all entries speak of batches below `log_end`?
bool ends_below(const SegmentIndexes& indexes, Offset log_end) {
  const auto last_time = indexes.times.last();
  if (last_time && last_time->offset >= log_end) return false;
  const std::vector<AbortedIndexEntry> aborted = indexes.aborted->entries();
  return aborted.empty() || aborted.back().last_offset < log_end;
}

}  // namespace

LogResult<bool> has_plausible_indexes(const FileSystem& fs, const std::string& folder,
                                      Offset base_offset) {
  for (const auto& [kind, entry_bytes] :
       {std::pair{SegmentFileKind::offset_index, kOffsetIndexEntryBytes},
        std::pair{SegmentFileKind::time_index, kTimeIndexEntryBytes}}) {
    auto status = fs.status(segment_file_path(folder, base_offset, kind));
    if (!status.ok()) {
      if (status.error().kind == FileErrorKind::not_found) return false;
      return Err(storage_error(status.error()));
    }
    if (static_cast<size_t>(status->size) % entry_bytes != 0) return false;
  }
  return true;
}

LogResult<std::optional<std::vector<AbortedIndexEntry>>> load_aborted_index(
    FileSystem& fs, const std::string& folder, Offset base_offset) {
  auto bytes =
      read_index(fs, segment_file_path(folder, base_offset, SegmentFileKind::aborted_index));
  if (!bytes.ok()) return Err(bytes.error());
  return decode_aborted_index(*bytes ? ByteView(**bytes) : ByteView());
}

LogResult<std::shared_ptr<ActiveSegment>> load_resumed_segment(FileSystem& fs,
                                                               const std::string& folder,
                                                               const ResumePoint& point,
                                                               TimestampMs now) {
  const auto none = std::shared_ptr<ActiveSegment>();
  const Offset base = point.end.segment_base;
  auto opened =
      fs.open(segment_file_path(folder, base, SegmentFileKind::log), OpenMode::read_write);
  if (!opened.ok()) return Err(storage_error(opened.error()));
  std::shared_ptr<File> file = std::move(*opened);
  auto file_bytes = file->size();
  if (!file_bytes.ok()) return Err(storage_error(file_bytes.error()));
  const int64_t bytes = point.end.position.value;
  if (*file_bytes < bytes) return none;

  auto offsets = read_front(fs, segment_file_path(folder, base, SegmentFileKind::offset_index),
                            kOffsetIndexEntryBytes, point.offset_index);
  if (!offsets.ok()) return Err(offsets.error());
  auto times = read_front(fs, segment_file_path(folder, base, SegmentFileKind::time_index),
                          kTimeIndexEntryBytes, point.time_index);
  if (!times.ok()) return Err(times.error());
  if (!*offsets || !*times) return none;
  auto indexes = std::make_shared<SegmentIndexes>(base);
  if (!take_offset_index(**offsets, bytes, &indexes->offsets)) return none;
  if (!take_time_index(**times, base, &indexes->times)) return none;
  indexes->aborted = std::make_shared<AbortedIndex>(point.aborted);
  if (!ends_below(*indexes, point.end.offset)) return none;

  auto first = first_timestamp(*file, bytes);
  if (!first.ok()) return none;
  if (const auto last = indexes->offsets.last()) {
    HeaderCursor cursor(*file, last->position, point.end.position);
    auto more = cursor.next();
    if (!more.ok() || !*more || cursor.header().last_offset != last->last_offset) return none;
  }
  return ActiveSegment::adopt(base, std::move(file), bytes, std::move(indexes),
                              point.largest_timestamp, *first, now);
}

LogResult<LoadedActive> load_active_segment(FileSystem& fs, const std::string& folder,
                                            Offset base_offset, TimestampMs now) {
  auto opened =
      fs.open(segment_file_path(folder, base_offset, SegmentFileKind::log), OpenMode::read_write);
  if (!opened.ok()) return Err(storage_error(opened.error()));
  std::shared_ptr<File> file = std::move(*opened);
  auto file_bytes = file->size();
  if (!file_bytes.ok()) return Err(storage_error(file_bytes.error()));
  auto loaded = load_indexes(fs, folder, base_offset, *file_bytes);
  if (!loaded.ok()) return Err(loaded.error());
  const std::shared_ptr<SegmentIndexes> indexes = *loaded;
  const LoadedActive unfit{nullptr, base_offset, kNoLeaderEpoch};
  if (!indexes) return unfit;

  // A header that cannot be read here is damage, which the caller's scan judges in full.
  auto first = first_timestamp(*file, *file_bytes);
  if (!first.ok()) return unfit;
  const auto last_entry = indexes->offsets.last();
  const Position start = last_entry ? last_entry->position : Position(0);
  TimeIndexEntry largest = indexes->times.last().value_or(TimeIndexEntry());
  Offset log_end = base_offset;
  LeaderEpoch last_epoch = kNoLeaderEpoch;
  bool at_entry = last_entry.has_value();
  HeaderCursor cursor(*file, start, Position(*file_bytes));
  for (;;) {
    auto more = cursor.next();
    if (!more.ok()) return unfit;
    if (!*more) break;
    const BatchHeader& header = cursor.header();
    if (header.base_offset < log_end || header.last_offset - base_offset > INT32_MAX) return unfit;
    if (at_entry && header.last_offset != last_entry->last_offset) return unfit;
    at_entry = false;
    log_end = header.next_offset();
    last_epoch = header.leader_epoch;
    if (header.max_timestamp > largest.timestamp) {
      largest = {header.max_timestamp, header.last_offset};
    }
  }
  // Entries that a copied or damaged index has beyond the batches would meet the next append.
  if (at_entry || !ends_below(*indexes, log_end)) return unfit;
  // Nor would the largest time be taken in behind an entry that names a later offset.
  const auto last_time = indexes->times.last();
  if (last_time && largest.timestamp > last_time->timestamp &&
      largest.offset <= last_time->offset) {
    return unfit;
  }
  return LoadedActive{ActiveSegment::adopt(base_offset, std::move(file), *file_bytes, indexes,
                                           largest, *first, now),
                      log_end, last_epoch};
}

}  // namespace odradek
