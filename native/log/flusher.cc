#include "log/flusher.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <unordered_set>
#include <utility>

#include "log/partition_folder.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr int64_t kNsPerMs = 1000000;
// More than this of one log goes to its segments alone, which is then no dearer.
constexpr int64_t kCommitBytesMax = 1 << 20;
// A commit that takes longer is not for a thread that has other things to do.
constexpr int64_t kSlowCommitNs = 1 * kNsPerMs;
// A round waits no longer than this for more, nor longer than seven eighths of the last one. The
// looks bound it under a clock that stands still.
constexpr int64_t kGatherNsMax = 200000;
constexpr int kGatherLooksMax = 2000;
// More are as well off in two halves: one is worked on while the other is flushed.
constexpr uint64_t kGatherMax = 16;

// One that was flushed on demand meanwhile may have asked twice.
std::vector<Flushable*> distinct(const Flusher::Logs& logs) {
  std::vector<Flushable*> each;
  std::unordered_set<Flushable*> seen;
  for (const auto& log : logs) {
    if (seen.insert(log.get()).second) each.push_back(log.get());
  }
  return each;
}

}  // namespace

bool Flusher::start() {
  if (thread_ != nullptr) return true;
  thread_ = BackgroundThread::start("odradek-flush", [this] { run(); });
  return thread_ != nullptr;
}

void Flusher::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    asked_.clear();
    deadlines_.clear();
  }
  wake_.notify_all();
  thread_ = nullptr;
  const std::lock_guard last(commit_mutex_);  // another thread's commit_here() has come to its end
}

void Flusher::request(std::shared_ptr<Flushable> log) {
  note(std::move(log));
  wake();
}

void Flusher::note(std::shared_ptr<Flushable> log) {
  const std::lock_guard lock(mutex_);
  if (!stopping_) asked_.push_back(std::move(log));
}

void Flusher::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (asked_.empty() || std::exchange(woken_, true)) return;  // it is on its way already
  }
  wake_.notify_one();
}

bool Flusher::commit_here() {
  if (slow_disk_.load(std::memory_order_relaxed)) return false;
  std::unique_lock commit_lock(commit_mutex_, std::try_to_lock);
  if (!commit_lock.owns_lock()) return false;
  Logs logs;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || woken_ || gathering_) return false;
    logs.swap(asked_);
  }
  const std::vector<Flushable*> left =
      commit(distinct(logs), std::move(commit_lock), CommitScope::one);
  for (const auto& log : logs) {
    if (std::find(left.begin(), left.end(), log.get()) != left.end()) note(log);
  }
  return left.empty();
}

void Flusher::request_within(int64_t delay_ms, std::shared_ptr<Flushable> log) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    deadlines_.emplace(clock_.monotonic_ns() + delay_ms * kNsPerMs, std::move(log));
  }
  wake_.notify_one();
}

void Flusher::run_due() {
  Logs logs;
  {
    const std::lock_guard lock(mutex_);
    logs = take_due(clock_.monotonic_ns());
  }
  if (logs.empty()) return;
  const std::vector<Flushable*> left =
      commit(distinct(logs), std::unique_lock(commit_mutex_), CommitScope::all);
  // What fails ends the directory or is asked for again.
  if (!left.empty()) static_cast<void>(sync_round(left));
}

LogResult<bool> Flusher::sync(const std::vector<Flushable*>& logs) {
  RETURN_IF_FILE_ERROR(sync_round(logs));
  if (!health_.online()) return Err(storage_error(health_.reason()));
  return true;
}

LogResult<bool> Flusher::release_journal(const std::function<Logs()>& all_logs) {
  const std::lock_guard release(release_mutex_);
  JournalPartNumber first;
  {
    const std::lock_guard lock(commit_mutex_);
    first = journal_.mark();
  }
  // Not before: a log that was opened in between may have committed into what is released.
  const Logs logs = all_logs();
  std::vector<Flushable*> each;
  for (const auto& log : logs) each.push_back(log.get());
  RETURN_IF_ERROR(sync(each));
  if (!journal_.begun()) return true;
  const FileResult<void> released = journal_.release(first);
  if (!released.ok()) return Err(health_.change_failed(released.error()));
  return true;
}

bool Flusher::in_journal(const Flushable& log) const {
  return journal_.holds(JournalPartNumber(log.newest_part_.load()));
}

