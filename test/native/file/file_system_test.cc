// What every FileSystem does, judged on the real one and on the one in memory.
#include "file/file_system.h"

#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "file/memory_file_system.h"
#include "temporary_directory.h"

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

struct OnDisk {
  TemporaryDirectory directory;
  FileSystem& fs = posix_file_system();
  std::string path(const std::string& name) const { return directory.path() + "/" + name; }
};

struct InMemory {
  MemoryFileSystem memory;
  FileSystem& fs = memory;
  InMemory() { REQUIRE(fs.create_directories("/data").ok()); }
  std::string path(const std::string& name) const { return "/data/" + name; }
};

Bytes bytes_of(std::string_view text) { return Bytes(text.begin(), text.end()); }

std::unique_ptr<File> must_open(FileSystem& fs, const std::string& path, OpenMode mode) {
  auto file = fs.open(path, mode);
  if (!file.ok()) FAIL(file.error().detail);
  return std::move(file).value();
}

void put(FileSystem& fs, const std::string& path, const Bytes& bytes) {
  REQUIRE(must_open(fs, path, OpenMode::create)->write_at(Position(0), bytes).ok());
}

Bytes content_of(const File& file) {
  Bytes bytes(static_cast<size_t>(*file.size()));
  REQUIRE(*file.read_at(Position(0), bytes) == bytes.size());
  return bytes;
}

template <class T>
FileErrorKind kind_of(const Result<T, FileError>& result) {
  REQUIRE_FALSE(result.ok());
  CHECK_FALSE(result.error().detail.empty());
  return result.error().kind;
}

}  // namespace

TEST_CASE_TEMPLATE("open modes create, or insist on what is there", Disk, OnDisk, InMemory) {
  Disk disk;
  const std::string path = disk.path("file");
  CHECK(kind_of(disk.fs.open(path, OpenMode::read)) == FileErrorKind::not_found);
  CHECK(kind_of(disk.fs.open(path, OpenMode::read_write)) == FileErrorKind::not_found);
  CHECK(disk.fs.open(path, OpenMode::create).ok());
  CHECK(disk.fs.open(path, OpenMode::create).ok());
  CHECK(disk.fs.open(path, OpenMode::read).ok());
  CHECK(kind_of(disk.fs.open(path, OpenMode::create_new)) == FileErrorKind::exists);
  CHECK(disk.fs.open(disk.path("new"), OpenMode::create_new).ok());
  CHECK(kind_of(disk.fs.open(disk.path("no/file"), OpenMode::create)) == FileErrorKind::not_found);
  CHECK(kind_of(disk.fs.open(disk.path("file/below"), OpenMode::create)) ==
        FileErrorKind::not_a_directory);
  CHECK_FALSE(disk.fs.open(disk.path(""), OpenMode::create).ok());
}

TEST_CASE_TEMPLATE("an error names the path and what was tried", Disk, OnDisk, InMemory) {
  Disk disk;
  const auto result = disk.fs.open(disk.path("missing"), OpenMode::read);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().detail == "open " + disk.path("missing") + ": No such file or directory");
}

TEST_CASE_TEMPLATE("bytes are read back where they were written", Disk, OnDisk, InMemory) {
  Disk disk;
  auto file = must_open(disk.fs, disk.path("file"), OpenMode::create);
  CHECK(file->write_at(Position(0), bytes_of("0123456789")).ok());
  CHECK(file->write_at(Position(4), bytes_of("abc")).ok());
  CHECK(content_of(*file) == bytes_of("0123abc789"));
  CHECK(file->write_at(Position(12), bytes_of("end")).ok());
  CHECK(content_of(*file) ==
        Bytes{'0', '1', '2', '3', 'a', 'b', 'c', '7', '8', '9', 0, 0, 'e', 'n', 'd'});
  CHECK(file->write_at(Position(100), {}).ok());
  CHECK(*file->size() == 15);
  Bytes into(8);
  CHECK(*file->read_at(Position(10), into) == 5);
  CHECK(*file->read_at(Position(15), into) == 0);
  CHECK(*file->read_at(Position(1000), into) == 0);
  CHECK(*file->read_at(Position(0), {}) == 0);
}

