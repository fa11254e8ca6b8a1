// The part of LogDirectoryImpl that marks a directory as in use and tends its journal.
#include "base/assert.h"
#include "log/clean_shutdown.h"
#include "log/journal_replay.h"
#include "log/log_directory_impl.h"
#include "log/storage_error.h"

namespace odradek {

// Apache Kafka must refuse the directory from here on, and this is no longer a clean stop.
LogResult<bool> LogDirectoryImpl::mark_in_use() {
  if (found_.clean) RETURN_IF_ERROR(changed(remove_clean_shutdown(fs_, options_.path)));
  RETURN_IF_ERROR(write_meta_version(true));
  if (found_.journal) return true;
  RETURN_IF_ERROR(changed(fs_.create_directories(options_.path + "/" + kJournalFolder)));
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
  std::map<std::pair<Uuid, PartitionIndex>, std::string> folders;
  for (const PartitionOnDisk& partition : found_.partitions) {
    folders[{partition.topic_id, partition.topic_partition.partition}] =
        folder_of(partition.topic_partition);
  }
  const auto folder_of_partition = [&](const Uuid& topic_id, PartitionIndex partition) {
    const auto found = folders.find({topic_id, partition});
    return found == folders.end() ? std::nullopt : std::make_optional(found->second);
  };
  auto replayed = replay_journal(fs_, context_->health, options_.path, folder_of_partition);
  if (!replayed.ok()) return Err(replayed.error());
  {
    const std::lock_guard facts(facts_mutex_);
    report_.journal = *replayed;
  }
  return changed(context_->journal.begin(options_.run));
}

// Has a helper make room in the journal. Called by the flusher.
void LogDirectoryImpl::journal_filling() {
  if (tending_journal_.exchange(true)) return;
  context_->helpers.post([this] {
    tend_journal();
    tending_journal_.store(false);
  });
}

void LogDirectoryImpl::tend_journal() {
  Journal& journal = context_->journal;
  if (journal.wants_part()) journal.grow();
  // What fails has taken the directory offline, or is tried again.
  if (journal.wants_release()) static_cast<void>(release_journal());
}

LogResult<bool> LogDirectoryImpl::release_journal() {
  return context_->flusher.release_journal([this] {
    const Logs open = logs();
    return std::vector<std::shared_ptr<Flushable>>(open.begin(), open.end());
  });
}

}  // namespace odradek
