// The one seam between Odradek and a file system. Every call that opens, reads, writes, syncs,
// renames or removes goes through these interfaces; production passes them on to the kernel, tests
// use a disk in memory that knows what is synced and can be crashed at every call.
//
// Threads: all objects may be used from several threads at once, except that one WriteWindow
// belongs to one writer at a time. Nothing here retries: the first failure is the caller's to
// judge.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace odradek {

// What went wrong, as far as anybody acts on it.
enum class FileErrorKind : uint8_t {
  not_found,        // ENOENT
  exists,           // EEXIST, ENOTEMPTY
  permission,       // EACCES, EPERM
  no_space,         // ENOSPC, EDQUOT
  read_only,        // EROFS
  too_many_files,   // EMFILE, ENFILE
  not_a_directory,  // ENOTDIR
  locked,           // another engine holds the lock
  would_block,      // the bytes are not in the page cache
  unsupported,      // this file system or platform lacks the call
  io,               // everything else: EIO and what we do not know
};

// A failed call: its kind for the program, the sentence for the log line.
struct FileError {
  FileErrorKind kind = FileErrorKind::io;
  int os_error = 0;    // errno, 0 if none
  std::string detail;  // "open /data/x: Permission denied"
};

// What every call here returns.
template <class T>
using FileResult = Result<T, FileError>;

// A piece of a file that is written by copying into memory. The file must already be allocated over
// the whole window. Bytes stored are readable at once through File::read_at; they are durable after
// the next File::sync_data.
class WriteWindow {
 public:
  virtual ~WriteWindow() = default;
  Position begin() const { return begin_; }
  Position end() const { return begin_ + static_cast<int64_t>(length_); }
  // Copies `bytes` to file position `at`; the range must lie inside the window. The real one is a
  // plain copy (`memory_` is the mapping); the model overrides nothing but learns of the store.
  void store(Position at, ByteView bytes);
  // Makes the pages of [from, from + length) resident and writable, so that a later store does not
  // fault. Called by a helper thread while the writer stores elsewhere in the window.
  virtual void populate(Position from, size_t length) = 0;
  // True once a store met a failing disk (SIGBUS in the mapping): its bytes are lost.
  virtual bool failed() const = 0;

 protected:
  WriteWindow(Position begin, size_t length, uint8_t* memory)
      : begin_(begin), length_(length), memory_(memory) {}
  virtual void stored(Position /*at*/, size_t /*length*/) {}

  Position begin_;
  size_t length_;
  uint8_t* memory_;
  bool observed_ = false;  // true in the model: store() then reports each copy to stored()
};

// Bytes of a file from `begin` up to `end`.
struct DataRange {
  Position begin;
  Position end;
};

// An open file. Destruction closes it and does not sync.
class File {
 public:
  virtual ~File() = default;
  // Reads up to into.size() bytes at `at`; fewer only where the file ends.
  virtual FileResult<size_t> read_at(Position at, ByteSpan into) const = 0;
  // The same, but never waits for the disk: error would_block if the first byte is not cached,
  // fewer bytes if a later one is not (or the file ends). Error unsupported where the platform or
  // the file system can't tell; treat that as not cached.
  virtual FileResult<size_t> read_cached_at(Position at, ByteSpan into) const = 0;
  // The first range at or behind `from` that may hold something else than zeros; empty, at the
  // file's size, if nothing does. From `from` to the size where that cannot be told without
  // reading.
  virtual FileResult<DataRange> next_data(Position from) const = 0;
  // Writes all bytes at `at`, growing the file if needed.
  virtual FileResult<void> write_at(Position at, ByteView bytes) = 0;
  // Reserves room for [0, size) and makes the file at least that long; new bytes read as zeros.
  // Without support for reservation the file only grows.
  virtual FileResult<void> allocate(int64_t size) = 0;
  // Cuts the file, or grows it with zeros that take no room.
  virtual FileResult<void> truncate(int64_t size) = 0;
  virtual FileResult<int64_t> size() const = 0;
  // Makes content and size durable (fdatasync; F_FULLFSYNC on macOS). The directory entry of a new
  // file needs FileSystem::sync_directory as well. A failure is never of kind no_space, also where
  // the disk turned out to be full: the bytes are lost, and no later call brings them back.
  virtual FileResult<void> sync_data() = 0;
  // Starts writing [from, from + length) to the disk and returns at once; promises nothing.
  virtual void start_write_back(Position from, int64_t length) = 0;
  // Maps [from, from + length), page aligned, inside the allocated file, for stores only. The
  // window may outlive the File. Nothing mapped may be truncated. Error unsupported where a sync of
  // the file would not cover stores (macOS): write_at serves there.
  virtual FileResult<std::unique_ptr<WriteWindow>> map_window(Position from, size_t length) = 0;
  // Descriptor for sendfile by the network layer, -1 if the file has none. Valid while File lives.
  virtual int descriptor() const = 0;
};

// A lock on a file, held until destruction; also excludes this process itself.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