TEST_CASE_TEMPLATE("a file open for reading takes no writes", Disk, OnDisk, InMemory) {
  Disk disk;
  must_open(disk.fs, disk.path("file"), OpenMode::create);
  auto file = must_open(disk.fs, disk.path("file"), OpenMode::read);
  CHECK_FALSE(file->write_at(Position(0), bytes_of("x")).ok());
  CHECK_FALSE(file->allocate(10).ok());
  CHECK_FALSE(file->map_window(Position(0), 4096).ok());
}

TEST_CASE_TEMPLATE("allocate makes the file longer, never shorter", Disk, OnDisk, InMemory) {
  Disk disk;
  auto file = must_open(disk.fs, disk.path("file"), OpenMode::create);
  CHECK(file->write_at(Position(0), bytes_of("x")).ok());
  CHECK(file->allocate(65536).ok());
  CHECK(*file->size() == 65536);
  CHECK(file->allocate(10).ok());
  CHECK(file->allocate(0).ok());
  CHECK(*file->size() == 65536);
  Bytes expected(65536, 0);
  expected[0] = 'x';
  CHECK(content_of(*file) == expected);
}

TEST_CASE_TEMPLATE("truncate cuts, and grows with zeros", Disk, OnDisk, InMemory) {
  Disk disk;
  auto file = must_open(disk.fs, disk.path("file"), OpenMode::create);
  CHECK(file->write_at(Position(0), bytes_of("abcdef")).ok());
  CHECK(file->truncate(2).ok());
  CHECK(content_of(*file) == bytes_of("ab"));
  CHECK(file->truncate(4).ok());
  CHECK(content_of(*file) == Bytes{'a', 'b', 0, 0});
  CHECK(file->sync_data().ok());
}

TEST_CASE_TEMPLATE("directories are created with their parents, listed in order and removed", Disk,
                   OnDisk, InMemory) {
  Disk disk;
  CHECK(disk.fs.create_directories(disk.path("a/b/c")).ok());
  CHECK(disk.fs.create_directories(disk.path("a/b/c/")).ok());
  must_open(disk.fs, disk.path("a/z"), OpenMode::create);
  must_open(disk.fs, disk.path("a/.hidden"), OpenMode::create);
  const auto entries = disk.fs.list(disk.path("a"));
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0].name == ".hidden");
  CHECK((*entries)[1].name == "b");
  CHECK((*entries)[1].is_directory);
  CHECK((*entries)[2].name == "z");
  CHECK_FALSE((*entries)[2].is_directory);
  CHECK(kind_of(disk.fs.list(disk.path("none"))) == FileErrorKind::not_found);
  CHECK(kind_of(disk.fs.list(disk.path("a/z"))) == FileErrorKind::not_a_directory);
  CHECK(kind_of(disk.fs.create_directories(disk.path("a/z"))) == FileErrorKind::not_a_directory);
  CHECK(kind_of(disk.fs.create_directories(disk.path("a/z/y"))) == FileErrorKind::not_a_directory);
  CHECK(kind_of(disk.fs.remove_directory(disk.path("a/b"))) == FileErrorKind::exists);
  CHECK(disk.fs.remove_directory(disk.path("a/b/c")).ok());
  CHECK(disk.fs.remove_directory(disk.path("a/b")).ok());
  CHECK(kind_of(disk.fs.remove_directory(disk.path("a/b"))) == FileErrorKind::not_found);
  CHECK(kind_of(disk.fs.remove_directory(disk.path("a/z"))) == FileErrorKind::not_a_directory);
  CHECK_FALSE(disk.fs.remove_file(disk.path("a")).ok());
  CHECK(disk.fs.sync_directory(disk.path("a")).ok());
  CHECK(kind_of(disk.fs.sync_directory(disk.path("none"))) == FileErrorKind::not_found);
}

TEST_CASE_TEMPLATE("status tells files, directories and identity", Disk, OnDisk, InMemory) {
  Disk disk;
  put(disk.fs, disk.path("one"), bytes_of("abc"));
  must_open(disk.fs, disk.path("two"), OpenMode::create);
  const auto one = disk.fs.status(disk.path("one"));
  const auto two = disk.fs.status(disk.path("two"));
  REQUIRE(one.ok());
  REQUIRE(two.ok());
  CHECK(one->size == 3);
  CHECK_FALSE(one->is_directory);
  CHECK(one->device == two->device);
  CHECK(one->inode != two->inode);
  CHECK(disk.fs.rename(disk.path("one"), disk.path("renamed")).ok());
  CHECK(disk.fs.status(disk.path("renamed"))->inode == one->inode);
  CHECK(disk.fs.status(disk.path(""))->is_directory);
  CHECK(kind_of(disk.fs.status(disk.path("one"))) == FileErrorKind::not_found);
}

