#include "file/file_system.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <set>
#include <utility>

#include "base/large_bytes.h"

namespace odradek {

void WriteWindow::store(Position at, ByteView bytes) {
  ASSERT(at >= begin_ && at + static_cast<int64_t>(bytes.size()) <= end());
  if (bytes.empty()) return;
  std::memcpy(memory_ + (at - begin_), bytes.data(), bytes.size());
  if (observed_) stored(at, bytes.size());
}

namespace {

// From here on one syncfs is cheaper than a sync of each file (docs/decisions/journal.md).
constexpr size_t kFilesForFileSystemSync = 200;

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

FileResult<std::unique_ptr<File>> write_anew(FileSystem& fs, const std::string& path,
                                             ByteView bytes) {
  auto file = fs.open(path, OpenMode::create);
  if (!file.ok()) return file;
  auto left = (*file)->size();  // by an earlier, unfinished replacement
  if (!left.ok()) return Err(left.error());
  if (*left > 0) RETURN_IF_ERROR((*file)->truncate(0));
  RETURN_IF_ERROR((*file)->write_at(Position(0), bytes));
  return file;
}

FileResult<void> write_and_sync(FileSystem& fs, const std::string& path, ByteView bytes) {
  auto file = write_anew(fs, path, bytes);
  if (!file.ok()) return Err(file.error());
  return (*file)->sync_data();
}

std::string temporary_of(const std::string& path) { return path + ".tmp"; }

bool is_missing(const FileResult<void>& done) {
  return !done.ok() && done.error().kind == FileErrorKind::not_found;
}

}  // namespace

FileResult<std::vector<uint8_t>> read_whole_file(FileSystem& fs, const std::string& path,
                                                 size_t bytes_max) {
  auto file = fs.open(path, OpenMode::read);
  if (!file.ok()) return Err(file.error());
  // Most are small, and there are many: those cost no question for their size.
  std::array<uint8_t, 1024> small;
  const std::span<uint8_t> first(small.data(), std::min(small.size(), bytes_max + 1));
  auto read_first = (*file)->read_at(Position(0), first);
  if (!read_first.ok()) return Err(read_first.error());
  if (*read_first < first.size()) {
    return std::vector<uint8_t>(first.begin(), first.begin() + static_cast<ptrdiff_t>(*read_first));
  }
  auto size = (*file)->size();
  if (!size.ok()) return Err(size.error());
  if (*size < 0 || static_cast<uint64_t>(*size) > bytes_max) {
    return Err(FileError{FileErrorKind::io, 0,
                         "read " + path + ": it holds " + std::to_string(*size) +
                             " bytes, at most " + std::to_string(bytes_max) + " are expected"});
  }
  auto bytes = allocate_bytes(static_cast<size_t>(*size));
  if (!bytes) {
    return Err(FileError{
        FileErrorKind::io, 0,
        "read " + path + ": there is no memory for its " + std::to_string(*size) + " bytes"});
  }
  if (bytes->empty()) return std::move(*bytes);
  auto read = (*file)->read_at(Position(0), *bytes);
  if (!read.ok()) return Err(read.error());
  bytes->resize(*read);
  return std::move(*bytes);
}

FileResult<bool> sync_at_once(FileSystem& fs, const std::string& path, size_t files) {
  if (files < kFilesForFileSystemSync) return false;
  const FileResult<void> synced = fs.sync_file_system(path);
  if (synced.ok()) return true;
  // Without the call, or a descriptor for it, each file is synced, which needs neither.
  const FileErrorKind kind = synced.error().kind;
  if (kind == FileErrorKind::unsupported || kind == FileErrorKind::too_many_files) return false;
  return Err(synced.error());
}

FileResult<bool> sync_files(FileSystem& fs, const std::string& path,
                            const std::vector<std::shared_ptr<File>>& files) {
  auto at_once = sync_at_once(fs, path, files.size());
  if (!at_once.ok() || *at_once) return at_once;
  if (files.size() > 1) {
    // All writes are under way before the first is waited for.
    for (const auto& file : files) file->start_write_back(Position(0), 0);
  }
  for (const auto& file : files) RETURN_IF_ERROR(file->sync_data());
  return false;
}

FileResult<void> replace_file(FileSystem& fs, const std::string& path, ByteView bytes) {
  const std::string temporary = temporary_of(path);
  FileResult<void> written = write_and_sync(fs, temporary, bytes);
  if (written.ok()) written = fs.rename(temporary, path);
  if (!written.ok()) {
    // A full disk should not also keep the half-written copy; the first error is the one to tell.
    static_cast<void>(fs.remove_file(temporary));
    return written;
  }
  return fs.sync_directory(directory_of(path));
}

namespace {

// One by one. A failure of the write-back meanwhile is told to who opens the file next.
FileResult<void> sync_each(FileSystem& fs, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    auto file = fs.open(path, OpenMode::read_write);
    if (!file.ok() && file.error().kind == FileErrorKind::not_found) continue;
    if (!file.ok()) return Err(file.error());
    RETURN_IF_ERROR((*file)->sync_data());
  }
  return {};
}

FileResult<void> write_and_rename(FileSystem& fs, const std::string& root,
                                  const FileChanges& changes) {
  std::vector<std::string> unsynced = changes.written;
  const bool is_few = unsynced.size() + changes.replaced.size() < kFilesForFileSystemSync;
  for (const FileContent& content : changes.replaced) {
    auto file = write_anew(fs, temporary_of(content.path), content.bytes);
    if (!file.ok() && file.error().kind == FileErrorKind::not_found) continue;
    if (!file.ok()) return Err(file.error());
    if (is_few) (*file)->start_write_back(Position(0), 0);
    unsynced.push_back(temporary_of(content.path));
  }
  auto synced = sync_at_once(fs, root, unsynced.size());
  if (!synced.ok()) return Err(synced.error());
  if (!*synced) RETURN_IF_ERROR(sync_each(fs, unsynced));
  std::set<std::string> folders;
  // Those that were synced just now need not be again, unless names change.
  if (!*synced) folders.insert(changes.folders.begin(), changes.folders.end());
  for (const FileContent& content : changes.replaced) {
    FileResult<void> renamed = fs.rename(temporary_of(content.path), content.path);
    if (is_missing(renamed)) continue;
    if (!renamed.ok()) return renamed;
    folders.insert(directory_of(content.path));
  }
  synced = sync_at_once(fs, root, folders.size());
  if (!synced.ok()) return Err(synced.error());
  if (*synced) return {};
  for (const std::string& folder : folders) {
    FileResult<void> done = fs.sync_directory(folder);
    if (!done.ok() && !is_missing(done)) return done;
  }
  return {};
}

}  // namespace

