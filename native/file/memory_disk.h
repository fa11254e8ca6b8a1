// The disk in memory itself: its tree, what of it is not synced, and who may change it. Shared by
// the file system in front of it and everything that was opened through that.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "file/file_system.h"
#include "file/memory_fault.h"
#include "file/memory_node.h"

namespace odradek {

// "`action` `path`: `why`", as the real file system words its errors.
Err<FileError> memory_failure(FileErrorKind kind, const char* action, const std::string& path,
                              const char* why);

inline constexpr const char* kNotFoundText = "No such file or directory";
inline constexpr const char* kNotADirectoryText = "Not a directory";
inline constexpr const char* kIsADirectoryText = "Is a directory";
inline constexpr const char* kNotEmptyText = "Directory not empty";

// The parts of a path between its slashes.
std::vector<std::string> names_in_path(const std::string& path);

// Every member is used with `mutex` held.
struct MemoryDisk {
  // Where a path leads: its directory, its last name, and what stands there, if anything.
  struct Place {
    std::shared_ptr<MemoryDirectory> directory;  // null for the root
    std::string name;
    MemoryEntry entry;
  };

  std::recursive_mutex mutex;  // the hook, which runs under it, may look at the disk
  std::shared_ptr<MemoryDirectory> root = std::make_shared<MemoryDirectory>();
  std::vector<NamespaceOperation> namespace_journal;
  // Who holds locks: -1 somebody alone, else how many share it. Invariant: no zeros.
  std::map<const MemoryFile*, int> locked;
  FaultHook hook;
  FaultHook look_hook;
  uint64_t calls = 0;
  uint64_t looks = 0;
  int64_t capacity = INT64_MAX;
  TimestampMs now{0};
  bool crashed = false;
  uint64_t power_cuts = 0;  // that took what was not synced, since the first disk
  bool tells_cache = true;

  // An error once the power is gone.
  FileResult<void> alive(const std::string& path) const;
  // The place of a path; an error unless all its directories exist. Also without power.
  FileResult<Place> locate(const char* action, const std::string& path) const;
  // The same, with power only, and for the next two: what stands there must be such a thing.
  FileResult<Place> find(const char* action, const std::string& path) const;
  FileResult<Place> find_existing(const char* action, const std::string& path) const;
  FileResult<Place> find_directory(const char* action, const std::string& path) const;

  // Asks the hook; an error means that the call must not happen, false that it is to be left out
  // and answered as done. In `bytes_written`, if not null, comes how much of a failing write is to
  // be written all the same.
  FileResult<bool> permit(FileCall call, int64_t* bytes_written = nullptr);
  FileResult<bool> permit(FileCallKind kind, const std::string& path) {
    return permit(FileCall{0, kind, path, {}, 0});
  }
  // The same for a call that only looks, which can fail and nothing else.
  FileResult<void> permit_look(FileCallKind kind, const std::string& path);
  // Changes a file, if the hook and the room allow it.
  FileResult<void> change(const std::string& path, MemoryFile* file, FileCallKind kind,
                          FileOperation operation);
  void change_names(NamespaceOperation operation);
  void sync_names(const MemoryDirectory* directory);  // null: all of them
  // Bytes that all named files take.
  int64_t room_taken() const;
};

}  // namespace odradek