// Inside exclusively().
LogResult<bool> Flusher::fence(Flushable& log) {
  // Also where nothing is known to be held: what a failed commit left may pass for one.
  if (!health_.online()) return Err(storage_error(health_.reason()));
  if (!in_journal(log)) return true;
  std::vector<Flushable*> synced;
  RETURN_IF_FILE_ERROR(sync_locked({&log}, &synced));
  if (!health_.online()) return Err(storage_error(health_.reason()));
  const JournalIdentity identity = log.journal_identity();
  auto committed = journal_.commit_fence(identity.topic_id, identity.partition);
  if (!committed.ok()) {
    health_.fail("a write of the journal failed: " + committed.error().detail);
    return Err(storage_error(health_.reason()));
  }
  if (!committed->has_value()) {
    return Err(storage_error("the journal of " + path_ + " has no room just now; try again"));
  }
  log.newest_part_.store(-1);
  return true;
}

Flusher::Logs Flusher::take_due(int64_t now_ns) {
  Logs due;
  due.swap(asked_);
  woken_ = false;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_ns) {
    due.push_back(std::move(deadlines_.begin()->second));
    deadlines_.erase(deadlines_.begin());
  }
  return due;
}

void Flusher::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const int64_t now_ns = clock_.monotonic_ns();
    if (!asked_.empty() || (!deadlines_.empty() && deadlines_.begin()->first <= now_ns)) {
      lock.unlock();
      run_due();
      lock.lock();
      gathering_ = true;
      lock.unlock();
      gather(now_ns);
      lock.lock();
      gathering_ = false;
    } else if (deadlines_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, std::chrono::nanoseconds(deadlines_.begin()->first - now_ns));
    }
  }
}

// Looks instead of sleeping: to be woken would take as long as what is awaited. Whoever was put on
// this processor by what the last round told comes first.
void Flusher::gather(int64_t begun_ns) {
  const uint64_t released = released_.load(std::memory_order_relaxed);
  const uint64_t begun = begun_.load(std::memory_order_relaxed);
  const uint64_t ended = appends_.load(std::memory_order_relaxed);
  const uint64_t waiting = ended - begun;
  const bool may_pay = released > 0 && released + waiting >= 2 && released + waiting <= kGatherMax;
  gathers_.store(may_pay && gather_habit_.pays(), std::memory_order_relaxed);
  if (!may_pay || !gather_habit_.gathers()) return;
  const int64_t ended_ns = clock_.monotonic_ns();
  const int64_t until_ns = ended_ns + std::min(kGatherNsMax, (ended_ns - begun_ns) * 7 / 8);
  uint64_t back = 0;
  for (int i = 0; i < kGatherLooksMax && back < released; ++i) {
    if (clock_.monotonic_ns() >= until_ns) break;
    sched_yield();
    back = appends_.load(std::memory_order_relaxed) - ended;
  }
  gather_habit_.gathered(released, back);
}

// One commit after the other, or only one, each of at most kCommitBytesMax, under `commit_lock`.
// Returns the logs whose segments have to be synced instead, and those that are left.
std::vector<Flushable*> Flusher::commit(const std::vector<Flushable*>& logs,
                                        std::unique_lock<std::mutex> commit_lock,
                                        CommitScope scope) {
  const uint64_t appends = appends_.load(std::memory_order_relaxed);
  released_.store(appends - begun_.exchange(appends, std::memory_order_relaxed),
                  std::memory_order_relaxed);
  if (!journal_.begun()) return logs;
  std::vector<Flushable*> left;
  std::vector<Flushable*> done;
  Pending pending;
  for (Flushable* log : logs) {
    CommitOrder order;
    if (!health_.online() || !log->begin_commit(&order)) continue;
    const JournalIdentity identity = log->journal_identity();
    if (order.slice_bytes > kCommitBytesMax || order.is_young || identity.topic_id.is_zero()) {
      left.push_back(log);
      continue;
    }
    const auto together = static_cast<int64_t>(journal_.pending_bytes()) + order.slice_bytes;
    if (together > kCommitBytesMax && scope == CommitScope::one) {
      left.push_back(log);
      continue;
    }
    if (together > kCommitBytesMax) write_journal(&pending, &done, &left);
    if (read_into_journal(identity, order)) {
      pending.emplace_back(log, std::move(order));
    } else {
      left.push_back(log);
    }
  }
  write_journal(&pending, &done, &left);
  if (journal_filling_ && (journal_.wants_part() || journal_.wants_release())) journal_filling_();
  commit_lock.unlock();
  for (Flushable* log : done) log->after_flush();
  return left;
}

