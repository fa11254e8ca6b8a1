// What only the real file system does: descriptors, permissions, cold pages.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include <doctest/doctest.h>

#include "base/clock.h"
#include "file/file_system.h"
#include "temporary_directory.h"

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

}  // namespace

TEST_CASE("descriptors are not inherited by programs that the process starts") {
  TemporaryDirectory directory;
  auto file = posix_file_system().open(directory.path() + "/file", OpenMode::create);
  REQUIRE(file.ok());
  const int flags = ::fcntl((*file)->descriptor(), F_GETFD);
  REQUIRE(flags >= 0);
  CHECK((flags & FD_CLOEXEC) != 0);
}

TEST_CASE("the page cache has one name in all of a mount, and another one in another") {
  TemporaryDirectory directory;
  FileSystem& disk = posix_file_system();
  const std::string identity = disk.cache_identity(directory.path());
  REQUIRE(disk.create_directories(directory.path() + "/folder").ok());
  CHECK(disk.cache_identity(directory.path() + "/folder") == identity);
  CHECK(disk.cache_identity(directory.path()) == identity);
  CHECK(disk.cache_identity(directory.path() + "/missing").empty());
  // Empty everywhere but on Linux 6.8 and later.
  if (!identity.empty()) CHECK(disk.cache_identity("/proc") != identity);
}

TEST_CASE("a closed file gives its descriptor back") {
  TemporaryDirectory directory;
  int descriptor = -1;
  {
    auto file = posix_file_system().open(directory.path() + "/file", OpenMode::create);
    REQUIRE(file.ok());
    descriptor = (*file)->descriptor();
  }
  CHECK(::fcntl(descriptor, F_GETFD) == -1);
}

TEST_CASE("allocate reserves blocks, so that a later write needs none") {
  TemporaryDirectory directory;
  auto file = posix_file_system().open(directory.path() + "/file", OpenMode::create);
  REQUIRE(file.ok());
  REQUIRE((*file)->allocate(1 << 20).ok());
  struct stat status;
  REQUIRE(::fstat((*file)->descriptor(), &status) == 0);
  CHECK(status.st_size == 1 << 20);
#if defined(__linux__)
  CHECK(status.st_blocks * 512 >= 1 << 20);
#endif
}

TEST_CASE("a file tells when it was changed last") {
  TemporaryDirectory folder;
  FileSystem& fs = posix_file_system();
  const TimestampMs before = system_clock().now();
  auto file = fs.open(folder.path() + "/a", OpenMode::create);
  REQUIRE(file.ok());
  REQUIRE((*file)->write_at(Position(0), as_bytes("x")).ok());
  const auto status = fs.status(folder.path() + "/a");
  REQUIRE(status.ok());
  // The kernel stamps files by a clock that ticks.
  CHECK(status->modified >= before - 1000);
  CHECK(status->modified <= system_clock().now() + 1000);
}

TEST_CASE("a lock excludes another process and ends with its holder") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/.lock";
  auto lock = posix_file_system().lock(path);
  REQUIRE(lock.ok());
  const auto child_can_lock = [&path] {
    std::fflush(nullptr);  // or the child writes it again
    const pid_t child = ::fork();
    if (child == 0) {
      const auto second = posix_file_system().lock(path);
      ::_exit(second.ok() ? 0 : static_cast<int>(second.error().kind) + 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WEXITSTATUS(status);
  };
  CHECK(child_can_lock() == static_cast<int>(FileErrorKind::locked) + 1);
  lock = Err(FileError{});
  CHECK(child_can_lock() == 0);
}

TEST_CASE("a directory without permission says so") {
  if (::geteuid() == 0) return;  // root may do everything
  TemporaryDirectory directory;
  REQUIRE(::chmod(directory.path().c_str(), 0500) == 0);
  const auto file = posix_file_system().open(directory.path() + "/file", OpenMode::create);
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().kind == FileErrorKind::permission);
  CHECK(posix_file_system().create_directories(directory.path() + "/a/b").error().kind ==
        FileErrorKind::permission);
}

#if defined(__linux__)

TEST_CASE("a device that takes nothing is a full disk, and one that fails an I/O error") {
  auto full = posix_file_system().open("/dev/full", OpenMode::read_write);
  if (!full.ok()) return;
  const auto written = (*full)->write_at(Position(0), Bytes(10, 'x'));
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().kind == FileErrorKind::no_space);
  CHECK(written.error().os_error == ENOSPC);
}

TEST_CASE("a read that must not wait refuses pages that are not cached") {
  TemporaryDirectory directory;
  auto file = posix_file_system().open(directory.path() + "/file", OpenMode::create);
  REQUIRE(file.ok());
  REQUIRE((*file)->write_at(Position(0), Bytes(1 << 20, 'x')).ok());
  REQUIRE((*file)->sync_data().ok());
  // The kernel may keep pages all the same (tmpfs does); then there is nothing to see here.
  REQUIRE(::posix_fadvise((*file)->descriptor(), 0, 0, POSIX_FADV_DONTNEED) == 0);
  Bytes into(4096);
  const auto cold = (*file)->read_cached_at(Position(0), into);
  if (!cold.ok()) {
    const bool says_why = cold.error().kind == FileErrorKind::would_block ||
                          cold.error().kind == FileErrorKind::unsupported;
    CHECK(says_why);
    CHECK(*(*file)->read_at(Position(0), into) == into.size());
  }
}

#endif

}  // namespace odradek
