#include "log/flusher.h"

#include <chrono>
#include <unordered_set>
#include <utility>

#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr int64_t kNsPerMs = 1000000;
// From here on one syncfs is cheaper than a sync of each file (design.md, "The journal").
constexpr size_t kFilesForFileSystemSync = 200;

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
}

void Flusher::request(std::shared_ptr<Flushable> log) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    asked_.push_back(std::move(log));
    if (asked_.size() > 1) return;  // the thread is on its way already
  }
  wake_.notify_one();
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
  std::vector<Flushable*> each;
  std::unordered_set<Flushable*> seen;
  for (const auto& log : logs) {
    // One that was flushed on demand meanwhile may have asked twice.
    if (seen.insert(log.get()).second) each.push_back(log.get());
  }
  // What fails ends the directory or is asked for again.
  if (!each.empty()) static_cast<void>(flush_all(each));
}

LogResult<bool> Flusher::flush(Flushable& log) {
  RETURN_IF_FILE_ERROR(flush_all({&log}));
  if (!health_.online()) return Err(storage_error(health_.reason()));
  return true;
}

Flusher::Logs Flusher::take_due(int64_t now_ns) {
  Logs due;
  due.swap(asked_);
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
    } else if (deadlines_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, std::chrono::nanoseconds(deadlines_.begin()->first - now_ns));
    }
  }
}

FileResult<void> Flusher::flush_all(const std::vector<Flushable*>& logs) {
  std::vector<Flushable*> flushed;
  FileResult<void> done = run_round(logs, &flushed);
  for (Flushable* log : flushed) log->after_flush();
  return done;
}

// Adds the logs that were flushed to `flushed`.
FileResult<void> Flusher::run_round(const std::vector<Flushable*>& logs,
                                    std::vector<Flushable*>* flushed) {
  const std::lock_guard round(round_mutex_);
  std::vector<FlushOrder> orders;
  std::vector<Flushable*> ordered;
  if (!health_.online()) return {};
  for (Flushable* log : logs) {
    FlushOrder order;
    if (!log->begin_flush(&order)) continue;
    orders.push_back(std::move(order));
    ordered.push_back(log);
  }
  if (orders.empty()) return {};
  FileResult<void> synced = sync(orders);
  if (!synced.ok() && synced.error().kind == FileErrorKind::too_many_files) {
    // A folder could not be opened to be synced. Nothing was lost.
    for (size_t i = 0; i < orders.size(); ++i) ordered[i]->flush_postponed(orders[i]);
    return synced;
  }
  if (!synced.ok()) health_.fail("a flush failed: " + synced.error().detail);
  // A write that failed meanwhile counts as well: its log must not pass for durable.
  if (!health_.online()) return {};
  for (size_t i = 0; i < orders.size(); ++i) ordered[i]->finish_flush(orders[i]);
  *flushed = std::move(ordered);
  return {};
}

FileResult<void> Flusher::sync(const std::vector<FlushOrder>& orders) {
  size_t files = 0;
  for (const FlushOrder& order : orders) files += order.files.size();
  if (files >= kFilesForFileSystemSync) {
    FileResult<void> synced = fs_.sync_file_system(path_);
    // Without the call, or a descriptor for it, each file is synced, which needs neither.
    const bool other_way = !synced.ok() && (synced.error().kind == FileErrorKind::unsupported ||
                                            synced.error().kind == FileErrorKind::too_many_files);
    if (!other_way) return synced;
  }
  if (files > 1) {
    // All writes are under way before the first is waited for.
    for (const FlushOrder& order : orders) {
      for (const auto& file : order.files) file->start_write_back(Position(0), 0);
    }
  }
  for (const FlushOrder& order : orders) {
    for (const auto& file : order.files) RETURN_IF_ERROR(file->sync_data());
    if (!order.folder.empty()) RETURN_IF_ERROR(fs_.sync_directory(order.folder));
  }
  return {};
}

}  // namespace odradek
