#include "log/log_directory_impl.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "log/clean_shutdown.h"
#include "log/file_deleter.h"
#include "log/partition_metadata.h"
#include "log/partition_name.h"
#include "log/side_by_side.h"
#include "log/storage_error.h"
#include "log/uuid_text.h"

namespace odradek {
namespace {

// The names of their files are in memory at once, and some of what they hold.
constexpr size_t kClosedTogether = 1U << 15;
constexpr size_t kClosedBytesMax = 64U << 20;

}  // namespace

LogDirectoryImpl::LogDirectoryImpl(const LogDirectoryOptions& options,
                                   std::shared_ptr<LogContext> context, Found found)
    : options_(options),
      context_(std::move(context)),
      fs_(context_->fs),
      file_delete_delay_ms_(options.file_delete_delay_ms),
      found_(std::move(found)) {
  report_.clean = found_.clean;
  for (const PartitionOnDisk& partition : found_.partitions) {
    if (!partition.topic_id.is_zero()) topic_ids_[partition.topic_partition] = partition.topic_id;
  }
  context_->flusher.on_journal_filling([this] { checkpoint_soon(); });
  context_->checkpoint_due = [this] { checkpoint_soon(); };
  context_->active_files.on_excess([this] { checkpoint_soon(); });
  context_->flusher.before_young(
      [context = context_.get()] { return context->checkpoints.write_added_recovery_points(); });
  // The thread that fails may hold a log's lock, so the observers are told by a helper. It may also
  // outlive this object, which the helpers do not, and then holds the context.
  context_->health.on_failure([this, context = context_.get()] {
    context->helpers.post([this, context] {
      context->resume_points.drop_cached();
      for (const auto& log : logs()) log->tell_out_of_service();
    });
  });
}

// Without close() this is an unclean stop: threads end, files stay as they are.
LogDirectoryImpl::~LogDirectoryImpl() {
  context_->health.on_failure(nullptr);
  if (!context_->health.online()) context_->resume_points.drop_cached();
  ahead_.stop();
  context_->flusher.stop();
  context_->helpers.stop();
  for (const auto& log : logs()) {
    log->retire(ErrorCode::kafka_storage_error);
    log->tell_out_of_service();
    log->close_files();
  }
  context_->journal.close();
}

LogResult<bool> LogDirectoryImpl::format(const MetaProperties& properties) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(begin_changes());
  const std::string text = format_meta_properties(properties, true);
  RETURN_IF_ERROR(
      changed(replace_file(fs_, options_.path + "/" + kMetaPropertiesFile, as_bytes(text))));
  const std::lock_guard facts(facts_mutex_);
  found_.meta_properties = properties;
  return true;
}

std::optional<MetaProperties> LogDirectoryImpl::meta_properties() const {
  const std::lock_guard lock(facts_mutex_);
  return found_.meta_properties;
}

std::vector<PartitionOnDisk> LogDirectoryImpl::partitions_on_disk() const {
  const std::lock_guard lock(facts_mutex_);
  return found_.partitions;
}

std::shared_ptr<PartitionLog> LogDirectoryImpl::find(const TopicPartition& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(id);
  return found == logs_.end() ? nullptr : found->second;
}

LogResult<bool> LogDirectoryImpl::delete_partition(const TopicPartition& id) {
  return take_out(id, kDeleteSuffix);
}

void LogDirectoryImpl::set_file_delete_delay(int64_t delay_ms) {
  ASSERT(delay_ms >= 0);
  file_delete_delay_ms_.store(delay_ms);
}

LogResult<bool> LogDirectoryImpl::set_aside(const TopicPartition& id) {
  return take_out(id, kStraySuffix);
}

// Ends the log, renames its folder and forgets its checkpoints; a folder to be deleted is removed
// later.
LogResult<bool> LogDirectoryImpl::take_out(const TopicPartition& id, std::string_view suffix) {
  std::shared_ptr<PartitionLogImpl> log;
  auto done = take_out_locked(id, suffix, &log);
  if (log) log->tell_out_of_service();
  return done;
}

