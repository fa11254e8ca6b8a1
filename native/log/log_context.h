// What the logs of one directory share. Owned by the directory and, because a log may be held
// longer than the directory, by each of them.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "base/clock.h"
#include "log/active_files.h"
#include "log/directory_checkpoints.h"
#include "log/directory_health.h"
#include "log/flusher.h"
#include "log/helper_pool.h"
#include "log/journal.h"
#include "log/open_files.h"
#include "log/reserve_file.h"
#include "log/resume_points.h"
#include "log/write_window_pool.h"

namespace odradek {

struct LogContext {
  // `fs_` and `clock_` must outlive the directory.
  // `files_max` bounds the descriptors of sealed segments that are read, and of active ones; of
  // those there may be `files_burst` until they are synced.
  LogContext(FileSystem& fs_, const Clock& clock_, const std::string& path, size_t files_max,
             int64_t files_burst, const JournalLimits& journal_limits, int64_t reserve_bytes)
      : fs(fs_),
        clock(clock_),
        open_files(files_max),
        active_files(static_cast<int64_t>(files_max), files_burst),
        checkpoints(fs_, health, path),
        resume_points(fs_, health, path),
        journal(fs_, path, journal_limits),
        reserve(fs_, path, reserve_bytes),
        helpers(clock_),
        flusher(fs_, clock_, health, journal, path) {}

  FileSystem& fs;
  const Clock& clock;
  DirectoryHealth health;
  OpenFiles open_files;
  ActiveFiles active_files;
  DirectoryCheckpoints checkpoints;
  ResumePoints resume_points;
  // Bytes appended to logs that ask for flushes and not yet durable.
  std::atomic<int64_t> unflushed_bytes{0};
  // Bytes appended to all logs since a checkpoint began, and what the start had to read itself:
  // what recovery would have to read.
  std::atomic<int64_t> bytes_since_checkpoint{0};
  // Those of logs that nobody asks to flush.
  std::atomic<int64_t> cached_since_checkpoint{0};
  int64_t checkpoint_bytes = INT64_MAX;  // at so many, `checkpoint_due` is called
  std::function<void()> checkpoint_due;  // set before the first log; may be called under its lock
  // Recovery would have to read so many bytes more.
  void note_unsaved(int64_t bytes) {
    const int64_t before = bytes_since_checkpoint.fetch_add(bytes, std::memory_order_relaxed);
    if (before < checkpoint_bytes && before + bytes >= checkpoint_bytes) checkpoint_due();
  }
  WriteWindowPool windows;
  Journal journal;
  ReserveFile reserve;
  HelperPool helpers;
  Flusher flusher;
};

}  // namespace odradek