TEST_CASE_TEMPLATE("rename replaces files and empty directories", Disk, OnDisk, InMemory) {
  Disk disk;
  put(disk.fs, disk.path("new"), bytes_of("new"));
  auto old = must_open(disk.fs, disk.path("old"), OpenMode::create);
  CHECK(old->write_at(Position(0), bytes_of("old")).ok());
  CHECK(disk.fs.rename(disk.path("new"), disk.path("old")).ok());
  CHECK(content_of(*must_open(disk.fs, disk.path("old"), OpenMode::read)) == bytes_of("new"));
  CHECK(content_of(*old) == bytes_of("old"));  // who has it open still has it
  CHECK(kind_of(disk.fs.rename(disk.path("new"), disk.path("x"))) == FileErrorKind::not_found);
  CHECK(disk.fs.create_directories(disk.path("d/e")).ok());
  CHECK(kind_of(disk.fs.rename(disk.path("d"), disk.path("old"))) ==
        FileErrorKind::not_a_directory);
  CHECK_FALSE(disk.fs.rename(disk.path("old"), disk.path("d")).ok());
  CHECK(disk.fs.create_directories(disk.path("f")).ok());
  CHECK(kind_of(disk.fs.rename(disk.path("f"), disk.path("d"))) == FileErrorKind::exists);
  CHECK(disk.fs.rename(disk.path("d"), disk.path("f")).ok());
  CHECK(disk.fs.status(disk.path("f/e"))->is_directory);
}

TEST_CASE_TEMPLATE("a removed file lives on for who has it open", Disk, OnDisk, InMemory) {
  Disk disk;
  auto file = must_open(disk.fs, disk.path("file"), OpenMode::create);
  CHECK(file->write_at(Position(0), bytes_of("still")).ok());
  CHECK(disk.fs.remove_file(disk.path("file")).ok());
  CHECK(kind_of(disk.fs.remove_file(disk.path("file"))) == FileErrorKind::not_found);
  CHECK(content_of(*file) == bytes_of("still"));
  CHECK(file->sync_data().ok());
}

TEST_CASE_TEMPLATE("a lock excludes everybody, this process too", Disk, OnDisk, InMemory) {
  Disk disk;
  {
    auto lock = disk.fs.lock(disk.path(".lock"));
    REQUIRE(lock.ok());
    CHECK(kind_of(disk.fs.lock(disk.path(".lock"))) == FileErrorKind::locked);
    // Opening and closing the file must not give the lock back, as it would a POSIX one.
    must_open(disk.fs, disk.path(".lock"), OpenMode::read);
    CHECK(kind_of(disk.fs.lock(disk.path(".lock"))) == FileErrorKind::locked);
  }
  CHECK(disk.fs.lock(disk.path(".lock")).ok());
  CHECK(kind_of(disk.fs.lock(disk.path("no/.lock"))) == FileErrorKind::not_found);
}

TEST_CASE_TEMPLATE("readers share a lock, and exclude who wants it alone", Disk, OnDisk, InMemory) {
  Disk disk;
  const std::string path = disk.path(".lock");
  CHECK(kind_of(disk.fs.lock_shared(path)) == FileErrorKind::not_found);
  {
    auto lock = disk.fs.lock(path);
    REQUIRE(lock.ok());
    CHECK(kind_of(disk.fs.lock_shared(path)) == FileErrorKind::locked);
  }
  {
    auto first = disk.fs.lock_shared(path);
    REQUIRE(first.ok());
    {
      auto second = disk.fs.lock_shared(path);
      REQUIRE(second.ok());
      CHECK(kind_of(disk.fs.lock(path)) == FileErrorKind::locked);
    }
    CHECK(kind_of(disk.fs.lock(path)) == FileErrorKind::locked);
  }
  CHECK(disk.fs.lock(path).ok());
}