LogResult<bool> LogDirectoryImpl::take_out_locked(const TopicPartition& id, std::string_view suffix,
                                                  std::shared_ptr<PartitionLogImpl>* log) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(begin_changes());
  static_cast<void>(ahead_.take(id));  // of a folder that is about to be another's
  context_->reserve.make_room();
  Uuid unique;
  const auto open = logs_.find(id);
  if (open != logs_.end()) {
    *log = open->second;
    unique = (*log)->topic_id();
    // Whatever may refuse this comes before the log goes out of service.
    RETURN_IF_ERROR(context_->flusher.exclusively(**log, [] { return LogResult<bool>(true); }));
    (*log)->retire(ErrorCode::not_leader_or_follower);
  }
  const std::string target = unused_name(id, unique, suffix);
  // Not while a flush is on its way into the folder.
  FileResult<void> renamed;
  const auto rename = [&]() -> LogResult<bool> {
    renamed = fs_.rename(folder_of(id), target);
    if (*log) (*log)->folder_gone();  // for this object, also where the rename was refused
    return true;
  };
  Flusher& flusher = context_->flusher;
  RETURN_IF_ERROR(*log ? flusher.exclusively(**log, rename) : flusher.exclusively(rename));
  logs_.erase(id);
  topic_ids_.erase(id);
  const bool missing = !renamed.ok() && renamed.error().kind == FileErrorKind::not_found;
  if (!missing) RETURN_IF_ERROR(changed(renamed));
  context_->checkpoints.remove(id);
  if (*log) context_->resume_points.forget((*log)->journal_identity());
  if (missing) return sync_names();
  names_unsynced_ = true;
  RETURN_IF_ERROR(sync_names());
  {
    const std::lock_guard facts(facts_mutex_);
    std::erase_if(found_.partitions, [&](const auto& p) { return p.topic_partition == id; });
  }
  if (suffix == kDeleteSuffix) remove_folder_later(target, file_delete_delay_ms_.load());
  return true;
}

// The topic id makes the name unique; a topic whose partition comes and goes, clock and counter.
std::string LogDirectoryImpl::unused_name(const TopicPartition& id, Uuid unique,
                                          std::string_view suffix) {
  for (;;) {
    uint64_t salt = static_cast<uint64_t>(context_->clock.now().value) + marked_++;
    Uuid salted = unique;
    for (size_t i = 0; i < 8; ++i, salt >>= 8) {
      salted.bytes[i] = static_cast<uint8_t>(salted.bytes[i] ^ (salt & 0xff));
    }
    std::string name = options_.path + "/" + marked_folder_name(id, uuid_hex(salted), suffix);
    if (!fs_.status(name).ok()) return name;
  }
}

LogResult<bool> LogDirectoryImpl::close(BrokerEpoch epoch) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return true;
    if (!changing_) {  // nothing was opened: the directory is as it was found
      closed_ = true;
      found_.lock = nullptr;
      return true;
    }
    if (!context_->health.online()) return Err(storage_error(context_->health.reason()));
    context_->reserve.give_up();
    RETURN_IF_ERROR(recover_unopened());
    closing_ = true;  // nothing is opened any more that would not be closed
  }
  ahead_.stop();
  {
    const std::lock_guard no_checkpoint(checkpoint_mutex_);  // which writes the same files
    const Logs all = logs();
    LogResult<bool> done = close_all(all);
    if (!done.ok() && !done.error().disk_failed && context_->health.online()) {
      RETURN_IF_ERROR(give_up_journal(all));
      done = close_all(all);
    }
    if (!done.ok()) return done;
  }
  RETURN_IF_ERROR(context_->checkpoints.write(true));
  context_->flusher.stop();
  context_->helpers.stop();
  if (!context_->health.online()) return Err(storage_error(context_->health.reason()));
  // From here on it is Kafka's directory: the marker last, when there is nothing else to know.
  RETURN_IF_ERROR(changed(context_->journal.remove()));
  RETURN_IF_ERROR(write_meta_version(false));
  RETURN_IF_ERROR(changed(write_clean_shutdown(fs_, options_.path, epoch)));
  const std::lock_guard lock(mutex_);
  closed_ = true;
  found_.lock = nullptr;
  return true;
}

LogResult<bool> LogDirectoryImpl::close_all(const Logs& all) {
  Logs together;
  size_t bytes = 0;
  for (const auto& log : all) {
    together.push_back(log);
    bytes += log->clean_bytes();
    if (together.size() < kClosedTogether && bytes < kClosedBytesMax && log != all.back()) continue;
    RETURN_IF_ERROR(close_logs(together));
    together.clear();
    bytes = 0;
  }
  return true;
}

// Room for the files of a clean stop on a disk that has none: what the journal holds is in the
// segments as well, and once all of those are synced nobody needs it.
LogResult<bool> LogDirectoryImpl::give_up_journal(const Logs& all) {
  std::vector<Flushable*> flushables;
  for (const auto& log : all) {
    RETURN_IF_ERROR(log->begin_close());
    flushables.push_back(log.get());
  }
  RETURN_IF_ERROR(context_->flusher.sync(flushables));
  return changed(context_->journal.remove());
}

// Their folders become exactly what Apache Kafka leaves at a clean stop.
LogResult<bool> LogDirectoryImpl::close_logs(const Logs& logs) {
  std::vector<Flushable*> flushables;
  for (const auto& log : logs) {
    RETURN_IF_ERROR(log->begin_close());
    flushables.push_back(log.get());
  }
  RETURN_IF_ERROR(context_->flusher.sync(flushables));
  FileChanges changes;
  LogResult<bool> done = write_clean(logs, &changes);
  const auto complete = [&] { return complete_changes(fs_, options_.path, changes); };
  if (done.ok()) done = changed(context_->flusher.between_syncs(complete));
  if (!done.ok()) {
    for (const auto& log : logs) log->epochs_not_written();  // another close writes all again
    return done;
  }
  for (const auto& log : logs) {
    log->finish_close();
    log->tell_out_of_service();
  }
  return true;
}

