// A failing disk under a mapping must not end the process.
#if defined(__linux__)

#include "file/mapped_window.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include <doctest/doctest.h>

#include "temporary_directory.h"

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kLength = 65536;

struct WindowedFile {
  TemporaryDirectory directory;
  std::unique_ptr<File> file;
  std::unique_ptr<WriteWindow> window;

  WindowedFile() {
    file = *posix_file_system().open(directory.path() + "/file", OpenMode::create);
    REQUIRE(file->allocate(kLength).ok());
    window = *file->map_window(Position(0), kLength);
  }
};

// Runs `body` in a child process; true if it came to its end.
template <class Body>
bool survives(Body body) {
  std::fflush(nullptr);  // or the child writes it again
  const pid_t child = ::fork();
  if (child == 0) {
    static_cast<void>(std::freopen("/dev/null", "w", stderr));  // a sanitizer's report
    body();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

// Cutting the file behind the mapping's back faults like a disk that fails: SIGBUS.
TEST_CASE("a store that the disk fails marks the window, and the process lives") {
  WindowedFile w;
  w.window->store(Position(0), Bytes(10, 'a'));
  REQUIRE(w.file->truncate(0).ok());
  CHECK_FALSE(w.window->failed());
  w.window->store(Position(8192), Bytes(100, 'b'));
  CHECK(w.window->failed());
  w.window->store(Position(8200), Bytes(100, 'c'));    // lands on the zero page
  w.window->store(Position(4090), Bytes(20000, 'd'));  // and over several pages more
  CHECK(w.window->failed());
}

TEST_CASE("a failure of one window is not one of another") {
  WindowedFile broken;
  WindowedFile whole;
  REQUIRE(broken.file->truncate(0).ok());
  broken.window->store(Position(0), Bytes(1, 'x'));
  whole.window->store(Position(0), Bytes(1, 'x'));
  CHECK(broken.window->failed());
  CHECK_FALSE(whole.window->failed());
  broken.window.reset();
  WindowedFile next;  // takes the slot that just became free, without its past
  CHECK_FALSE(next.window->failed());
}

TEST_CASE("populating what the disk fails does not end the process") {
  WindowedFile w;
  REQUIRE(w.file->truncate(0).ok());
  w.window->populate(Position(0), kLength);
  w.window->store(Position(100), Bytes(1, 'x'));
  CHECK(w.window->failed());
}

TEST_CASE("a window outlives its file") {
  WindowedFile w;
  w.file.reset();
  w.window->store(Position(0), Bytes(100, 'x'));
  CHECK_FALSE(w.window->failed());
  const auto bytes = read_whole_file(posix_file_system(), w.directory.path() + "/file", kLength);
  CHECK((*bytes)[99] == 'x');
}

TEST_CASE("a fault outside our windows still ends the process as before") {
  WindowedFile w;  // the handler is installed
  CHECK_FALSE(survives([&w] {
    void* memory =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, w.file->descriptor(), kLength);
    *static_cast<volatile uint8_t*>(memory) = 1;
  }));
  CHECK_FALSE(survives([] { ::raise(SIGBUS); }));
  CHECK(survives([&w] { w.window->store(Position(0), Bytes(1, 'x')); }));
}

TEST_CASE("windows are bounded in number, and a released one can be had again") {
  WindowedFile w;
  std::vector<std::unique_ptr<WriteWindow>> windows;
  for (size_t i = 0; i + 1 < kMappedWindowsMax; ++i) {
    auto window = w.file->map_window(Position(0), 4096);
    REQUIRE(window.ok());
    windows.push_back(std::move(window).value());
  }
  const auto refused = w.file->map_window(Position(0), 4096);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == FileErrorKind::unsupported);
  windows.pop_back();
  CHECK(w.file->map_window(Position(0), 4096).ok());
}

}  // namespace odradek

#endif