void FileChanges::add(FileChanges other) {
  const auto move = [](auto* from, auto* to) {
    to->insert(to->end(), std::make_move_iterator(from->begin()),
               std::make_move_iterator(from->end()));
  };
  move(&other.replaced, &replaced);
  move(&other.written, &written);
  move(&other.folders, &folders);
}

FileResult<void> complete_changes(FileSystem& fs, const std::string& root,
                                  const FileChanges& changes) {
  FileResult<void> done = write_and_rename(fs, root, changes);
  if (done.ok()) return done;
  // A full disk should not also keep the copies; the first error is the one to tell.
  for (const FileContent& content : changes.replaced) {
    static_cast<void>(fs.remove_file(temporary_of(content.path)));
  }
  return done;
}

FileResult<void> replace_files(FileSystem& fs, const std::string& root,
                               std::vector<FileContent> contents) {
  return complete_changes(fs, root, {std::move(contents), {}, {}});
}

FileResult<void> overwrite_file(FileSystem& fs, const std::string& path, ByteView bytes) {
  auto file = fs.open(path, OpenMode::create);
  if (!file.ok()) return Err(file.error());
  auto size = (*file)->size();
  if (!size.ok()) return Err(size.error());
  const auto wanted = static_cast<int64_t>(bytes.size());
  if (*size > wanted) RETURN_IF_ERROR((*file)->truncate(wanted));
  if (!bytes.empty()) RETURN_IF_ERROR((*file)->write_at(Position(0), bytes));
  return {};
}

}  // namespace odradek
