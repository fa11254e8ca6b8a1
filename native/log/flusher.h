// Group commit for a log directory: takes every log whose flush is asked for, makes all of them
// durable together, tells them. Batches that arrive meanwhile wait for the next round, so that each
// round carries what came during the one before. Where those that a round released come back soon
// with the next batch, the next round waits for them (gather_habit.h).
//
// A round is a commit: it copies what is not yet durable into the journal. Where there is too much
// of it, no room, or no journal, the segments are synced instead. They are all synced before a part
// of the journal is used again (release_journal).
//
// Safe from any thread. All syncs of segment files go through here, one at a time: a failed sync is
// reported once, and nobody may take the next one, which succeeds, for his own. A commit does not
// wait for them. Locks, in their order: release_mutex_, sync_mutex_, commit_mutex_.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "file/file_system.h"
#include "log/background_thread.h"
#include "log/directory_health.h"
#include "log/fair_mutex.h"
#include "log/gather_habit.h"
#include "log/journal.h"
#include "log/log_error.h"
#include "log/log_point.h"

namespace odradek {

// What must be synced so that everything below `end` is.
struct SyncOrder {
  LogPoint end;
  std::vector<std::shared_ptr<File>> files;
  std::string folder;  // to be synced as well if not empty: it has new entries
  // The folder's own name in the log directory may not be durable, nor what says which topic it
  // belongs to, nor the recovery point by which the next start knows it.
  bool is_young = false;
  int64_t counted = 0;  // bytes that were to become durable, counted since the log was opened
};

// What must be in the journal so that everything below `end` is durable.
struct CommitOrder {
  struct Slice {
    std::shared_ptr<const File> file;
    Offset segment_base;
    Position from;
    int64_t bytes;
  };
  LogPoint end;
  std::vector<Slice> slices;
  int64_t slice_bytes = 0;
  int64_t counted = 0;    // as in SyncOrder
  bool is_young = false;  // as there: a replay would find no folder, so that segments are synced
};

// A log, as the flusher sees it.
class Flushable {
 public:
  virtual ~Flushable() = default;
  virtual JournalIdentity journal_identity() const = 0;
  // What there is to do now; false if there is nothing, or the log is closed.
  virtual bool begin_sync(SyncOrder* order) = 0;
  virtual bool begin_commit(CommitOrder* order) = 0;
  // The order was not carried out for want of a descriptor, and nothing is lost: the log asks
  // again, for the same.
  virtual void sync_postponed(const SyncOrder& order) = 0;
  // The order was carried out. Not called after a failure: the directory is offline then.
  virtual void finish_sync(const SyncOrder& order) = 0;
  virtual void finish_commit(const CommitOrder& order) = 0;
  // Follows the finish_ calls once the round is over: tells those who wait, who must only wake
  // somebody: locks of the log or the directory may be held.
  virtual void after_flush() = 0;

 private:
  friend class Flusher;
  // Part of the journal in which the newest commit stands that counts; -1 if none does.
  std::atomic<int64_t> newest_part_{-1};
};

class Flusher {
 public:
  using Logs = std::vector<std::shared_ptr<Flushable>>;

  // All must outlive the flusher. `path` is the log directory.
  Flusher(FileSystem& fs, const Clock& clock, DirectoryHealth& health, Journal& journal,
          std::string path)
      : fs_(fs), clock_(clock), health_(health), journal_(journal), path_(std::move(path)) {}
  ~Flusher() { stop(); }

  // Starts the thread unless it runs. False if the system has no thread left.
  bool start();
  // Ends the thread after the round it is in. Idempotent.
  void stop();
  // Called by each commit while half of the journal is used, or its last spare part. Set before
  // the first thread runs.
  void on_journal_filling(std::function<void()> callback) {
    journal_filling_ = std::move(callback);
  }

  // Called before the first segments of a folder are synced, under the lock of the sync round: what
  // the next start must know of a new one. Set before the first thread runs.
  void before_young(std::function<FileResult<void>()> callback) {
    before_young_ = std::move(callback);
  }

