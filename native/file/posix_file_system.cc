#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif
#include <unistd.h>

#if !defined(F_OFD_SETLK)
#include <sys/file.h>
#endif

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>

#include "file/descriptor.h"
#include "file/file_system.h"
#include "file/posix_error.h"
#include "file/posix_file.h"

namespace odradek {
namespace {

constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;

FileResult<Descriptor> open_descriptor(const char* action, const std::string& path, int flags) {
  const int fd =
      without_interrupts([&] { return ::open(path.c_str(), flags | O_CLOEXEC, kFileMode); });
  if (fd < 0) return posix_error(action, path, errno);
  return Descriptor(fd);
}

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::read:
      return O_RDONLY;
    case OpenMode::read_write:
      return O_RDWR;
    case OpenMode::create:
      return O_RDWR | O_CREAT;
    case OpenMode::create_new:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  UNREACHABLE("open mode");
}

FileStatus status_of(const struct stat& status) {
#if defined(__APPLE__)
  const timespec& modified = status.st_mtimespec;
#else
  const timespec& modified = status.st_mtim;
#endif
  return FileStatus{status.st_size, S_ISDIR(status.st_mode), static_cast<uint64_t>(status.st_dev),
                    static_cast<uint64_t>(status.st_ino),
                    TimestampMs(int64_t{modified.tv_sec} * 1000 + modified.tv_nsec / 1000000)};
}

#if defined(__linux__)
// Empty if the system does not tell.
std::string boot_id() {
  auto file = open_descriptor("open", "/proc/sys/kernel/random/boot_id", O_RDONLY);
  if (!file.ok()) return {};
  char text[64];
  const ssize_t got = without_interrupts([&] { return ::read(file->get(), text, sizeof text); });
  std::string id(text, got < 0 ? 0 : static_cast<size_t>(got));
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

// Of the mount that holds `path`; nothing before Linux 6.8, whose ids are used again.
std::optional<uint64_t> unique_mount_id(const std::string& path) {
  // struct statx (statx(2)), which headers know later than kernels do.
  constexpr unsigned kUniqueMountIdMask = 0x4000;  // STATX_MNT_ID_UNIQUE
  constexpr size_t kMountIdAt = 0x90;              // stx_mnt_id; stx_mask comes first
  alignas(8) uint8_t answer[256] = {};
  if (::syscall(SYS_statx, AT_FDCWD, path.c_str(), 0, kUniqueMountIdMask, answer) != 0) return {};
  uint32_t mask;
  uint64_t id;
  std::memcpy(&mask, answer, sizeof mask);
  std::memcpy(&id, answer + kMountIdAt, sizeof id);
  if ((mask & kUniqueMountIdMask) == 0) return {};
  return id;
}
#else
std::string boot_id() { return {}; }
std::optional<uint64_t> unique_mount_id(const std::string&) { return {}; }
#endif

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;  // closing it gives the lock back
};

class PosixFileSystem final : public FileSystem {
 public:
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
};

FileResult<std::unique_ptr<File>> PosixFileSystem::open(const std::string& path, OpenMode mode) {
  auto descriptor = open_descriptor("open", path, flags_of(mode));
  if (!descriptor.ok()) return Err(descriptor.error());
  return make_posix_file(std::move(descriptor).value(), path);
}

FileResult<FileStatus> PosixFileSystem::status(const std::string& path) const {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return posix_error("look at", path, errno);
  return status_of(status);
}

FileResult<std::vector<DirectoryEntry>> PosixFileSystem::list(const std::string& path) const {
  DIR* const directory = ::opendir(path.c_str());  // close-on-exec by its definition
  if (directory == nullptr) return posix_error("list", path, errno);
  std::vector<DirectoryEntry> entries;
  errno = 0;
  while (const struct dirent* entry = ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    bool is_directory = entry->d_type == DT_DIR;
    if (entry->d_type == DT_UNKNOWN || entry->d_type == DT_LNK) {
      struct stat status;
      is_directory =
          ::fstatat(::dirfd(directory), entry->d_name, &status, 0) == 0 && S_ISDIR(status.st_mode);
    }
    entries.push_back({std::string(name), is_directory});
    errno = 0;
  }
  const int os_error = errno;
  ::closedir(directory);
  if (os_error != 0) return posix_error("list", path, os_error);
  std::sort(entries.begin(), entries.end(),
            [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.name < b.name; });
  return entries;
}

FileResult<void> PosixFileSystem::create_directories(const std::string& path) {
  size_t slash = 0;
  while (slash != std::string::npos) {
    slash = path.find('/', slash + 1);
    const std::string prefix = path.substr(0, slash);
    if (::mkdir(prefix.c_str(), kDirectoryMode) == 0) continue;
    // Whatever the reason (it exists, a read-only parent), an existing directory will do.
    const int os_error = errno;
    struct stat status;
    if (::stat(prefix.c_str(), &status) != 0) return posix_error("create", prefix, os_error);
    if (!S_ISDIR(status.st_mode)) return posix_error("create", prefix, ENOTDIR);
  }
  return {};
}

FileResult<void> PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return posix_error("rename", from, errno);
  return {};
}

