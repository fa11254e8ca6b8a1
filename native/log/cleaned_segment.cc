#include "log/cleaned_segment.h"

#include "base/assert.h"
#include "log/partition_folder.h"
#include "log/segment_format.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

LogError corrupt(const std::string& what) {
  return LogError{ErrorCode::corrupt_message, "a cleaned segment: " + what, {}};
}

}  // namespace

CleanedSegment::CleanedSegment(FileSystem& fs, const std::string& folder, Offset end,
                               std::shared_ptr<ActiveSegment> segment)
    : fs_(fs),
      folder_(folder),
      end_(end),
      segment_(std::move(segment)),
      next_(segment_->base_offset()) {
  ASSERT(next_ < end_);
}

FileResult<std::unique_ptr<CleanedSegment>> CleanedSegment::create(FileSystem& fs,
                                                                   const std::string& folder,
                                                                   Offset base, Offset end,
                                                                   TimestampMs now) {
  const std::string name = segment_file_path(folder, base, SegmentFileKind::log);
  auto opened = fs.open(name + std::string(kCleanedSuffix), OpenMode::create);
  if (!opened.ok()) return Err(opened.error());
  std::shared_ptr<File> file = std::move(*opened);
  auto segment = ActiveSegment::adopt(base, file, 0, std::make_shared<SegmentIndexes>(base), {},
                                      kNoTimestamp, now);
  std::unique_ptr<CleanedSegment> cleaned(new CleanedSegment(fs, folder, end, std::move(segment)));
  RETURN_IF_ERROR(file->truncate(0));
  return cleaned;
}

// What cannot be removed now is removed at the next start.
CleanedSegment::~CleanedSegment() {
  if (is_cleaned_) static_cast<void>(remove_if_there(fs_, path() + std::string(kCleanedSuffix)));
}

std::string CleanedSegment::path() const {
  return segment_file_path(folder_, segment_->base_offset(), SegmentFileKind::log);
}

LogResult<bool> CleanedSegment::append(ByteView batches, int64_t index_interval_bytes) {
  std::vector<BatchHeader> headers;
  Offset next = next_;
  for (ByteView rest = batches; !rest.empty();) {
    const auto view = BatchView::at(rest);
    const auto header = BatchHeader::parse(rest);
    if (!view || !header || !view->crc_matches()) return Err(corrupt("a batch is damaged"));
    if (header->base_offset < next || header->next_offset() > end_) {
      return Err(corrupt("a batch is out of order, at offset " +
                         std::to_string(header->base_offset.value)));
    }
    if (header->last_offset - segment_->base_offset() > INT32_MAX) {
      return Err(corrupt("its offsets span too much"));
    }
    headers.push_back(*header);
    next = header->next_offset();
    rest = rest.subspan(view->size());
  }
  const FileResult<void> written =
      segment_->writable_file()->write_at(Position(segment_->size_bytes()), batches);
  if (!written.ok()) return Err(storage_error(written.error()));
  for (const BatchHeader& header : headers) segment_->record(header, index_interval_bytes);
  next_ = next;
  return true;
}

FileResult<void> CleanedSegment::sync() {
  // A write that failed may have left bytes behind the last batch.
  RETURN_IF_ERROR(segment_->writable_file()->truncate(segment_->size_bytes()));
  RETURN_IF_ERROR(segment_->writable_file()->sync_data());
  return fs_.sync_directory(folder_);
}

FileResult<void> CleanedSegment::name_swap() {
  ASSERT(is_cleaned_);
  const std::string cleaned = path() + std::string(kCleanedSuffix);
  const std::string swap = path() + std::string(kSwapSuffix);
  RETURN_IF_ERROR(fs_.rename(cleaned, swap));
  FileResult<void> synced = fs_.sync_directory(folder_);
  if (synced.ok()) {
    is_cleaned_ = false;
    return {};
  }
  RETURN_IF_ERROR(fs_.rename(swap, cleaned));
  return synced;
}

FileResult<void> CleanedSegment::name_live() {
  ASSERT(!is_cleaned_);
  RETURN_IF_ERROR(fs_.rename(path() + std::string(kSwapSuffix), path()));
  return fs_.sync_directory(folder_);
}

}  // namespace odradek