  // An append wants a flush, whether or not one of its log is asked for already. Of those that come
  // one by one from somewhere else: what a process appends by itself it gathers before.
  void count_append() { appends_.fetch_add(1, std::memory_order_relaxed); }
  // Asks for a flush of the log now, or not later than in `delay_ms`.
  void request(std::shared_ptr<Flushable> log);
  // As request(), but whoever calls sees to it soon, by wake() or commit_here().
  void note(std::shared_ptr<Flushable> log);
  void wake();
  // True while each round waits for those whom the one before released. They send again as soon as
  // they are told, and whoever serves them is in the round's way.
  bool gathers() const { return gathers_.load(std::memory_order_relaxed); }
  // Commits what is asked for on this thread, at most once. False if it is to be woken for
  // something: another commit is under way or waits for more, the disk is slow, there is more, or
  // segments have to be synced.
  bool commit_here();
  void request_within(int64_t delay_ms, std::shared_ptr<Flushable> log);
  // Carries out what is asked for and due, on this thread.
  void run_due();
  // Syncs the segments of these logs on this thread. Error kafka_storage_error if the directory is
  // offline, or if the sync was postponed.
  LogResult<bool> sync(const std::vector<Flushable*>& logs);
  // Syncs all logs of the directory and releases what the journal holds by now. `all_logs` is asked
  // once that is settled: a log that is opened later has nothing in it.
  LogResult<bool> release_journal(const std::function<Logs()>& all_logs);

  // Runs `work`, which may sync, truncate or rename segment files, while no round is under way.
  template <class Work>
  auto exclusively(Work work) {
    const std::lock_guard round(sync_mutex_);
    const std::lock_guard commit(commit_mutex_);
    return work();
  }
  // The same for work on the files of one log, of which the journal could bring something back: its
  // segments are synced and what the journal holds of it is made void, durably. What fails there is
  // returned, before any work. Observers are still to be told by after_flush().
  template <class Work>
  auto exclusively(Flushable& log, Work work) -> decltype(work()) {
    // First what holds nobody up: little is left to sync under the locks.
    if (in_journal(log)) RETURN_IF_ERROR(sync({&log}));
    return exclusively([&]() -> decltype(work()) {
      RETURN_IF_ERROR(fence(log));
      return work();
    });
  }
  // Runs `work`, which syncs, while no other sync is under way; commits go on.
  template <class Work>
  auto between_syncs(Work work) {
    const std::lock_guard round(sync_mutex_);
    return work();
  }

 private:
  enum class CommitScope : uint8_t { one, all };
  using Pending = std::vector<std::pair<Flushable*, CommitOrder>>;

  void run();
  void gather(int64_t begun_ns);
  Logs take_due(int64_t now_ns);
  std::vector<Flushable*> commit(const std::vector<Flushable*>& logs,
                                 std::unique_lock<std::mutex> commit_lock, CommitScope scope);
  bool read_into_journal(const JournalIdentity& identity, const CommitOrder& order);
  bool in_journal(const Flushable& log) const;
  LogResult<bool> fence(Flushable& log);
  void write_journal(Pending* pending, std::vector<Flushable*>* done,
                     std::vector<Flushable*>* left);
  FileResult<void> sync_round(const std::vector<Flushable*>& logs);
  FileResult<void> sync_locked(const std::vector<Flushable*>& logs,
                               std::vector<Flushable*>* synced);
  FileResult<void> carry_out(const std::vector<SyncOrder>& orders);

  FileSystem& fs_;
  const Clock& clock_;
  DirectoryHealth& health_;
  Journal& journal_;
  const std::string path_;
  std::function<void()> journal_filling_;
  std::function<FileResult<void>()> before_young_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool woken_ = false;      // for what is asked
  bool gathering_ = false;  // the next round may wait for more
  Logs asked_;
  std::multimap<int64_t, std::shared_ptr<Flushable>> deadlines_;  // monotonic ns
  std::mutex release_mutex_;                                      // one release at a time
  FairMutex sync_mutex_;                                          // held while syncing segments
  std::mutex commit_mutex_;                                       // held by the journal's committer
  std::atomic<uint64_t> appends_{0};                              // that wanted a flush
  std::atomic<uint64_t> begun_{0};      // of them, when the last commit began
  std::atomic<uint64_t> released_{0};   // with it
  GatherHabit gather_habit_;            // of the thread
  std::atomic<bool> gathers_{false};    // its opinion
  std::atomic<bool> slow_disk_{false};  // the last commit took long
  std::unique_ptr<BackgroundThread> thread_;
};

}  // namespace odradek