// Side by side: the kernel takes its time to make a file.
LogResult<bool> LogDirectoryImpl::write_clean(const Logs& logs, FileChanges* changes) {
  std::mutex mutex;  // guards both
  LogResult<bool> all = true;
  side_by_side(logs.size(), options_.background, [&](const NextIndex& next) {
    FileChanges own;
    LogResult<bool> done = true;
    for (size_t i = next(); i < logs.size() && done.ok(); i = next()) {
      done = logs[i]->write_clean(&own);
    }
    const std::lock_guard lock(mutex);
    changes->add(std::move(own));
    if (!done.ok()) all = std::move(done);
  });
  return all;
}

// The marker will speak for every partition, also for those that nobody opened after an unclean
// stop.
LogResult<bool> LogDirectoryImpl::recover_unopened() {
  if (found_.clean) return true;
  // Nobody told what these are configured to; a compacted one may have gaps anywhere.
  LogConfig unknown;
  unknown.validation.compacted = true;
  std::vector<PartitionToOpen> unopened;
  for (const PartitionOnDisk& partition : found_.partitions) {
    if (logs_.contains(partition.topic_partition)) continue;
    unopened.push_back({partition.topic_partition, partition.topic_id, unknown});
  }
  for (const Opening& opening : open_locked(unopened, MissingFolder::make)) {
    if (opening.refused) return Err(*opening.refused);
  }
  return true;
}

// Before the first change: the directory is no longer cleanly closed. What refused to open, or was
// only looked at, stays as it was.
LogResult<bool> LogDirectoryImpl::begin_changes() {
  if (closed_ || closing_) return Err(storage_error(options_.path + " is closed"));
  if (!context_->health.online()) return Err(storage_error(context_->health.reason()));
  if (changing_) return true;
  context_->reserve.make_room();
  RETURN_IF_ERROR(mark_in_use());
  RETURN_IF_ERROR(begin_journal());
  if (options_.background) {
    if (!context_->flusher.start() || !context_->helpers.start(options_.helper_threads)) {
      return Err(
          storage_error("the system has no thread left for the helpers of " + options_.path));
    }
  }
  changing_ = true;
  for (const std::string& name : found_.doomed) {
    remove_folder_later(options_.path + "/" + name, 0);
  }
  schedule_upkeep();
  schedule_producer_check();
  checkpoint_soon();
  if (found_.clean && options_.background) load_ahead();
  return true;
}

void LogDirectoryImpl::schedule_upkeep() {
  context_->helpers.post_after(options_.checkpoint_interval_ms, [this] {
    upkeep();
    schedule_upkeep();
  });
}

void LogDirectoryImpl::upkeep() {
  for (const auto& log : logs()) log->tidy_up();
  // A failure has taken the directory offline already; a full disk passes.
  context_->journal.allow_growth();
  context_->reserve.keep();
  static_cast<void>(checkpoint());
}

void LogDirectoryImpl::schedule_producer_check() {
  context_->helpers.post_after(options_.producer_check_interval_ms, [this] {
    for (const auto& log : logs()) log->forget_idle_producers();
    schedule_producer_check();
  });
}

void LogDirectoryImpl::run_once() {
  context_->flusher.run_due();
  context_->helpers.run_due();
}

RecoveryReport LogDirectoryImpl::recovery_report() const {
  const std::lock_guard lock(facts_mutex_);
  return report_;
}

int64_t LogDirectoryImpl::free_bytes() const {
  auto free = fs_.free_bytes(options_.path);
  return free.ok() ? *free : 0;
}

int64_t LogDirectoryImpl::total_bytes() const {
  auto total = fs_.total_bytes(options_.path);
  return total.ok() ? *total : -1;
}

// The answer after a call that changes the directory. Where nothing stands at the path, or not what
// was thought, the caller was wrong and not the disk.
LogResult<bool> LogDirectoryImpl::changed(const FileResult<void>& done) {
  if (done.ok()) return true;
  const FileErrorKind kind = done.error().kind;
  if (kind == FileErrorKind::not_found || kind == FileErrorKind::not_a_directory) {
    return Err(storage_error(done.error()));
  }
  return Err(context_->health.change_failed(done.error()));
}

void LogDirectoryImpl::remove_folder_later(const std::string& path, int64_t delay_ms) {
  context_->helpers.post_after(delay_ms, [fs = &fs_, path] {
    // What cannot be removed now is removed at the next start.
    static_cast<void>(remove_folder(*fs, path));
  });
}

LogDirectoryImpl::Logs LogDirectoryImpl::logs() const {
  const std::lock_guard lock(mutex_);
  Logs all;
  for (const auto& [id, log] : logs_) all.push_back(log);
  return all;
}

std::string LogDirectoryImpl::folder_of(const TopicPartition& id) const {
  return options_.path + "/" + partition_folder_name(id);
}

}  // namespace odradek
