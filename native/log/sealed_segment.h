// A segment that is full. Its file is read-only, opened when it is first read and closed again when
// too many are open. Its indexes stay in memory until their files are written, then they are
// searched in the files: ten reads of the page cache for a cold lookup of a 1 GiB segment, which a
// sequential reader never needs (ReadHint).
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "log/active_segment.h"
#include "log/index_file.h"
#include "log/open_files.h"
#include "log/segment.h"
#include "log/segment_format.h"

namespace odradek {

// Writes `.index`, `.timeindex` and, if there are aborted transactions, `.txnindex`; all durable
// when it returns.
FileResult<void> write_index_files(FileSystem& fs, const std::string& folder,
                                   const SegmentIndexes& indexes);

// Writes those files where they are, and removes a `.txnindex` that is not among them; what is to
// be synced is added to `changes`. For a segment that no recovery trusts: a crash tears them.
FileResult<void> overwrite_index_files(FileSystem& fs, const std::string& folder,
                                       const SegmentIndexes& indexes, FileChanges* changes);

class SealedSegment final : public Segment,
                            public OpenFiles::Holder,
                            public std::enable_shared_from_this<SealedSegment> {
 public:
  // The end of an active segment: it must not be written any more. The file stays as it is; its
  // preallocated tail is trimmed by finish().
  static std::shared_ptr<SealedSegment> seal(FileSystem& fs, OpenFiles& open_files,
                                             const std::string& folder, ActiveSegment& active);
  // One found on disk, with index files beside it.
  static std::shared_ptr<SealedSegment> on_disk(FileSystem& fs, OpenFiles& open_files,
                                                const std::string& folder, Offset base_offset,
                                                int64_t size,
                                                std::vector<AbortedIndexEntry> aborted);

  // Trims the file and writes the index files, all synced; from then on they are searched on disk.
  // Does nothing when it is done already. One caller at a time.
  FileResult<void> finish();
  bool finished() const;
  // Gives back the write windows of its active days; finish() does so too.
  void stop_windows();
  // For a segment whose index files were missing: searches `indexes` until finish() writes them.
  void restore_indexes(std::shared_ptr<SegmentIndexes> indexes);
  // The file that was written, until finish(): for the flusher.
  std::shared_ptr<File> writable_file() const;

  // Of its records, -1 if none has one; the index is asked once. Errors only from the disk.
  LogResult<TimestampMs> largest_timestamp() const;

  int64_t size_bytes() const override { return size_; }
  LogResult<std::shared_ptr<const File>> file(ReadWait wait) const override;
  LogResult<std::optional<OffsetIndexEntry>> floor(Offset offset, ReadWait wait) const override;
  LogResult<std::optional<OffsetIndexEntry>> floor(Position position, ReadWait wait) const override;
  LogResult<std::optional<TimeIndexEntry>> below(TimestampMs timestamp) const override;
  LogResult<std::optional<TimeIndexEntry>> last_time_entry() const override;
  const AbortedIndex& aborted() const override { return *aborted_; }
  LogResult<IndexSizes> index_sizes() const override;

  void close_file() const override;
  // The log is out of service: closes also what finish() would have synced, and unmaps it.
  void abandon();
  // True while a reader or this object holds the file open.
  bool file_in_use() const;

 private:
  SealedSegment(FileSystem& fs, OpenFiles& open_files, std::string folder, Offset base_offset,
                int64_t size, std::shared_ptr<AbortedIndex> aborted);
  std::shared_ptr<const SegmentIndexes> in_memory() const;
  template <class IsBefore>
  LogResult<std::optional<OffsetIndexEntry>> floor_on_disk(IsBefore is_before, ReadWait wait) const;
  LogResult<std::unique_ptr<IndexFile>> open_index(SegmentFileKind kind, size_t entry_bytes,
                                                   ReadWait wait = ReadWait::may_wait) const;
  std::string path(SegmentFileKind kind) const;

  static constexpr int64_t kUnknownTimestamp = INT64_MIN;

  FileSystem& fs_;
  OpenFiles& open_files_;
  const std::string folder_;
  const int64_t size_;
  const std::shared_ptr<AbortedIndex> aborted_;
  mutable std::atomic<int64_t> largest_timestamp_{kUnknownTimestamp};

  mutable std::mutex mutex_;                    // held for copies of the pointers below
  std::shared_ptr<SegmentIndexes> indexes_;     // null once the files are written
  std::shared_ptr<File> written_;               // null once finished
  std::shared_ptr<WindowFeed> windows_;         // of the segment while it was active; as written_
  mutable std::shared_ptr<const File> opened_;  // null until read, or when closed again
  mutable std::weak_ptr<const File> in_use_;
};

}  // namespace odradek