TEST_CASE_TEMPLATE("free space is a number, and write-back a hint", Disk, OnDisk, InMemory) {
  Disk disk;
  REQUIRE(disk.fs.free_bytes(disk.path("")).ok());
  CHECK(*disk.fs.free_bytes(disk.path("")) > 0);
  CHECK(*disk.fs.total_bytes(disk.path("")) >= *disk.fs.free_bytes(disk.path("")));
  CHECK(kind_of(disk.fs.total_bytes(disk.path("none"))) == FileErrorKind::not_found);
  CHECK(kind_of(disk.fs.free_bytes(disk.path("none"))) == FileErrorKind::not_found);
  auto file = must_open(disk.fs, disk.path("file"), OpenMode::create);
  CHECK(file->write_at(Position(0), Bytes(10000, 'x')).ok());
  file->start_write_back(Position(0), 4096);
  CHECK(file->sync_data().ok());
}

TEST_CASE_TEMPLATE("a window's stores are read back at once", Disk, OnDisk, InMemory) {
  Disk disk;
  auto file = must_open(disk.fs, disk.path("file"), OpenMode::create);
  REQUIRE(file->allocate(1 << 20).ok());
  REQUIRE(file->write_at(Position(65530), bytes_of("written")).ok());
  auto mapped = file->map_window(Position(65536), 65536);
  if (!mapped.ok()) {
    CHECK(mapped.error().kind == FileErrorKind::unsupported);
    return;
  }
  WriteWindow& window = **mapped;
  CHECK(window.begin() == Position(65536));
  CHECK(window.end() == Position(131072));
  window.populate(Position(65536), 65536);
  window.store(Position(65537), bytes_of("stored"));
  window.store(Position(131070), bytes_of("zz"));
  window.store(Position(70000), {});
  Bytes into(16);
  CHECK(*file->read_at(Position(65530), into) == 16);
  CHECK(into == Bytes{'w', 'r', 'i', 't', 't', 'e', 'n', 's', 't', 'o', 'r', 'e', 'd', 0, 0, 0});
  REQUIRE(file->write_at(Position(65538), bytes_of("T")).ok());
  window.store(Position(65543), bytes_of("!"));
  CHECK(*file->read_at(Position(65536), ByteSpan(into).first(8)) == 8);
  CHECK(as_text(ByteView(into).first(8)) == "nsTored!");
  CHECK(file->sync_data().ok());
  CHECK_FALSE(window.failed());
}

TEST_CASE_TEMPLATE("a window may be populated while it is written", Disk, OnDisk, InMemory) {
  Disk disk;
  auto file = must_open(disk.fs, disk.path("file"), OpenMode::create);
  constexpr size_t kLength = 1 << 20;
  REQUIRE(file->allocate(kLength).ok());
  auto mapped = file->map_window(Position(0), kLength);
  if (!mapped.ok()) {
    CHECK(mapped.error().kind == FileErrorKind::unsupported);
    return;
  }
  WriteWindow& window = **mapped;
  std::thread helper([&window] {
    for (size_t at = 0; at < kLength; at += 65536) {
      window.populate(Position(static_cast<int64_t>(at)), 65536);
    }
  });
  const Bytes piece(1000, 0x5a);
  for (size_t at = 0; at + piece.size() <= kLength; at += 16384) {
    window.store(Position(static_cast<int64_t>(at)), piece);
  }
  helper.join();
  const Bytes content = content_of(*file);
  for (size_t at = 0; at + piece.size() <= kLength; at += 16384) {
    CHECK(std::equal(piece.begin(), piece.end(), content.begin() + static_cast<ptrdiff_t>(at)));
  }
}

TEST_CASE_TEMPLATE("cached reads give what is there", Disk, OnDisk, InMemory) {
  Disk disk;
  auto file = must_open(disk.fs, disk.path("file"), OpenMode::create);
  REQUIRE(file->write_at(Position(0), Bytes(10000, 'c')).ok());
  Bytes into(10000);
  const auto read = file->read_cached_at(Position(5000), into);
  if (!read.ok()) {
    CHECK(read.error().kind == FileErrorKind::unsupported);
    return;
  }
  CHECK(*read == 5000);
  CHECK(into[4999] == 'c');
  CHECK(*file->read_cached_at(Position(10000), into) == 0);
}

TEST_CASE_TEMPLATE("replace_file swaps the whole content and leaves nothing behind", Disk, OnDisk,
                   InMemory) {
  Disk disk;
  const std::string path = disk.path("checkpoint");
  CHECK(replace_file(disk.fs, path, bytes_of("first and longer")).ok());
  put(disk.fs, path + ".tmp", bytes_of("left by a crash, longer than the rest"));
  CHECK(replace_file(disk.fs, path, bytes_of("second")).ok());
  CHECK(*read_whole_file(disk.fs, path, 100) == bytes_of("second"));
  CHECK(disk.fs.list(disk.path(""))->size() == 1);
  CHECK_FALSE(replace_file(disk.fs, disk.path("no/such"), bytes_of("x")).ok());
}

