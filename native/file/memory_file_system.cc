#include "file/memory_file_system.h"

#include <algorithm>
#include <random>
#include <utility>

#include "base/assert.h"
#include "file/memory_disk.h"
#include "file/memory_file.h"

namespace odradek {
namespace {

template <class Visit>
void for_each_file(const MemoryDirectory& directory, const Visit& visit) {
  for (const auto& [name, entry] : directory.entries) {
    if (entry.file) {
      visit(*entry.file);
    } else {
      for_each_file(*entry.directory, visit);
    }
  }
}

// Counted among the disk's locked files until destruction.
class MemoryLock final : public FileLock {
 public:
  MemoryLock(std::shared_ptr<MemoryDisk> disk, std::shared_ptr<MemoryFile> file)
      : disk_(std::move(disk)), file_(std::move(file)) {}
  ~MemoryLock() override {
    const std::lock_guard lock(disk_->mutex);
    const auto held = disk_->locked.find(file_.get());
    if (held->second > 1) {
      held->second -= 1;
    } else {
      disk_->locked.erase(held);
    }
  }

 private:
  std::shared_ptr<MemoryDisk> disk_;
  std::shared_ptr<MemoryFile> file_;
};

}  // namespace

MemoryFileSystem::MemoryFileSystem(int64_t capacity) : disk_(std::make_shared<MemoryDisk>()) {
  disk_->capacity = capacity;
}

MemoryFileSystem::~MemoryFileSystem() = default;

FileResult<std::unique_ptr<File>> MemoryFileSystem::open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(disk_->mutex);
  const bool creates = mode == OpenMode::create || mode == OpenMode::create_new;
  auto place = creates ? disk_->find("open", path) : disk_->find_existing("open", path);
  if (!place.ok()) return Err(place.error());
  if (place->entry.exists() && mode == OpenMode::create_new) {
    return memory_failure(FileErrorKind::exists, "open", path, "File exists");
  }
  if (place->entry.directory) {
    return memory_failure(FileErrorKind::io, "open", path, kIsADirectoryText);
  }
  if (!place->entry.exists()) {
    RETURN_IF_ERROR(disk_->permit(FileCallKind::create, path));
    place->entry.file = std::make_shared<MemoryFile>();
    place->entry.file->modified = disk_->now;
    disk_->change_names({nullptr, "", place->directory, place->name, place->entry});
  } else {
    RETURN_IF_ERROR(disk_->permit_look(FileCallKind::open, path));
  }
  return open_memory_file(disk_, place->entry.file, path, mode != OpenMode::read);
}

FileResult<FileStatus> MemoryFileSystem::status(const std::string& path) const {
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->find_existing("look at", path);
  if (!place.ok()) return Err(place.error());
  RETURN_IF_ERROR(disk_->permit_look(FileCallKind::status, path));
  const MemoryEntry& entry = place->entry;
  FileStatus status;
  status.is_directory = entry.directory != nullptr;
  status.size = entry.file ? static_cast<int64_t>(entry.file->content().size()) : 0;
  if (entry.file) status.modified = entry.file->modified;
  status.device = reinterpret_cast<uintptr_t>(disk_.get());
  status.inode = entry.file ? reinterpret_cast<uintptr_t>(entry.file.get())
                            : reinterpret_cast<uintptr_t>(entry.directory.get());
  return status;
}

FileResult<std::vector<DirectoryEntry>> MemoryFileSystem::list(const std::string& path) const {
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->find_directory("list", path);
  if (!place.ok()) return Err(place.error());
  RETURN_IF_ERROR(disk_->permit_look(FileCallKind::list, path));
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, entry] : place->entry.directory->entries) {
    entries.push_back({name, entry.directory != nullptr});
  }
  return entries;
}

FileResult<void> MemoryFileSystem::create_directories(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  std::string prefix;
  for (const std::string& name : names_in_path(path)) {
    prefix += "/" + name;
    auto place = disk_->find("create", prefix);
    if (!place.ok()) return Err(place.error());
    if (place->entry.directory) continue;
    if (place->entry.file) {
      return memory_failure(FileErrorKind::not_a_directory, "create", path, kNotADirectoryText);
    }
    RETURN_IF_ERROR(disk_->permit(FileCallKind::create_directory, prefix));
    place->entry.directory = std::make_shared<MemoryDirectory>();
    disk_->change_names({nullptr, "", place->directory, name, place->entry});
  }
  return {};
}

