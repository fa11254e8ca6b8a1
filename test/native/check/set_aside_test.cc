// What is taken away is kept under a new name, each time another one, or is gone.
#include "check/set_aside.h"

#include <doctest/doctest.h>

#include "file/memory_file_system.h"

namespace odradek {
namespace {

std::string text_at(FileSystem& fs, const std::string& path) {
  auto bytes = read_whole_file(fs, path, 1U << 20);
  REQUIRE(bytes.ok());
  return std::string(as_text(*bytes));
}

void put(FileSystem& fs, const std::string& path, std::string_view text) {
  REQUIRE(replace_file(fs, path, as_bytes(text)).ok());
}

}  // namespace

TEST_CASE("a file is renamed, and a name that is taken is not written over") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/d").ok());
  SetAside aside(disk, "/d", true);
  for (const std::string_view text : {"first", "second", "third"}) {
    put(disk, "/d/x.log", text);
    REQUIRE(aside.take("x.log", ".cut").ok());
    CHECK_FALSE(disk.status("/d/x.log").ok());
  }
  CHECK(aside.kept() == std::vector<std::string>{"x.log.cut", "x.log.cut.1", "x.log.cut.2"});
  CHECK(text_at(disk, "/d/x.log.cut") == "first");
  CHECK(text_at(disk, "/d/x.log.cut.2") == "third");
}

TEST_CASE("the end of a file is cut off and kept") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/d").ok());
  put(disk, "/d/x.log", "wholedamaged");
  SetAside aside(disk, "/d", true);
  const auto bytes = aside.take_tail("x.log", Position(5));
  REQUIRE(bytes.ok());
  CHECK(bytes.value() == 7);
  CHECK(text_at(disk, "/d/x.log") == "whole");
  CHECK(text_at(disk, "/d/x.log.cut-5") == "damaged");
  CHECK(aside.kept() == std::vector<std::string>{"x.log.cut-5"});
  // Nothing to cut: nothing to keep.
  CHECK(aside.take_tail("x.log", Position(5)).value() == 0);
  CHECK(aside.kept().size() == 1);
}

TEST_CASE("what is cut is on the disk before the file is shorter") {
  size_t shorter = 0;
  size_t untouched = 0;
  for (uint64_t round = 0; round < 120; ++round) {
    const uint64_t crash_at = 1 + round % 12;
    CAPTURE(round);
    MemoryFileSystem disk;
    REQUIRE(disk.create_directories("/d").ok());
    put(disk, "/d/x.log", "wholedamaged");
    REQUIRE(disk.sync_file_system("/d").ok());
    uint64_t calls = 0;
    disk.before_each_change([&](const FileCall&) {
      return ++calls >= crash_at ? FaultDecision::crash() : FaultDecision::proceed();
    });
    SetAside aside(disk, "/d", true);
    static_cast<void>(aside.take_tail("x.log", Position(5)));
    auto after = disk.after_crash(CrashKind::reordered, round);
    const bool is_untouched = text_at(*after, "/d/x.log") == "wholedamaged";
    ++(is_untouched ? untouched : shorter);
    if (!is_untouched) CHECK(text_at(*after, "/d/x.log.cut-5") == "damaged");
  }
  CHECK(untouched > 0);
  CHECK(shorter > 0);
}

TEST_CASE("told to keep nothing, it removes") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/d").ok());
  put(disk, "/d/x.log", "wholedamaged");
  put(disk, "/d/y.log", "y");
  SetAside aside(disk, "/d", false);
  REQUIRE(aside.take("y.log", ".cut").ok());
  REQUIRE(aside.take_tail("x.log", Position(5)).ok());
  CHECK(aside.kept().empty());
  auto names = disk.list("/d");
  REQUIRE(names.ok());
  CHECK(names->size() == 1);
  CHECK_FALSE(aside.take("gone.log", ".cut").ok());
}

}  // namespace odradek
