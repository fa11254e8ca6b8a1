// The part of LogDirectoryImpl that marks a directory as in use and tends its journal.
#include <algorithm>
#include <mutex>
#include <utility>

#include "base/assert.h"
#include "log/clean_shutdown.h"
#include "log/journal_replay.h"
#include "log/log_directory_impl.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr size_t kFilesAtOnce = 256;      // are open together
constexpr int kCachedCheckpointsMax = 8;  // between two that sync

}  // namespace

// Apache Kafka must refuse the directory from here on, and this is no longer a clean stop. All of
// it is durable when this returns, by the sync that comes last.
LogResult<bool> LogDirectoryImpl::mark_in_use() {
  RETURN_IF_ERROR(write_meta_version(true));
  if (!found_.clean && !found_.journal && !found_.partitions.empty()) {
    RETURN_IF_ERROR(changed(context_->checkpoints.disown_recovery_points()));
    // Before the journal is there, by which the directory is ours.
    RETURN_IF_ERROR(changed(fs_.sync_directory(options_.path)));
  }
  RETURN_IF_ERROR(changed(fs_.create_directories(options_.path + "/" + kJournalFolder)));
  if (found_.clean) return changed(remove_clean_shutdown(fs_, options_.path));
  return changed(fs_.sync_directory(options_.path));
}

// Does nothing in a directory that was never formatted.
LogResult<bool> LogDirectoryImpl::write_meta_version(bool in_use) {
  const std::string file = options_.path + "/" + kMetaPropertiesFile;
  auto text = read_whole_file(fs_, file, kMetaPropertiesBytesMax);
  if (!text.ok() && text.error().kind == FileErrorKind::not_found) return true;
  if (!text.ok()) return Err(storage_error(text.error()));
  const std::string changed_text = with_meta_properties_version(as_text(*text), in_use);
  if (changed_text == as_text(*text)) return true;
  return changed(replace_file(fs_, file, as_bytes(changed_text)));
}

// Brings what an earlier run's journal says into the segments, then begins a new one.
LogResult<bool> LogDirectoryImpl::begin_journal() {
  if (context_->journal.begun()) return true;
  if (found_.journal) RETURN_IF_ERROR(replay());
  return changed(context_->journal.begin(options_.run));
}

LogResult<bool> LogDirectoryImpl::replay() {
  std::map<std::pair<Uuid, PartitionIndex>, std::string> folders;
  for (const PartitionOnDisk& partition : found_.partitions) {
    folders[{partition.topic_id, partition.topic_partition.partition}] =
        folder_of(partition.topic_partition);
  }
  auto replayed = replay_journal(
      fs_, context_->health, options_.path, [&](const Uuid& topic_id, PartitionIndex partition) {
        const auto found = folders.find({topic_id, partition});
        return found == folders.end() ? std::nullopt : std::make_optional(found->second);
      });
  if (!replayed.ok()) return Err(replayed.error());
  const std::lock_guard facts(facts_mutex_);
  report_.journal = *replayed;
  return true;
}

// Has a helper make room in the journal, and bring recovery nearer to the log ends. Called by the
// flusher and by appends.
void LogDirectoryImpl::checkpoint_soon() {
  if (checkpoint_posted_.exchange(true)) return;
  context_->helpers.post([this] {
    checkpoint_posted_.store(false);
    tend_journal();
  });
}

void LogDirectoryImpl::tend_journal() {
  Journal& journal = context_->journal;
  if (journal.wants_part()) journal.grow();
  context_->reserve.keep();
  static_cast<void>(context_->checkpoints.write_recovery_points());
  // Files that were opened meanwhile asked for it, and were turned away.
  if (let_go_of_files()) checkpoint_soon();
  const int64_t bytes = context_->bytes_since_checkpoint.load(std::memory_order_relaxed);
  // What fails has taken the directory offline, or is tried again.
  if (journal.wants_release()) {
    static_cast<void>(checkpoint());
  } else if (bytes >= context_->checkpoint_bytes) {
    static_cast<void>(checkpoint_by_bytes());
  }
}