FileResult<void> MemoryFileSystem::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(disk_->mutex);
  // As the kernel does: both ways are walked before anybody asks what stands at their ends.
  RETURN_IF_ERROR(disk_->find("rename", from));
  auto target = disk_->find("rename", to);
  if (!target.ok()) return Err(target.error());
  auto source = disk_->find_existing("rename", from);
  if (!source.ok()) return Err(source.error());
  ASSERT(source->directory != nullptr && target->directory != nullptr);  // never the root
  if (target->entry.directory && !source->entry.directory) {
    return memory_failure(FileErrorKind::io, "rename", from, kIsADirectoryText);
  }
  if (target->entry.file && source->entry.directory) {
    return memory_failure(FileErrorKind::not_a_directory, "rename", from, kNotADirectoryText);
  }
  if (target->entry.directory && !target->entry.directory->entries.empty()) {
    return memory_failure(FileErrorKind::exists, "rename", from, kNotEmptyText);
  }
  RETURN_IF_ERROR(disk_->permit(FileCallKind::rename, from));
  disk_->change_names(
      {source->directory, source->name, target->directory, target->name, source->entry});
  return {};
}

FileResult<void> MemoryFileSystem::remove_file(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->find_existing("remove", path);
  if (!place.ok()) return Err(place.error());
  if (!place->entry.file) {
    return memory_failure(FileErrorKind::io, "remove", path, kIsADirectoryText);
  }
  RETURN_IF_ERROR(disk_->permit(FileCallKind::remove_file, path));
  disk_->change_names({place->directory, place->name, nullptr, "", place->entry});
  return {};
}

FileResult<void> MemoryFileSystem::remove_directory(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->find_directory("remove", path);
  if (!place.ok()) return Err(place.error());
  ASSERT(place->directory != nullptr);  // never the root
  if (!place->entry.directory->entries.empty()) {
    return memory_failure(FileErrorKind::exists, "remove", path, kNotEmptyText);
  }
  RETURN_IF_ERROR(disk_->permit(FileCallKind::remove_directory, path));
  disk_->change_names({place->directory, place->name, nullptr, "", place->entry});
  return {};
}

FileResult<void> MemoryFileSystem::sync_directory(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->find_directory("sync", path);
  if (!place.ok()) return Err(place.error());
  auto permitted = disk_->permit(FileCallKind::sync_directory, path);
  if (!permitted.ok()) return Err(permitted.error());
  if (*permitted) disk_->sync_names(place->entry.directory.get());
  return {};
}

FileResult<void> MemoryFileSystem::sync_file_system(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->find_existing("sync", path);
  if (!place.ok()) return Err(place.error());
  auto permitted = disk_->permit(FileCallKind::sync_file_system, path);
  if (!permitted.ok()) return Err(permitted.error());
  if (!*permitted) return {};
  disk_->sync_names(nullptr);
  for_each_file(*disk_->root, [](MemoryFile& file) { file.sync(); });
  return {};
}

FileResult<std::unique_ptr<FileLock>> MemoryFileSystem::lock(const std::string& path) {
  auto opened = open(path, OpenMode::create);
  if (!opened.ok()) return Err(opened.error());
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->find_existing("lock", path);
  if (!place.ok()) return Err(place.error());
  if (!disk_->locked.emplace(place->entry.file.get(), -1).second) {
    return memory_failure(FileErrorKind::locked, "lock", path, "held by somebody else");
  }
  return std::unique_ptr<FileLock>(std::make_unique<MemoryLock>(disk_, place->entry.file));
}

