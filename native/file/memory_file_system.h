// A disk in memory behind the FileSystem interface, for tests and the simulator. It knows what is
// synced: bytes by File::sync_data, names by FileSystem::sync_directory (sync_file_system does
// both for everything). It can fail any call, and lose power before any call.
//
//   MemoryFileSystem disk;
//   disk.before_each_change([&](const FileCall& call) {
//     return call.number == 17 ? FaultDecision::crash() : FaultDecision::proceed();
//   });
//   run(disk);                                           // ends in errors from call 17 on
//   auto restarted = disk.after_crash(CrashKind::torn, seed);
//   recover(*restarted);
//
// Paths are taken from the root, a leading "/" makes no difference; "." and ".." mean nothing.
// Threads: as the interface says; one mutex guards the whole disk, and the hook runs under it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "file/file_system.h"
#include "file/memory_fault.h"
#include "file/memory_node.h"

namespace odradek {

struct MemoryDisk;

// The disk. Everything opened through it keeps it alive and may outlive this object.
class MemoryFileSystem final : public FileSystem {
 public:
  // `capacity` bounds what files take, in bytes; beyond it calls fail with no_space.
  explicit MemoryFileSystem(int64_t capacity = INT64_MAX);
  ~MemoryFileSystem() override;

  FileResult<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  FileResult<FileStatus> status(const std::string& path) const override;
  FileResult<std::vector<DirectoryEntry>> list(const std::string& path) const override;
  FileResult<void> create_directories(const std::string& path) override;
  FileResult<void> rename(const std::string& from, const std::string& to) override;
  FileResult<void> remove_file(const std::string& path) override;
  FileResult<void> remove_directory(const std::string& path) override;
  FileResult<void> sync_directory(const std::string& path) override;
  FileResult<void> sync_file_system(const std::string& path) override;
  FileResult<std::unique_ptr<FileLock>> lock(const std::string& path) override;
  FileResult<std::unique_ptr<FileLock>> lock_shared(const std::string& path) override;
  FileResult<int64_t> free_bytes(const std::string& path) const override;
  FileResult<int64_t> total_bytes(const std::string& path) const override;
  std::string cache_identity(const std::string& path) const override;

  // Asked before every change; null asks nobody. May look at the disk, but not change it.
  void before_each_change(FaultHook hook);
  // Asked before every call that only looks at something that is there, and may fail it. Must not
  // use the disk.
  void before_each_look(FaultHook hook);
  // Number of the last change that was asked for.
  uint64_t calls() const;
  // Changes how much room there is from now on.
  void set_capacity(int64_t capacity);
  // The time of changes from now on, which is 1970 at first.
  void set_time(TimestampMs now);
  // From now on cache_identity() tells nothing.
  void hide_cache_identity();
  // Makes every file cold: read_cached_at refuses until a read_at brought the file back.
  void drop_cache();

  // The disk as the next start finds it; no lock is held on it. This one keeps what it has, so that
  // the same moment can be crashed in many ways.
  std::unique_ptr<MemoryFileSystem> after_crash(CrashKind kind, const CrashChoice& choose) const;
  std::unique_ptr<MemoryFileSystem> after_crash(CrashKind kind, uint64_t seed = 0) const;

  // A hash of all names and bytes, by which equal disks are known.
  uint64_t fingerprint() const;
  // What is not synced of one file, in order; nothing if there is no such file.
  std::optional<std::vector<FileOperation>> journal(const std::string& path) const;
  // The bytes that no crash takes from the file, as long as its name survives.
  std::optional<std::vector<uint8_t>> durable_content(const std::string& path) const;
  // Unsynced changes of names, in order.
  std::vector<NamespaceOperation> namespace_journal() const;

 private:
  std::shared_ptr<MemoryDisk> disk_;  // files, windows and locks that are still open share it
};

}  // namespace odradek