TEST_CASE_TEMPLATE("overwrite_file leaves just the new content", Disk, OnDisk, InMemory) {
  Disk disk;
  const std::string path = disk.path("index");
  for (const std::string content : {"", "longer than what follows", "short", "", "again"}) {
    CAPTURE(content);
    CHECK(overwrite_file(disk.fs, path, as_bytes(content)).ok());
    CHECK(*read_whole_file(disk.fs, path, 100) == bytes_of(content));
  }
  CHECK_FALSE(overwrite_file(disk.fs, disk.path("no/such"), bytes_of("x")).ok());
}

TEST_CASE_TEMPLATE("many changes are completed together, but for folders that are gone", Disk,
                   OnDisk, InMemory) {
  // On both sides of the number from which one sync of all is cheaper.
  for (const int files : {3, 250}) {
    CAPTURE(files);
    Disk disk;
    FileChanges changes;
    for (int i = 0; i < files; ++i) {
      const std::string folder = disk.path(std::to_string(i));
      CHECK(disk.fs.create_directories(folder).ok());
      CHECK(overwrite_file(disk.fs, folder + "/written", bytes_of("new")).ok());
      FileChanges one;
      one.written.push_back(folder + "/written");
      one.folders.push_back(folder);
      one.replaced.push_back({folder + "/replaced", bytes_of(std::to_string(i))});
      changes.add(std::move(one));
    }
    changes.replaced.push_back({disk.path("gone/replaced"), bytes_of("x")});
    changes.written.push_back(disk.path("gone/written"));
    changes.folders.push_back(disk.path("gone"));
    CHECK(complete_changes(disk.fs, disk.path(""), changes).ok());
    for (int i = 0; i < files; ++i) {
      const std::string folder = disk.path(std::to_string(i));
      CHECK(*read_whole_file(disk.fs, folder + "/replaced", 10) == bytes_of(std::to_string(i)));
      CHECK(disk.fs.list(folder)->size() == 2);
    }
  }
}

TEST_CASE("completed changes outlast a power cut") {
  for (const int files : {3, 250}) {
    CAPTURE(files);
    MemoryFileSystem disk;
    FileChanges changes;
    for (int i = 0; i < files; ++i) {
      const std::string folder = "/data/" + std::to_string(i);
      REQUIRE(disk.create_directories(folder).ok());
      REQUIRE(disk.sync_directory("/").ok());
      REQUIRE(disk.sync_directory("/data").ok());
      REQUIRE(overwrite_file(disk, folder + "/written", bytes_of("new")).ok());
      changes.written.push_back(folder + "/written");
      changes.folders.push_back(folder);
      if (i % 2 == 0) changes.replaced.push_back({folder + "/replaced", bytes_of("whole")});
    }
    REQUIRE(complete_changes(disk, "/data", changes).ok());
    const auto after = disk.after_crash(CrashKind::lost);
    for (int i = 0; i < files; ++i) {
      const std::string folder = "/data/" + std::to_string(i);
      CHECK(*read_whole_file(*after, folder + "/written", 10) == bytes_of("new"));
      if (i % 2 == 0)
        CHECK(*read_whole_file(*after, folder + "/replaced", 10) == bytes_of("whole"));
    }
  }
}

TEST_CASE_TEMPLATE("read_whole_file refuses more than its bound", Disk, OnDisk, InMemory) {
  Disk disk;
  const std::string path = disk.path("file");
  CHECK(replace_file(disk.fs, path, bytes_of("12345")).ok());
  CHECK(*read_whole_file(disk.fs, path, 5) == bytes_of("12345"));
  const auto refused = read_whole_file(disk.fs, path, 4);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == FileErrorKind::io);
  CHECK(refused.error().detail.find("5 bytes") != std::string::npos);
  CHECK(kind_of(read_whole_file(disk.fs, disk.path("none"), 4)) == FileErrorKind::not_found);
  must_open(disk.fs, disk.path("empty"), OpenMode::create);
  CHECK(read_whole_file(disk.fs, disk.path("empty"), 0)->empty());
}

}  // namespace odradek
