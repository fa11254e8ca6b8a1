// A segment that is to take the place of others, while it is written: `….log.cleaned`, as Apache
// Kafka's cleaner names it. A start removes what was not finished. One owner at a time.
#pragma once

#include <memory>
#include <string>

#include "log/active_segment.h"
#include "log/log_error.h"

namespace odradek {

class CleanedSegment {
 public:
  // For the offsets [base, end) of the log in `folder`; `fs` must outlive it. A leftover of that
  // name is emptied.
  static FileResult<std::unique_ptr<CleanedSegment>> create(FileSystem& fs,
                                                            const std::string& folder, Offset base,
                                                            Offset end, TimestampMs now);
  // Removes the file while it is named `….cleaned`.
  ~CleanedSegment();

  // Whole undamaged batches with ascending offsets, of the range. Error corrupt_message if they are
  // not, and nothing was written; kafka_storage_error if the disk refuses.
  LogResult<bool> append(ByteView batches, int64_t index_interval_bytes);
  void append_aborted(const AbortedIndexEntry& entry) { segment_->record_aborted(entry); }
  // Makes its bytes and its name durable.
  FileResult<void> sync();
  ActiveSegment& segment() { return *segment_; }

  // Gives it the name `….log.swap`, durably: from now on a start puts it in place of what it
  // covers. After an error nothing happened, or the name is `….cleaned` again.
  FileResult<void> name_swap();
  // And at last the name of a segment; what had it must be gone, durably.
  FileResult<void> name_live();

 private:
  CleanedSegment(FileSystem& fs, const std::string& folder, Offset end,
                 std::shared_ptr<ActiveSegment> segment);
  std::string path() const;

  FileSystem& fs_;
  const std::string folder_;
  const Offset end_;
  const std::shared_ptr<ActiveSegment> segment_;
  Offset next_;             // the least offset that the next batch may have
  bool is_cleaned_ = true;  // has that name still
};

}  // namespace odradek