// What must be there before, and what may be done afterwards.
enum class OpenMode : uint8_t {
  read,        // must exist
  read_write,  // must exist
  create,      // opens or creates, read and write
  create_new,  // must not exist
};

// A name in a directory; a link counts as what it leads to.
struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
};

// What stands at a path. Device and inode identify it, whatever path leads there.
struct FileStatus {
  int64_t size = 0;
  bool is_directory = false;
  uint64_t device = 0;
  uint64_t inode = 0;
  TimestampMs modified = TimestampMs(0);  // when its content changed last, by the machine's clock
};

// A file system. Paths are the caller's, absolute or relative to the process; an error names them.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // Opens a file (not a directory). Its parent directory must exist.
  virtual FileResult<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  // Looks at a file or directory; not_found if nothing stands there.
  virtual FileResult<FileStatus> status(const std::string& path) const = 0;
  // Everything in the directory, sorted by name, without "." and "..".
  virtual FileResult<std::vector<DirectoryEntry>> list(const std::string& path) const = 0;
  // Creates the directory and its missing parents; an existing directory is success.
  virtual FileResult<void> create_directories(const std::string& path) = 0;
  // Moves a file or directory in one step, replacing a file or an empty directory at `to`.
  virtual FileResult<void> rename(const std::string& from, const std::string& to) = 0;
  // Takes the name away; who has the file open keeps it.
  virtual FileResult<void> remove_file(const std::string& path) = 0;
  // The directory must be empty: `exists` otherwise.
  virtual FileResult<void> remove_directory(const std::string& path) = 0;
  // Makes creations, renames and removals in the directory durable. Kind too_many_files: it could
  // not be opened, nothing is lost; other failures are as those of File::sync_data.
  virtual FileResult<void> sync_directory(const std::string& path) = 0;
  // Makes everything dirty on the path's file system durable (syncfs). Kind unsupported where the
  // platform lacks it; other failures as of sync_directory.
  virtual FileResult<void> sync_file_system(const std::string& path) = 0;
  // Takes the lock (F_OFD_SETLK) alone and without waiting, creating the file; kind `locked` if
  // somebody holds it.
  virtual FileResult<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
  // The same for those who only read, any number of them, while nobody holds it alone. Changes
  // nothing: the file must exist, and is opened for reading.
  virtual FileResult<std::unique_ptr<FileLock>> lock_shared(const std::string& path) = 0;
  // Bytes that an unprivileged writer may still allocate on the path's file system.
  virtual FileResult<int64_t> free_bytes(const std::string& path) const = 0;
  // Size of the path's file system, whatever of it is taken.
  virtual FileResult<int64_t> total_bytes(const std::string& path) const = 0;
  // Names the memory in which unsynced changes under `path` stand: while it is the same, what any
  // process wrote is there, also where that was killed. Empty where the system does not tell.
  virtual std::string cache_identity(const std::string& path) const = 0;
};

// The machine's file system. One shared instance without state; lives for the whole process.
FileSystem& posix_file_system();

// Reads a whole file of at most `bytes_max`; a larger one is an error of kind io that says so.
FileResult<std::vector<uint8_t>> read_whole_file(FileSystem& fs, const std::string& path,
                                                 size_t bytes_max);

// Makes everything on the path's file system durable where that costs less than syncing `files`
// files one by one. False if it does not, or cannot be done here: then each is to be synced.
FileResult<bool> sync_at_once(FileSystem& fs, const std::string& path, size_t files);

// Makes content and size of the files durable, together or one by one. True if everything on the
// path's file system is, folders too.
FileResult<bool> sync_files(FileSystem& fs, const std::string& path,
                            const std::vector<std::shared_ptr<File>>& files);

// Replaces `path` so that after a crash it holds either all old or all new bytes, and the new ones
// once this returned: writes `path`.tmp, syncs it, renames it, syncs the directory.
FileResult<void> replace_file(FileSystem& fs, const std::string& path, ByteView bytes);

// A file and what it is to hold.
struct FileContent {
  std::string path;
  std::vector<uint8_t> bytes;
};
// Changes of many files that become durable together.
struct FileChanges {
  std::vector<FileContent> replaced;  // are to be, as by replace_file()
  std::vector<std::string> written;   // were written or cut where they are; need not be open
  std::vector<std::string> folders;   // have names that are to be synced

  // Moves all of `other` behind these.
  void add(FileChanges other);
};
// Makes the changes below `root` durable, what replaces files being on the disk before its name is.
// A file whose folder is gone is passed over. After an error some are replaced, each of them
// durably or not, and the others stand as they were.
FileResult<void> complete_changes(FileSystem& fs, const std::string& root,
                                  const FileChanges& changes);
// Replaces many files below `root` like replace_file(), but syncs them together.
FileResult<void> replace_files(FileSystem& fs, const std::string& root,
                               std::vector<FileContent> contents);

// Writes the whole content of a file where it is, and cuts what it held beyond; creates it if it is
// missing. Not synced, and a crash may leave any part of it: for files that are not believed then.
FileResult<void> overwrite_file(FileSystem& fs, const std::string& path, ByteView bytes);

}  // namespace odradek
