// The part of LogDirectoryImpl that opens partitions.
#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "log/log_directory_impl.h"
#include "log/partition_folder.h"
#include "log/partition_metadata.h"
#include "log/side_by_side.h"
#include "log/storage_error.h"
#include "log/uuid_text.h"

namespace odradek {
namespace {

constexpr size_t kLoadedTogetherMin = 64;

}  // namespace

LogResult<std::shared_ptr<PartitionLog>> LogDirectoryImpl::open_partition(const TopicPartition& id,
                                                                          const Uuid& topic_id,
                                                                          const LogConfig& config) {
  const std::lock_guard lock(mutex_);
  return answer(std::move(open_locked({{id, topic_id, config}}, MissingFolder::make).front()));
}

LogResult<std::shared_ptr<PartitionLog>> LogDirectoryImpl::answer(Opening opening) {
  if (opening.refused) return Err(std::move(*opening.refused));
  return std::shared_ptr<PartitionLog>(std::move(opening.log));
}

std::vector<LogResult<std::shared_ptr<PartitionLog>>> LogDirectoryImpl::open_partitions(
    const std::vector<PartitionToOpen>& partitions) {
  const std::lock_guard lock(mutex_);
  std::vector<LogResult<std::shared_ptr<PartitionLog>>> results;
  // Each of those that are loaded together has a file open until it is synced.
  const size_t together = std::max(kLoadedTogetherMin, options_.open_files_max);
  for (size_t from = 0; from < partitions.size(); from += together) {
    const auto first = partitions.begin() + static_cast<ptrdiff_t>(from);
    const auto count = static_cast<ptrdiff_t>(std::min(together, partitions.size() - from));
    std::vector<Opening> openings = open_locked({first, first + count}, MissingFolder::leave);
    if (context_->active_files.open() > context_->active_files.files_max()) let_go_of(openings);
    for (Opening& opening : openings) results.push_back(answer(std::move(opening)));
  }
  return results;
}

void LogDirectoryImpl::let_go_of(const std::vector<Opening>& openings) {
  std::vector<Flushable*> flushables;
  for (const Opening& opening : openings) {
    if (opening.log) flushables.push_back(opening.log.get());
  }
  // What fails has taken the directory offline, or is tried again when files are used.
  if (!context_->flusher.sync(flushables).ok()) return;
  for (const Opening& opening : openings) {
    if (opening.log) opening.log->let_go_of_file();
  }
}

// Each of the answers has either a log or a refusal.
std::vector<LogDirectoryImpl::Opening> LogDirectoryImpl::open_locked(
    const std::vector<PartitionToOpen>& partitions, MissingFolder missing) {
  std::vector<Opening> openings(partitions.size());
  const auto refuse = [&](size_t i, const LogResult<bool>& done) {
    if (!done.ok()) openings[i].refused = done.error();
  };
  std::map<TopicPartition, size_t> first;
  std::vector<size_t> again;  // asked for twice: they get what the first gets
  for (size_t i = 0; i < partitions.size(); ++i) {
    if (first.emplace(partitions[i].topic_partition, i).second) {
      refuse(i, begin_opening(partitions[i], missing, &openings[i]));
    } else {
      again.push_back(i);
    }
  }
  load_all(partitions, &openings);
  LogResult<bool> ready = sync_loaded(partitions, openings);
  if (ready.ok()) ready = know_recovery_points(partitions, openings);
  for (size_t i = 0; i < partitions.size(); ++i) {
    if (!openings[i].loaded) continue;
    refuse(i, ready.ok() ? finish_opening(partitions[i], &openings[i]) : ready);
  }
  for (const size_t i : again) {
    const TopicPartition& id = partitions[i].topic_partition;
    if (logs_.count(id) > 0) {
      refuse(i, begin_opening(partitions[i], missing, &openings[i]));
    } else {
      openings[i].refused = openings[first.at(id)].refused;
    }
  }
  return openings;
}

LogResult<bool> LogDirectoryImpl::begin_opening(const PartitionToOpen& partition,
                                                MissingFolder missing, Opening* opening) {
  const TopicPartition& id = partition.topic_partition;
  const auto open = logs_.find(id);
  if (open == logs_.end()) {
    RETURN_IF_ERROR(begin_changes());
    auto is_there = prepare_folder(id, partition.topic_id, missing);
    if (!is_there.ok()) return Err(is_there.error());
    opening->to_load = *is_there;
    if (!*is_there) opening->loaded = unmade_partition(context_->clock.now());
    return true;
  }
  if (open->second->topic_id() != partition.topic_id) {
    return Err(
        LogError{ErrorCode::inconsistent_topic_id,
                 folder_of(id) + " belongs to topic id " + format_uuid(open->second->topic_id()),
                 {}});
  }
  opening->log = open->second;
  return true;
}

// Side by side: each reads what it has to recover.
void LogDirectoryImpl::load_all(const std::vector<PartitionToOpen>& partitions,
                                std::vector<Opening>* openings) {
  side_by_side(partitions.size(), options_.background, [&](const NextIndex& next) {
    std::vector<uint8_t> buffer;
    for (size_t i = next(); i < partitions.size(); i = next()) {
      Opening& opening = (*openings)[i];
      if (!opening.to_load) continue;
      auto ahead = ahead_.take(partitions[i].topic_partition);
      if (ahead) opening.loaded = std::move(*ahead);
      if (!ahead) opening.loaded = load(partitions[i], &buffer, false);
    }
  });
}

// Nothing that a load reads after a clean stop depends on the configuration.
void LogDirectoryImpl::load_ahead() {
  ahead_.start(found_.partitions, [this](const PartitionOnDisk& found) {
    std::vector<uint8_t> none;  // is used for scans alone
    return load({found.topic_partition, found.topic_id, LogConfig()}, &none, true);
  });
}

LogResult<LoadedPartition> LogDirectoryImpl::load(const PartitionToOpen& partition,
                                                  std::vector<uint8_t>* buffer,
                                                  bool only_look) const {
  const TopicPartition& id = partition.topic_partition;
  LoadRequest request;
  request.fs = &fs_;
  request.open_files = &context_->open_files;
  request.health = &context_->health;
  request.folder = folder_of(id);
  request.config = partition.config;
  request.now = context_->clock.now();
  request.buffer = buffer;
  request.only_look = only_look;
  request.clean = found_.clean;
  request.recovery_point = context_->checkpoints.recovery_point(id);
  request.gapless_above = found_.journal && context_->checkpoints.knows_recovery_point(id);
  request.resume_point = context_->resume_points.find({partition.topic_id, id.partition});
  request.log_start = context_->checkpoints.log_start(id);
  return load_partition(request);
}

LogResult<bool> LogDirectoryImpl::sync_loaded(const std::vector<PartitionToOpen>& partitions,
                                              const std::vector<Opening>& openings) {
  std::vector<std::shared_ptr<File>> files;
  std::vector<std::string> folders;
  std::vector<std::string> new_folders;
  for (size_t i = 0; i < openings.size(); ++i) {
    if (!openings[i].loaded || !openings[i].loaded->ok()) continue;
    const LoadedPartition& loaded = **openings[i].loaded;
    files.insert(files.end(), loaded.unsynced.begin(), loaded.unsynced.end());
    const std::string folder = folder_of(partitions[i].topic_partition);
    const bool is_new = loaded.is_made && loaded.is_young && !loaded.is_shown_unsynced;
    if (loaded.folder_unsynced || is_new) folders.push_back(folder);
    if (is_new) new_folders.push_back(folder);
  }
  auto everything = sync_with_metadata(fs_, options_.path, std::move(files), new_folders);
  if (!everything.ok()) return changed(Err(everything.error()));
  if (*everything) return true;
  auto all_folders = sync_at_once(fs_, options_.path, folders.size());
  if (!all_folders.ok()) return changed(Err(all_folders.error()));
  if (*all_folders) return true;
  for (const std::string& folder : folders) RETURN_IF_ERROR(changed(fs_.sync_directory(folder)));
  return true;
}

// What was opened and synced is known from here on, also after a crash: a gap in it is no hole.
LogResult<bool> LogDirectoryImpl::know_recovery_points(
    const std::vector<PartitionToOpen>& partitions, const std::vector<Opening>& openings) {
  bool added = false;
  bool at_once = false;
  for (size_t i = 0; i < partitions.size(); ++i) {
    const TopicPartition& id = partitions[i].topic_partition;
    if (!openings[i].loaded || !openings[i].loaded->ok()) continue;
    const LoadedPartition& loaded = **openings[i].loaded;
    if (loaded.unfinished || context_->checkpoints.knows_recovery_point(id)) continue;
    context_->checkpoints.add_recovery_point(id, loaded.synced.offset);
    added = true;
    at_once = at_once || loaded.is_made;
  }
  if (at_once) return context_->checkpoints.write_recovery_points();
  // Nobody waits for those that hold nothing. The first flush comes after it.
  if (added) checkpoint_soon();
  return true;
}

LogResult<bool> LogDirectoryImpl::finish_opening(const PartitionToOpen& partition,
                                                 Opening* opening) {
  if (!opening->loaded->ok()) return Err(opening->loaded->error());
  LoadedPartition& loaded = **opening->loaded;
  const TopicPartition& id = partition.topic_partition;
  // What is appended from here on may be torn by a crash, and would count as damage below it.
  RETURN_IF_ERROR(context_->checkpoints.lower_recovery_point(id, loaded.log_end.offset));
  if (!loaded.resume_point_stands) {
    RETURN_IF_ERROR(context_->resume_points.erase({partition.topic_id, id.partition}));
  }
  add_to_report(loaded.report);
  if (loaded.is_made && !loaded.is_shown_unsynced) loaded.is_young = false;
  const bool unfinished = loaded.unfinished;
  opening->log = std::make_shared<PartitionLogImpl>(context_, id, partition.topic_id, folder_of(id),
                                                    partition.config, std::move(loaded));
  if (unfinished) opening->log->finish_soon();
  logs_[id] = opening->log;
  return true;
}

void LogDirectoryImpl::add_to_report(const RecoveryReport& loaded) {
  const std::lock_guard facts(facts_mutex_);
  ++report_.partitions;
  report_.segments_scanned += loaded.segments_scanned;
  report_.bytes_scanned += loaded.bytes_scanned;
  report_.bytes_cut += loaded.bytes_cut;
  report_.indexes_rebuilt += loaded.indexes_rebuilt;
  // Lives shorter than the time between checkpoints would each begin with more to read.
  context_->note_unsaved(loaded.bytes_scanned);
}

// True if the folder is there, or made, durable with its topic id before any data; refuses one that
// belongs to another topic. False: it was left to the first append.
LogResult<bool> LogDirectoryImpl::prepare_folder(const TopicPartition& id, const Uuid& topic_id,
                                                 MissingFolder missing_folder) {
  const auto known = topic_ids_.find(id);
  if (known != topic_ids_.end() && known->second == topic_id) {
    RETURN_IF_ERROR(sync_names());
    return true;
  }
  const std::string folder = folder_of(id);
  auto status = fs_.status(folder);
  const bool missing = !status.ok();
  if (missing && status.error().kind != FileErrorKind::not_found) {
    return Err(storage_error(status.error()));
  }
  if (missing) {
    RETURN_IF_ERROR(context_->checkpoints.forget(id));
    RETURN_IF_ERROR(context_->resume_points.erase({topic_id, id.partition}));
    // The metadata log's neighbours lie in its folder, its first snapshot before any batch.
    const bool is_left = missing_folder == MissingFolder::leave && id.topic != kMetadataTopic;
    if (is_left) return false;
    names_unsynced_ = true;
    RETURN_IF_ERROR(changed(fs_.create_directories(folder)));
  }
  const std::string metadata = folder + "/" + kPartitionMetadataFile;
  auto text = read_whole_file(fs_, metadata, 1024);
  if (text.ok() && !is_unfinished_partition_metadata(as_text(*text), topic_id)) {
    const auto found = parse_partition_metadata(as_text(*text));
    if (!found) return Err(storage_error(metadata + " is not what Apache Kafka writes"));
    if (*found == topic_id || topic_id.is_zero()) return sync_names();
    return Err(LogError{
        ErrorCode::inconsistent_topic_id,
        folder + " belongs to topic id " + format_uuid(*found) + ", not " + format_uuid(topic_id),
        {}});
  }
  if (!text.ok() && text.error().kind != FileErrorKind::not_found) {
    return Err(storage_error(text.error()));
  }
  if (!topic_id.is_zero()) {
    const std::string content = format_partition_metadata(topic_id);
    RETURN_IF_ERROR(changed(replace_file(fs_, metadata, as_bytes(content))));
  }
  return sync_names();
}

LogResult<bool> LogDirectoryImpl::sync_names() {
  if (names_unsynced_) RETURN_IF_ERROR(changed(fs_.sync_directory(options_.path)));
  names_unsynced_ = false;
  return true;
}

}  // namespace odradek
