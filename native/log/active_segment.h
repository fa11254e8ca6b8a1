// The one segment of a log that is written. Its indexes live in memory; `seal` turns it into a
// SealedSegment, which has no way to append.
//
// Threads: reserve, write and record belong to the appender (the log's lock); the Segment interface
// to any thread.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "log/active_files.h"
#include "log/batch_header.h"
#include "log/segment.h"
#include "log/window_feed.h"

namespace odradek {

// What the indexes of a segment hold while they are in memory; shared with the sealed segment until
// its index files are written.
struct SegmentIndexes {
  explicit SegmentIndexes(Offset base)
      : offsets(base), times(base), aborted(std::make_shared<AbortedIndex>()) {}
  IndexSizes sizes() const { return {offsets.size_bytes(), times.size_bytes()}; }
  OffsetIndex offsets;
  TimeIndex times;
  std::shared_ptr<AbortedIndex> aborted;  // stays in memory for the segment's life
};

// Where a segment's file is opened again, and counted; both outlive the segment. Without them the
// segment keeps its file as long as it lives.
struct SegmentHome {
  FileSystem* fs = nullptr;
  ActiveFiles* files = nullptr;
};

class ActiveSegment final : public Segment {
 public:
  // Creates the `.log` file of an empty segment; a leftover of that name is emptied. The folder's
  // entry becomes durable with the next flush.
  static FileResult<std::shared_ptr<ActiveSegment>> create(FileSystem& fs,
                                                           const std::string& folder,
                                                           Offset base_offset, TimestampMs now);
  // An empty segment whose file, and the folder, are still to be made: make() comes first.
  static std::shared_ptr<ActiveSegment> unmade(Offset base_offset, TimestampMs now);
  // Takes over a segment that recovery read: `size` bytes of whole batches in `file`.
  static std::shared_ptr<ActiveSegment> adopt(Offset base_offset, std::shared_ptr<File> file,
                                              int64_t size, std::shared_ptr<SegmentIndexes> indexes,
                                              TimeIndexEntry largest_timestamp,
                                              TimestampMs first_batch_timestamp, TimestampMs now);
  ~ActiveSegment() override;

  // From here on the file may be let go of. Before the segment is shared.
  void settle(const SegmentHome& home, const std::string& folder);
  // Creates the file of an unmade segment, which is settled and has its folder.
  FileResult<void> make();
  // The file, opened again if it was let go of. Not of an unmade segment.
  FileResult<std::shared_ptr<File>> open_file() const;
  // Closes the file once nobody uses it. Everything must be synced, and not be written meanwhile.
  void let_go() const;
  // The same before settle(), for who reads ahead.
  void close_before_use();
  // The turn in which the file was opened; -1 while it is not.
  int64_t opened_turn() const;

  // Makes sure that `bytes` more fit into allocated room: steps that double up to 16 MiB, from one
  // block or twice the batch, and never beyond `segment_bytes`. An error changes nothing.
  FileResult<void> reserve(int64_t bytes, int64_t segment_bytes);
  // Writes at the end, which must be reserved. The bytes are not part of the segment until
  // record().
  FileResult<void> write(ByteView bytes);
  // Makes the batch just written part of the segment, with an index entry if one is due.
  void record(const BatchHeader& batch, int64_t index_interval_bytes);
  // From now on small batches go through write windows where a helper keeps up; `advance_windows`
  // after each append tells it where the writer is.
  void use_windows(HelperPool& helpers, WriteWindowPool& pool, int64_t segment_bytes);
  void advance_windows(int64_t bytes_per_second);
  bool uses_windows() const { return windows_ != nullptr; }
  // Hands the windows over: whoever gets them stops them before the file is truncated, and not
  // under the log's lock.
  std::shared_ptr<WindowFeed> take_windows() { return std::exchange(windows_, nullptr); }
  void record_aborted(const AbortedIndexEntry& entry) { indexes_->aborted->append(entry); }

  // Offers the last time index entry, as every index file ends with it.
  void complete_time_index() { indexes_->times.offer(largest_timestamp_); }

  const std::shared_ptr<SegmentIndexes>& indexes() const { return indexes_; }
  // Null while it is let go of, which is never so where something is to be synced.
  std::shared_ptr<File> writable_file() const;
  int64_t allocated_bytes() const { return allocated_bytes_; }
  TimeIndexEntry largest_timestamp() const { return largest_timestamp_; }
  // -1 while empty.
  TimestampMs first_batch_timestamp() const { return first_batch_timestamp_; }
  TimestampMs created() const { return created_; }

  int64_t size_bytes() const override { return size_.load(std::memory_order_acquire); }
  LogResult<std::shared_ptr<const File>> file(ReadWait wait) const override;
  LogResult<std::optional<OffsetIndexEntry>> floor(Offset offset,
                                                   ReadWait /*wait*/) const override {
    return indexes_->offsets.floor(offset);
  }
  LogResult<std::optional<OffsetIndexEntry>> floor(Position position,
                                                   ReadWait /*wait*/) const override {
    return indexes_->offsets.floor(position);
  }
  LogResult<std::optional<TimeIndexEntry>> below(TimestampMs timestamp) const override {
    return indexes_->times.below(timestamp);
  }
  LogResult<std::optional<TimeIndexEntry>> last_time_entry() const override {
    return indexes_->times.last();
  }
  const AbortedIndex& aborted() const override { return *indexes_->aborted; }
  LogResult<IndexSizes> index_sizes() const override { return indexes_->sizes(); }

 private:
  ActiveSegment(Offset base_offset, std::shared_ptr<File> file,
                std::shared_ptr<SegmentIndexes> indexes, TimestampMs created)
      : Segment(base_offset),
        file_(std::move(file)),
        indexes_(std::move(indexes)),
        created_(created) {}

  void note_opened() const;  // file_mutex_ is held

  mutable std::mutex file_mutex_;
  mutable std::shared_ptr<File> file_;  // null before make() and after let_go()
  mutable int64_t opened_turn_ = -1;
  SegmentHome home_;
  std::string path_;  // set with home_
  const std::shared_ptr<SegmentIndexes> indexes_;
  const TimestampMs created_;
  std::atomic<int64_t> size_{0};
  int64_t allocated_bytes_ = 0;
  std::shared_ptr<WindowFeed> windows_;  // null while everything goes by pwrite
  int64_t allocation_step_ = 0;          // the last one; 0 before the first
  int64_t bytes_since_index_entry_ = 0;
  TimeIndexEntry largest_timestamp_;
  TimestampMs first_batch_timestamp_ = kNoTimestamp;
};

}  // namespace odradek