FileResult<std::unique_ptr<FileLock>> MemoryFileSystem::lock_shared(const std::string& path) {
  auto opened = open(path, OpenMode::read);
  if (!opened.ok()) return Err(opened.error());
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->find_existing("lock", path);
  if (!place.ok()) return Err(place.error());
  int& holders = disk_->locked[place->entry.file.get()];
  if (holders < 0) {
    return memory_failure(FileErrorKind::locked, "lock", path, "held by somebody else");
  }
  holders += 1;
  return std::unique_ptr<FileLock>(std::make_unique<MemoryLock>(disk_, place->entry.file));
}

FileResult<int64_t> MemoryFileSystem::free_bytes(const std::string& path) const {
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->find_existing("ask for the free space of", path);
  if (!place.ok()) return Err(place.error());
  return std::max<int64_t>(0, disk_->capacity - disk_->room_taken());
}

FileResult<int64_t> MemoryFileSystem::total_bytes(const std::string& path) const {
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->find_existing("ask for the size of the disk of", path);
  if (!place.ok()) return Err(place.error());
  return disk_->capacity;
}

std::string MemoryFileSystem::cache_identity(const std::string&) const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->tells_cache ? "memory/" + std::to_string(disk_->power_cuts) : std::string();
}

void MemoryFileSystem::set_time(TimestampMs now) {
  const std::lock_guard lock(disk_->mutex);
  disk_->now = now;
}

void MemoryFileSystem::hide_cache_identity() {
  const std::lock_guard lock(disk_->mutex);
  disk_->tells_cache = false;
}

void MemoryFileSystem::before_each_change(FaultHook hook) {
  const std::lock_guard lock(disk_->mutex);
  disk_->hook = std::move(hook);
}

void MemoryFileSystem::before_each_look(FaultHook hook) {
  const std::lock_guard lock(disk_->mutex);
  disk_->look_hook = std::move(hook);
}

uint64_t MemoryFileSystem::calls() const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->calls;
}

void MemoryFileSystem::set_capacity(int64_t capacity) {
  const std::lock_guard lock(disk_->mutex);
  disk_->capacity = capacity;
}

void MemoryFileSystem::drop_cache() {
  const std::lock_guard lock(disk_->mutex);
  for_each_file(*disk_->root, [](MemoryFile& file) { file.cached = false; });
}

uint64_t MemoryFileSystem::fingerprint() const {
  const std::lock_guard lock(disk_->mutex);
  return fingerprint_of(*disk_->root);
}

std::unique_ptr<MemoryFileSystem> MemoryFileSystem::after_crash(CrashKind kind,
                                                                const CrashChoice& choose) const {
  const std::lock_guard lock(disk_->mutex);
  auto restarted = std::make_unique<MemoryFileSystem>(disk_->capacity);
  restarted->disk_->tells_cache = disk_->tells_cache;
  restarted->disk_->power_cuts = disk_->power_cuts;
  if (kind == CrashKind::kept) {
    restarted->disk_->namespace_journal = disk_->namespace_journal;
    restarted->disk_->root = copy_of_tree(*disk_->root, &restarted->disk_->namespace_journal);
    return restarted;
  }
  restarted->disk_->power_cuts += 1;
  restarted->disk_->root = tree_after_crash(*disk_->root, disk_->namespace_journal, kind, choose);
  return restarted;
}

std::unique_ptr<MemoryFileSystem> MemoryFileSystem::after_crash(CrashKind kind,
                                                                uint64_t seed) const {
  std::mt19937_64 random(seed);
  return after_crash(kind, [&random](uint64_t bound) { return random() % bound; });
}

std::optional<std::vector<FileOperation>> MemoryFileSystem::journal(const std::string& path) const {
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->locate("look at", path);
  if (!place.ok() || !place->entry.file) return std::nullopt;
  return place->entry.file->journal();
}

std::optional<std::vector<uint8_t>> MemoryFileSystem::durable_content(
    const std::string& path) const {
  const std::lock_guard lock(disk_->mutex);
  auto place = disk_->locate("look at", path);
  if (!place.ok() || !place->entry.file) return std::nullopt;
  return place->entry.file->durable();
}

std::vector<NamespaceOperation> MemoryFileSystem::namespace_journal() const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->namespace_journal;
}

}  // namespace odradek