FileResult<void> PosixFileSystem::remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return posix_error("remove", path, errno);
  return {};
}

FileResult<void> PosixFileSystem::remove_directory(const std::string& path) {
  if (::rmdir(path.c_str()) != 0) return posix_error("remove", path, errno);
  return {};
}

FileResult<void> PosixFileSystem::sync_directory(const std::string& path) {
  auto descriptor = open_descriptor("sync", path, O_RDONLY | O_DIRECTORY);
  if (!descriptor.ok()) return Err(descriptor.error());
  const int fd = descriptor->get();
  if (without_interrupts([fd] { return ::fsync(fd); }) != 0) {
    return posix_sync_error(path, errno);
  }
  return {};
}

FileResult<void> PosixFileSystem::sync_file_system(const std::string& path) {
#if defined(__linux__)
  auto descriptor = open_descriptor("sync", path, O_RDONLY);
  if (!descriptor.ok()) return Err(descriptor.error());
  const int fd = descriptor->get();
  if (without_interrupts([fd] { return ::syncfs(fd); }) != 0) {
    return posix_sync_error(path, errno);
  }
  return {};
#else
  return posix_error("sync the file system of", path, EOPNOTSUPP);
#endif
}

// True if the lock was taken. An open file description's lock also excludes this process, unlike
// POSIX record locks, and conflicts with those that a Java process takes.
bool try_lock(int fd, bool shared) {
#if defined(F_OFD_SETLK)
  struct flock whole_file = {};
  whole_file.l_type = shared ? F_RDLCK : F_WRLCK;
  whole_file.l_whence = SEEK_SET;
  return without_interrupts([&] { return ::fcntl(fd, F_OFD_SETLK, &whole_file); }) == 0;
#else
  return without_interrupts([&] { return ::flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB); }) ==
         0;
#endif
}

FileResult<std::unique_ptr<FileLock>> take_lock(const std::string& path, bool shared) {
  auto descriptor = open_descriptor("lock", path, shared ? O_RDONLY : O_RDWR | O_CREAT);
  if (!descriptor.ok()) return Err(descriptor.error());
  if (!try_lock(descriptor->get(), shared)) {
    const int os_error = errno;
    Err<FileError> failure = posix_error("lock", path, os_error);
    if (os_error == EAGAIN || os_error == EACCES) failure.error.kind = FileErrorKind::locked;
    return failure;
  }
  return std::unique_ptr<FileLock>(std::make_unique<PosixLock>(std::move(descriptor).value()));
}

FileResult<std::unique_ptr<FileLock>> PosixFileSystem::lock(const std::string& path) {
  return take_lock(path, false);
}

FileResult<std::unique_ptr<FileLock>> PosixFileSystem::lock_shared(const std::string& path) {
  return take_lock(path, true);
}

FileResult<int64_t> PosixFileSystem::free_bytes(const std::string& path) const {
  struct statvfs status;
  if (without_interrupts([&] { return ::statvfs(path.c_str(), &status); }) != 0) {
    return posix_error("ask for the free space of", path, errno);
  }
  return static_cast<int64_t>(status.f_bavail) * static_cast<int64_t>(status.f_frsize);
}

FileResult<int64_t> PosixFileSystem::total_bytes(const std::string& path) const {
  struct statvfs status;
  if (without_interrupts([&] { return ::statvfs(path.c_str(), &status); }) != 0) {
    return posix_error("ask for the size of the disk of", path, errno);
  }
  return static_cast<int64_t>(status.f_blocks) * static_cast<int64_t>(status.f_frsize);
}

// This run of the kernel and this mount: of a disk that is gone the unsynced is gone, too, and what
// is mounted in its place is another mount.
std::string PosixFileSystem::cache_identity(const std::string& path) const {
  const std::string boot = boot_id();
  const auto mount = unique_mount_id(path);
  return boot.empty() || !mount ? std::string() : boot + "/" + std::to_string(*mount);
}

}  // namespace

FileSystem& posix_file_system() {
  // Never destroyed: helper threads may still use it while the process exits.
  static FileSystem* const file_system = new PosixFileSystem();
  return *file_system;
}

}  // namespace odradek
