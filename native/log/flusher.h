// Group commit for a log directory: takes every log whose flush is asked for, makes all of them
// durable together, tells them. Batches that arrive meanwhile wait for the next round, so that each
// round carries what came during the one before.
//
// Safe from any thread. All syncs of segment files go through it, one round at a time: a failed
// sync is reported once, and nobody may take the next one, which succeeds, for his own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "file/file_system.h"
#include "log/background_thread.h"
#include "log/directory_health.h"
#include "log/log_error.h"
#include "log/log_point.h"

namespace odradek {

// What must be synced so that everything below `end` is durable.
struct FlushOrder {
  LogPoint end;
  std::vector<std::shared_ptr<File>> files;
  std::string folder;  // to be synced as well if not empty: it has new entries
  int64_t bytes = 0;   // that become durable and were counted as waiting
};

// A log, as the flusher sees it.
class Flushable {
 public:
  virtual ~Flushable() = default;
  // What there is to flush now; nothing if all is durable or the log is closed.
  virtual bool begin_flush(FlushOrder* order) = 0;
  // The order was not carried out for want of a descriptor, and nothing is lost: the log asks
  // again, for the same.
  virtual void flush_postponed(const FlushOrder& order) = 0;
  // The order was carried out. Not called after a failure: the directory is offline then.
  virtual void finish_flush(const FlushOrder& order) = 0;
  // Follows finish_flush once the round is over: tells those who wait, under no lock.
  virtual void after_flush() = 0;
};

class Flusher {
 public:
  // All must outlive the flusher. `path` is the log directory.
  Flusher(FileSystem& fs, const Clock& clock, DirectoryHealth& health, std::string path)
      : fs_(fs), clock_(clock), health_(health), path_(std::move(path)) {}
  ~Flusher() { stop(); }

  // Starts the thread unless it runs. False if the system has no thread left.
  bool start();
  // Ends the thread after the round it is in. Idempotent.
  void stop();

  // Asks for a flush of the log now, or not later than in `delay_ms`.
  void request(std::shared_ptr<Flushable> log);
  void request_within(int64_t delay_ms, std::shared_ptr<Flushable> log);
  // Carries out what is asked for and due, on this thread.
  void run_due();
  // Flushes this one log on this thread. Error kafka_storage_error if the directory is offline, or
  // if the flush was postponed.
  LogResult<bool> flush(Flushable& log);
  // Runs `work`, which may sync, truncate or rename segment files, while no round is under way.
  template <class Work>
  auto exclusively(Work work) {
    const std::lock_guard round(round_mutex_);
    return work();
  }

 private:
  using Logs = std::vector<std::shared_ptr<Flushable>>;

  void run();
  Logs take_due(int64_t now_ns);
  FileResult<void> flush_all(const std::vector<Flushable*>& logs);
  FileResult<void> run_round(const std::vector<Flushable*>& logs, std::vector<Flushable*>* flushed);
  FileResult<void> sync(const std::vector<FlushOrder>& orders);

  FileSystem& fs_;
  const Clock& clock_;
  DirectoryHealth& health_;
  const std::string path_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  Logs asked_;
  std::multimap<int64_t, std::shared_ptr<Flushable>> deadlines_;  // monotonic ns
  std::mutex round_mutex_;                                        // held while syncing
  std::unique_ptr<BackgroundThread> thread_;
};

}  // namespace odradek