// Where more active segments are open than may be, some are closed, down to three quarters, those
// that were opened first before others. Of a file that is closed everything is synced, lest an
// error of its write-back be missed. Those that are synced go first: after a checkpoint that is
// enough on a load over many partitions, and where no descriptor is left a sync may not be had.
// True if some were closed, and too many are open again.
bool LogDirectoryImpl::let_go_of_files() {
  const std::unique_lock one_at_a_time(letting_go_mutex_, std::try_to_lock);
  const ActiveFiles& files = context_->active_files;
  if (!one_at_a_time.owns_lock() || files.open() <= files.files_max()) return false;
  std::vector<std::pair<int64_t, std::shared_ptr<PartitionLogImpl>>> open;
  for (const auto& log : logs()) {
    const int64_t turn = log->opened_turn();
    if (turn >= 0) open.emplace_back(turn, log);
  }
  std::sort(open.begin(), open.end());
  const int64_t kept = files.files_max() / 4 * 3;
  std::vector<std::shared_ptr<PartitionLogImpl>> unsynced;
  for (const auto& [turn, log] : open) {
    if (files.open() <= kept) return false;
    if (log->let_go_of_file() == ActiveFileUse::unsynced) unsynced.push_back(log);
  }
  const auto excess = static_cast<size_t>(std::max<int64_t>(0, files.open() - kept));
  unsynced.resize(std::min(unsynced.size(), excess));
  std::vector<Flushable*> flushables;
  flushables.reserve(unsynced.size());
  for (const auto& log : unsynced) flushables.push_back(log.get());
  // What fails has taken the directory offline, or is tried again.
  if (!context_->flusher.sync(flushables).ok()) return false;
  bool any = false;
  for (const auto& log : unsynced) any = log->let_go_of_file() == ActiveFileUse::none || any;
  return any && files.open() > files.files_max();
}

LogResult<bool> LogDirectoryImpl::checkpoint() {
  const std::lock_guard one_at_a_time(checkpoint_mutex_);
  return checkpoint_synced();
}

// If it may, only the resume points, and nothing is synced.
LogResult<bool> LogDirectoryImpl::checkpoint_by_bytes() {
  const std::lock_guard one_at_a_time(checkpoint_mutex_);
  return may_stay_in_cache() ? write_resume_points(false) : checkpoint_synced();
}

// In this order: nothing is told to a checkpoint file before what it speaks of is on the disk.
LogResult<bool> LogDirectoryImpl::checkpoint_synced() {
  RETURN_IF_ERROR(write_resume_points(true));
  return context_->checkpoints.write(false);
}

// Points that are not synced count as long as this kernel runs. With batches on the page cache
// alone a sync makes the disk do now what the kernel would do at leisure. Not for ever: after a
// power cut, and in another container, the synced ones are all there is.
bool LogDirectoryImpl::may_stay_in_cache() const {
  const int64_t bytes = context_->bytes_since_checkpoint.load(std::memory_order_relaxed);
  const int64_t cached = context_->cached_since_checkpoint.load(std::memory_order_relaxed);
  const bool mostly_synced = cached < bytes / 2;
  return !mostly_synced && cached_checkpoints_ < kCachedCheckpointsMax &&
         context_->resume_points.outlive_process();
}

LogResult<bool> LogDirectoryImpl::write_resume_points(bool synced) {
  context_->bytes_since_checkpoint.store(0, std::memory_order_relaxed);
  context_->cached_since_checkpoint.store(0, std::memory_order_relaxed);
  cached_checkpoints_ = synced ? 0 : cached_checkpoints_ + 1;
  const Logs all = logs();
  for (const auto& log : all) log->begin_checkpoint(synced);
  if (synced) RETURN_IF_ERROR(sync_logs());
  for (const auto& log : all) log->write_indexes();
  RETURN_IF_ERROR(write_epochs(all));
  // A log that was taken out meanwhile is passed over.
  for (const auto& log : all) static_cast<void>(log->finish_checkpoint());
  if (!context_->health.online()) return Err(storage_error(context_->health.reason()));
  return context_->resume_points.write();
}

LogResult<bool> LogDirectoryImpl::sync_logs() {
  return context_->flusher.release_journal([this] {
    const Logs open = logs();
    return std::vector<std::shared_ptr<Flushable>>(open.begin(), open.end());
  });
}

LogResult<bool> LogDirectoryImpl::write_epochs(const Logs& logs) {
  LogResult<bool> written = true;
  std::vector<FileContent> contents;
  Logs told;
  for (size_t i = 0; i < logs.size(); ++i) {
    if (auto content = logs[i]->epochs_to_write()) {
      contents.push_back(std::move(*content));
      told.push_back(logs[i]);
    }
    const bool is_last = i + 1 == logs.size();
    if (contents.size() < kFilesAtOnce && !is_last) continue;
    if (written.ok()) written = changed(replace_files(fs_, options_.path, contents));
    if (!written.ok()) {
      for (const auto& log : told) log->epochs_not_written();
    }
    contents.clear();
    told.clear();
  }
  return written;
}

}  // namespace odradek