// False if the segments do not give the bytes.
bool Flusher::read_into_journal(const JournalIdentity& identity, const CommitOrder& order) {
  const Journal::Pending before = journal_.pending();
  for (const CommitOrder::Slice& slice : order.slices) {
    JournalEntry entry;
    entry.topic_id = identity.topic_id;
    entry.partition = identity.partition;
    entry.segment_base = slice.segment_base;
    entry.position = slice.from;
    const ByteSpan bytes = journal_.open_entry(entry, static_cast<size_t>(slice.bytes));
    auto read = slice.file->read_at(slice.from, bytes);
    if (!read.ok() || *read != bytes.size()) {
      // Of a file that ends early, its sync tells why.
      if (!read.ok()) health_.fail("a read failed: " + read.error().detail);
      journal_.take_back(before);
      return false;
    }
    journal_.close_entry();
  }
  return true;
}

// Commits what is pending. The logs go to `done`, or to `left` if the journal has no room; to
// neither if the directory went offline.
void Flusher::write_journal(Pending* pending, std::vector<Flushable*>* done,
                            std::vector<Flushable*>* left) {
  JournalPartNumber part(-1);
  bool full = false;
  if (!health_.online()) journal_.abandon();
  if (journal_.pending_bytes() > 0) {  // otherwise all that was missing is synced by now
    const int64_t begun_ns = clock_.monotonic_ns();
    auto committed = journal_.commit();
    slow_disk_.store(clock_.monotonic_ns() - begun_ns > kSlowCommitNs, std::memory_order_relaxed);
    if (!committed.ok()) health_.fail("a flush failed: " + committed.error().detail);
    full = committed.ok() && !committed->has_value();
    if (committed.ok() && !full) part = **committed;
  }
  if (part.value >= 0) {
    for (auto& [log, order] : *pending) log->newest_part_.store(part.value);
  }
  // A write that failed meanwhile counts as well: its log must not pass for durable.
  if (!health_.online()) pending->clear();
  for (auto& [log, order] : *pending) {
    if (!full) log->finish_commit(order);
    (full ? left : done)->push_back(log);
  }
  pending->clear();
}

FileResult<void> Flusher::sync_round(const std::vector<Flushable*>& logs) {
  std::vector<Flushable*> synced;
  FileResult<void> done;
  {
    const std::lock_guard round(sync_mutex_);
    done = sync_locked(logs, &synced);
  }
  for (Flushable* log : synced) log->after_flush();
  return done;
}

// Adds the logs that were synced to `synced`.
FileResult<void> Flusher::sync_locked(const std::vector<Flushable*>& logs,
                                      std::vector<Flushable*>* synced) {
  std::vector<SyncOrder> orders;
  std::vector<Flushable*> ordered;
  if (!health_.online()) return {};
  for (Flushable* log : logs) {
    SyncOrder order;
    if (!log->begin_sync(&order)) continue;
    orders.push_back(std::move(order));
    ordered.push_back(log);
  }
  if (orders.empty()) return {};
  FileResult<void> done = carry_out(orders);
  if (!done.ok() && is_shortage(done.error())) {
    // A folder could not be opened to be synced, or of a new one not be told. Nothing was lost.
    for (size_t i = 0; i < orders.size(); ++i) ordered[i]->sync_postponed(orders[i]);
    return done;
  }
  if (!done.ok()) health_.fail("a flush failed: " + done.error().detail);
  // A write that failed meanwhile counts as well: its log must not pass for durable.
  if (!health_.online()) return {};
  for (size_t i = 0; i < orders.size(); ++i) ordered[i]->finish_sync(orders[i]);
  *synced = std::move(ordered);
  return {};
}

FileResult<void> Flusher::carry_out(const std::vector<SyncOrder>& orders) {
  std::vector<std::shared_ptr<File>> files;
  std::vector<std::string> new_folders;
  for (const SyncOrder& order : orders) {
    files.insert(files.end(), order.files.begin(), order.files.end());
    if (order.is_young) new_folders.push_back(order.folder);
  }
  if (!new_folders.empty() && before_young_) RETURN_IF_ERROR(before_young_());
  auto everything = sync_with_metadata(fs_, path_, std::move(files), new_folders);
  if (!everything.ok()) return Err(everything.error());
  if (*everything) return {};
  for (const SyncOrder& order : orders) {
    if (!order.folder.empty()) RETURN_IF_ERROR(fs_.sync_directory(order.folder));
  }
  if (!new_folders.empty()) return fs_.sync_directory(path_);
  return {};
}

}  // namespace odradek
