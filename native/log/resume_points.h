// The resume points of a log directory, in memory and in the file `resume-points` beside the
// journal, with which it comes and goes. Big endian:
//
//   +------------+--------------------+-----------+-------------------+-------------------------+
//   | uint32 crc | magic "ODRKRESUME" | version 2 | length 1, cache   | entries: topic id 16,   |
//   | of the rest| 10                 | 1         | identity (see     | partition 4, length 4,  |
//   |            |                    |           | FileSystem)       | a resume point          |
//   +------------+--------------------+-----------+-------------------+-------------------------+
//
// A partition has up to two: the newest one before which everything is synced, and a newer one that
// stands on the page cache and counts as long as its identity is the same.
//
// They save time and nothing else: without one, or with a file that is broken, recovery reads the
// whole segment that holds the recovery point.
//
// Safe from any thread; a write holds the lock, so that the file never goes back in time.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "file/file_system.h"
#include "log/directory_health.h"
#include "log/journal_format.h"
#include "log/log_error.h"
#include "log/resume_point.h"

namespace odradek {

inline constexpr size_t kResumeFileBytesMax = 1U << 30;

class ResumePoints {
 public:
  // `fs` and `health` must outlive this; a failed write is told to `health`. `path` is the log
  // directory. Points that take more than `file_bytes_max` together are not written.
  ResumePoints(FileSystem& fs, DirectoryHealth& health, const std::string& path,
               size_t file_bytes_max = kResumeFileBytesMax)
      : fs_(fs),
        health_(health),
        path_(path),
        file_(path + "/" + kJournalFolder + "/resume-points"),
        file_bytes_max_(file_bytes_max) {}

  // Does what was written outlive this process, where it was not synced? Otherwise points that are
  // not synced are not kept.
  bool outlive_process() const;
  // Reads the file, if there is one. Comes first of all.
  LogResult<bool> load();
  // The newest one.
  std::optional<ResumePoint> find(const JournalIdentity& id) const;
  // For the next write(). A partition without an identity that outlives its name has none.
  void put(const JournalIdentity& id, const ResumePoint& point);
  // Before anything in front of the point may change, or a folder is made where one with a point
  // may have been: it counts no more, also after a crash.
  LogResult<bool> erase(const JournalIdentity& id);
  // A sync failed: what is in the page cache may never reach the disk, and later syncs may not
  // tell. Points that stand on it count no more; as far as the disk lets, also after the process.
  void drop_cached();
  // Of a partition whose folder is gone; and of all that have none.
  void forget(const JournalIdentity& id);
  void keep_only(const std::set<std::pair<Uuid, PartitionIndex>>& ids);
  LogResult<bool> write();

 private:
  // Topic, partition, and whether it is synced: found in this order.
  using Key = std::tuple<Uuid, PartitionIndex, bool>;

  void take_entries(ByteView entries, bool same_cache);
  void erase_locked(const JournalIdentity& id);
  LogResult<bool> write_locked();

  FileSystem& fs_;
  DirectoryHealth& health_;
  const std::string path_;
  const std::string file_;
  const size_t file_bytes_max_;
  mutable std::mutex mutex_;
  std::string identity_;                        // set by load()
  std::map<Key, std::vector<uint8_t>> points_;  // encoded
  bool file_says_more_ = false;                 // it has points that were forgotten
};

}  // namespace odradek
