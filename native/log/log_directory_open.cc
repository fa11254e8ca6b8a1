// LogDirectory::open: looks at a directory and refuses it with one sentence, changing nothing.
#include <random>

#include "base/assert.h"
#include "log/clean_shutdown.h"
#include "log/log_directory_impl.h"
#include "log/partition_metadata.h"
#include "log/partition_name.h"
#include "log/side_by_side.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr const char* kLockFile = ".lock";

LogError refuse(const std::string& path, const FileError& error) {
  const std::string directory = "the data directory " + path;
  switch (error.kind) {
    case FileErrorKind::locked:
      return storage_error(directory + " is in use by another broker or process (it holds " +
                           kLockFile + "); stop that one or choose another directory");
    case FileErrorKind::permission:
      return storage_error(directory + " may not be used (" + error.detail +
                           "); give this user the right to it or choose another directory");
    case FileErrorKind::not_a_directory:
    case FileErrorKind::exists:
      return storage_error(directory + " is not a directory (" + error.detail +
                           "); choose another one");
    case FileErrorKind::no_space:
      return storage_error("the disk of " + directory + " is full (" + error.detail +
                           "); make room or choose another directory");
    case FileErrorKind::read_only:
      return storage_error(directory + " is on a read-only file system (" + error.detail +
                           "); choose another one");
    default:
      return storage_error(directory + " cannot be opened: " + error.detail);
  }
}

LogResult<std::optional<MetaProperties>> read_meta_properties(FileSystem& fs,
                                                              const std::string& path) {
  const std::string file = path + "/" + kMetaPropertiesFile;
  auto text = read_whole_file(fs, file, kMetaPropertiesBytesMax);
  if (!text.ok()) {
    if (text.error().kind == FileErrorKind::not_found) return std::optional<MetaProperties>();
    return Err(refuse(path, text.error()));
  }
  auto parsed = parse_meta_properties(as_text(*text));
  if (!parsed.ok()) return Err(storage_error(file + " " + parsed.error()));
  return std::optional<MetaProperties>(std::move(*parsed));
}

// Makes the names that lead to the directory durable, so that the next power cut does not take it
// away. Also of one that was there: who made it may have died before he synced them. Those of
// somebody else, which may not be read here, are his.
FileResult<void> sync_names_above(FileSystem& fs, const std::string& path) {
  for (std::string name = path; !name.empty() && name != "/" && name != ".";) {
    const size_t slash = name.rfind('/');
    std::string parent = slash == std::string::npos ? "." : name.substr(0, slash);
    if (slash == 0) parent = "/";
    FileResult<void> synced = fs.sync_directory(parent);
    if (!synced.ok() && synced.error().kind != FileErrorKind::permission) return synced;
    name = std::move(parent);
  }
  return {};
}

// Zero if the folder has no partition.metadata, or not what Kafka writes: opening it tells. One
// that cannot be read refuses the directory: the journal names partitions by their topic id.
FileResult<Uuid> topic_id_of(FileSystem& fs, const std::string& folder) {
  auto text = read_whole_file(fs, folder + "/" + kPartitionMetadataFile, 1024);
  if (!text.ok() && text.error().kind == FileErrorKind::not_found) return Uuid();
  if (!text.ok()) return Err(text.error());
  return parse_partition_metadata(as_text(*text)).value_or(Uuid());
}

// Side by side where `threads` allows: each folder has a small file to be read.
LogResult<bool> list_partitions(FileSystem& fs, const std::string& path, bool threads,
                                LogDirectoryImpl::Found* found) {
  auto entries = fs.list(path);
  if (!entries.ok()) return Err(refuse(path, entries.error()));
  std::vector<std::string> folders;
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.is_directory) continue;
    if (entry.name.ends_with(kDeleteSuffix)) {
      found->doomed.push_back(entry.name);
    } else if (auto id = parse_partition_folder_name(entry.name)) {
      folders.push_back(path + "/" + entry.name);
      found->partitions.push_back({std::move(*id), Uuid()});
    }
  }
  std::vector<FileResult<void>> unread(folders.size());
  side_by_side(folders.size(), threads, [&](const NextIndex& next) {
    for (size_t i = next(); i < folders.size(); i = next()) {
      auto topic_id = topic_id_of(fs, folders[i]);
      if (topic_id.ok()) found->partitions[i].topic_id = *topic_id;
      if (!topic_id.ok()) unread[i] = Err(topic_id.error());
    }
  });
  for (const FileResult<void>& one : unread) {
    if (!one.ok()) return Err(refuse(path, one.error()));
  }
  return true;
}

Uuid random_uuid() {
  std::random_device device;
  Uuid uuid;
  for (uint8_t& byte : uuid.bytes) byte = static_cast<uint8_t>(device());
  return uuid;
}

}  // namespace

LogResult<std::unique_ptr<LogDirectory>> LogDirectory::open(const LogDirectoryOptions& options) {
  ASSERT(options.file_system != nullptr && options.clock != nullptr);
  ASSERT(options.helper_threads >= 1 && options.helper_threads <= 4);
  FileSystem& fs = *options.file_system;
  const FileResult<void> created = fs.create_directories(options.path);
  if (!created.ok()) return Err(refuse(options.path, created.error()));
  LogDirectoryImpl::Found found;
  auto lock = fs.lock(options.path + "/" + kLockFile);
  if (!lock.ok()) return Err(refuse(options.path, lock.error()));
  found.lock = std::move(*lock);

  auto properties = read_meta_properties(fs, options.path);
  if (!properties.ok()) return Err(properties.error());
  found.meta_properties = std::move(*properties);
  auto clean = has_clean_shutdown(fs, options.path);
  if (!clean.ok()) return Err(refuse(options.path, clean.error()));
  // A journal tells of an unclean stop, whatever else is there.
  auto journal = fs.status(options.path + "/" + kJournalFolder);
  if (!journal.ok() && journal.error().kind != FileErrorKind::not_found) {
    return Err(refuse(options.path, journal.error()));
  }
  found.journal = journal.ok();
  found.clean = *clean && !found.journal;
  if (!found.clean) {  // as one that was closed cleanly was opened before
    const FileResult<void> synced = sync_names_above(fs, options.path);
    if (!synced.ok()) return Err(refuse(options.path, synced.error()));
  }
  RETURN_IF_ERROR(list_partitions(fs, options.path, options.background, &found));

  auto context = std::make_shared<LogContext>(fs, *options.clock, options.path,
                                              options.open_files_max, options.open_files_burst,
                                              options.journal, options.reserve_bytes);
  RETURN_IF_ERROR(context->checkpoints.load());
  RETURN_IF_ERROR(context->resume_points.load());
  std::set<TopicPartition> there;
  std::set<std::pair<Uuid, PartitionIndex>> identities;
  for (const PartitionOnDisk& partition : found.partitions) {
    there.insert(partition.topic_partition);
    identities.insert({partition.topic_id, partition.topic_partition.partition});
  }
  context->checkpoints.keep_only(there);
  context->resume_points.keep_only(identities);
  context->checkpoint_bytes = options.checkpoint_bytes;
  LogDirectoryOptions chosen = options;
  if (chosen.run.is_zero()) chosen.run = random_uuid();
  return std::unique_ptr<LogDirectory>(
      new LogDirectoryImpl(chosen, std::move(context), std::move(found)));
}

}  // namespace odradek
