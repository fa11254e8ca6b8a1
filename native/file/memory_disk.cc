#include "file/memory_disk.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace odradek {
namespace {

bool is_sync(FileCallKind kind) {
  return kind == FileCallKind::sync_data || kind == FileCallKind::sync_directory ||
         kind == FileCallKind::sync_file_system;
}

int64_t room_below(const MemoryDirectory& directory) {
  int64_t room = 0;
  for (const auto& [name, entry] : directory.entries) {
    room += entry.file ? entry.file->room() : room_below(*entry.directory);
  }
  return room;
}

}  // namespace

Err<FileError> memory_failure(FileErrorKind kind, const char* action, const std::string& path,
                              const char* why) {
  return Err(FileError{kind, 0, std::string(action) + ' ' + path + ": " + why});
}

std::vector<std::string> names_in_path(const std::string& path) {
  std::vector<std::string> names;
  for (size_t from = 0; from < path.size();) {
    const size_t slash = std::min(path.find('/', from), path.size());
    if (slash > from) names.push_back(path.substr(from, slash - from));
    from = slash + 1;
  }
  return names;
}

FileResult<void> MemoryDisk::alive(const std::string& path) const {
  if (!crashed) return {};
  return memory_failure(FileErrorKind::io, "use", path, "the disk has lost power");
}

FileResult<MemoryDisk::Place> MemoryDisk::locate(const char* action,
                                                 const std::string& path) const {
  Place place{nullptr, "", MemoryEntry{nullptr, root}};
  for (const std::string& name : names_in_path(path)) {
    if (!place.entry.exists()) {
      return memory_failure(FileErrorKind::not_found, action, path, kNotFoundText);
    }
    if (!place.entry.directory) {
      return memory_failure(FileErrorKind::not_a_directory, action, path, kNotADirectoryText);
    }
    place.directory = place.entry.directory;
    place.name = name;
    const auto found = place.directory->entries.find(name);
    place.entry = found == place.directory->entries.end() ? MemoryEntry{} : found->second;
  }
  return place;
}

FileResult<MemoryDisk::Place> MemoryDisk::find(const char* action, const std::string& path) const {
  if (auto power = alive(path); !power.ok()) return Err(power.error());
  return locate(action, path);
}

FileResult<MemoryDisk::Place> MemoryDisk::find_existing(const char* action,
                                                        const std::string& path) const {
  auto place = find(action, path);
  if (!place.ok() || place->entry.exists()) return place;
  return memory_failure(FileErrorKind::not_found, action, path, kNotFoundText);
}

FileResult<MemoryDisk::Place> MemoryDisk::find_directory(const char* action,
                                                         const std::string& path) const {
  auto place = find_existing(action, path);
  if (!place.ok() || place->entry.directory) return place;
  return memory_failure(FileErrorKind::not_a_directory, action, path, kNotADirectoryText);
}

FileResult<bool> MemoryDisk::permit(FileCall call, int64_t* bytes_written) {
  RETURN_IF_ERROR(alive(call.path));
  call.number = ++calls;
  if (!hook) return true;
  FaultDecision decision = hook(call);
  if (decision.kind == FaultDecision::Kind::proceed) return true;
  if (decision.kind == FaultDecision::Kind::pretend) {
    ASSERT(is_sync(call.kind) || call.kind == FileCallKind::truncate);
    return false;
  }
  if (decision.kind == FaultDecision::Kind::crash) {
    crashed = true;
    return Err(alive(call.path).error());
  }
  if (bytes_written != nullptr) *bytes_written = decision.bytes_written;
  decision.error.detail += ": " + call.path;
  // As on a real disk: a sync that failed for want of room has lost the bytes.
  if (is_sync(call.kind) && decision.error.kind == FileErrorKind::no_space) {
    decision.error.kind = FileErrorKind::io;
  }
  return Err(decision.error);
}

FileResult<void> MemoryDisk::permit_look(FileCallKind kind, const std::string& path) {
  RETURN_IF_ERROR(alive(path));
  ++looks;
  if (!look_hook) return {};
  FaultDecision decision = look_hook(FileCall{looks, kind, path, {}, 0});
  if (decision.kind == FaultDecision::Kind::proceed) return {};
  ASSERT(decision.kind == FaultDecision::Kind::fail);
  decision.error.detail += ": " + path;
  return Err(decision.error);
}

FileResult<void> MemoryDisk::change(const std::string& path, MemoryFile* file, FileCallKind kind,
                                    FileOperation operation) {
  const bool is_write = operation.kind == FileOperation::Kind::write;
  const auto length = static_cast<int64_t>(operation.bytes.size());
  const int64_t size = is_write ? length : operation.size;
  int64_t written = 0;
  auto permitted = permit(FileCall{0, kind, path, operation.at, size}, &written);
  if (!permitted.ok()) {
    if (!crashed && is_write && written > 0) {
      operation.bytes.resize(static_cast<size_t>(std::min(written, length)));
      file->apply(std::move(operation));
      file->modified = now;
    }
    return Err(permitted.error());
  }
  if (!*permitted) return {};
  if (capacity != INT64_MAX) {
    const int64_t more = file->room_after(operation) - file->room();
    if (more > 0 && room_taken() + more > capacity) {
      return memory_failure(FileErrorKind::no_space, "write", path, "No space left on device");
    }
  }
  file->apply(std::move(operation));
  file->modified = now;
  return {};
}

void MemoryDisk::change_names(NamespaceOperation operation) {
  apply_names(operation, &MemoryDirectory::entries);
  namespace_journal.push_back(std::move(operation));
}

void MemoryDisk::sync_names(const MemoryDirectory* directory) {
  std::erase_if(namespace_journal, [directory](const NamespaceOperation& operation) {
    if (directory != nullptr && !operation.touches(*directory)) return false;
    apply_names(operation, &MemoryDirectory::durable_entries);
    return true;
  });
}

int64_t MemoryDisk::room_taken() const { return room_below(*root); }

}  // namespace odradek
