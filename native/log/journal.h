// The journal of a log directory: what is appended to any of its partitions becomes durable by one
// write and one sync of one file, instead of one sync of each segment. The segments are written at
// once all the same and are what is read; they are synced later, before the part of the journal
// that covers them is used again.
//
// Parts are written in advance with zeros, so that a commit changes no metadata of the file system.
// There are as many as the load needs, made ahead by a helper, up to a limit.
//
// Threads: open_entry, close_entry, pending, take_back, commit, abandon and mark belong to one
// committer at a time; the rest is safe from any thread. begin runs alone.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "file/file_system.h"
#include "log/journal_format.h"

namespace odradek {

// How much room a journal takes on the disk, in bytes and parts.
struct JournalLimits {
  int64_t part_bytes = 4 << 20;
  size_t parts_max = 64;
};

class Journal {
 public:
  // `path` is the log directory; `fs` must outlive the journal.
  Journal(FileSystem& fs, const std::string& path, const JournalLimits& limits)
      : fs_(fs), folder_(path + "/" + kJournalFolder), limits_(limits) {}

  // Begins a run: from here on no entry of an earlier one counts, so all they say must be in the
  // segments, synced. Part files that are there are used again. The folder must exist.
  FileResult<void> begin(const Uuid& run);
  // At a clean stop, with everything in the segments: nothing of the journal is left. Durable only
  // after the next sync of the log directory.
  FileResult<void> remove();
  // Closes its files and leaves them as they are: nothing is written any more.
  void close();

  // Begins an entry of the next commit; `bytes` is how many follow. The span is to be filled before
  // close_entry(), or taken back by take_back().
  ByteSpan open_entry(const JournalEntry& entry, size_t bytes);
  void close_entry();
  // Back to what was pending when `before` was taken: an order goes in as a whole or not at all.
  struct Pending {
    size_t bytes;
    JournalSequence next;
  };
  Pending pending() const { return {buffer_.size(), pending_}; }
  void take_back(const Pending& before);
  size_t pending_bytes() const { return buffer_.size() - kJournalPartHeaderBytes; }
  // Makes the entries durable, all or none, and tells in which part they stand. Nothing: there is
  // no room, nothing was written, and the entries are forgotten. An error is for the directory's
  // health: what is on the disk is unknown.
  FileResult<std::optional<JournalPartNumber>> commit();
  // The same for one fence, which needs no new part while there is one: it has to outlive only what
  // stands before it. Some room at each part's end is kept for them.
  FileResult<std::optional<JournalPartNumber>> commit_fence(const Uuid& topic_id,
                                                            PartitionIndex partition);
  void abandon();

  // Ends the present part. Whoever then syncs all segments may release everything before the part
  // number that this returns.
  JournalPartNumber mark();
  // The parts before `first` are void from here on, durably, and are used again.
  FileResult<void> release(JournalPartNumber first);

  // No spare part is left and there may be one more: grow() makes it.
  bool wants_part() const;
  // Whatever fails only means that there are no more parts until allow_growth().
  void grow();
  void allow_growth();
  // Half of the room is used: the segments should be synced and parts released.
  bool wants_release() const;
  bool begun() const;
  // The part is not released, so that what it says may come back.
  bool holds(JournalPartNumber part) const;

 private:
  struct Part {
    std::string path;
    std::shared_ptr<File> file;
  };
  struct LivePart {
    Part part;
    JournalPartNumber number;
  };

  FileResult<void> take_over(const std::string& name);
  FileResult<std::unique_ptr<File>> make_part(const std::string& path) const;
  FileResult<void> prewrite(File& file) const;
  FileResult<std::optional<JournalPartNumber>> write(bool fence);
  // mutex_ is held for these.
  bool next_part();
  int64_t room_for_batches() const;

  FileSystem& fs_;
  const std::string folder_;
  const JournalLimits limits_;

  std::mutex upkeep_mutex_;                  // one grow, release or remove at a time; before mutex_
  mutable std::mutex mutex_;                 // for the lists; never held in a system call
  std::unique_ptr<const JournalSeed> seed_;  // null before begin()
  bool begun_ = false;
  std::deque<LivePart> live_;  // ascending; the last is written to unless closed_
  std::vector<Part> spare_;
  JournalPartNumber next_number_{0};
  Position written_{0};     // end of what the last live part holds
  bool closed_ = true;      // the last live part takes no more
  bool no_growth_ = false;  // the disk had no room for a part
  uint64_t names_ = 0;      // part files made so far

  // The committer's.
  JournalSequence next_{0};     // of the next entry that is committed
  JournalSequence pending_{0};  // of the next entry of the pending commit
  // Room for a part's header, then the pending entries.
  std::vector<uint8_t> buffer_ = std::vector<uint8_t>(kJournalPartHeaderBytes);
  size_t entry_at_ = 0;  // in the buffer, of the entry that is open; 0 if none
};

}  // namespace odradek
