// A window shows any part of a file, whatever its size.
#include "check/file_window.h"

#include <algorithm>
#include <random>

#include <doctest/doctest.h>

#include "checksum/crc32c.h"
#include "file/memory_file_system.h"

namespace odradek {
namespace {

std::vector<uint8_t> noise(size_t size) {
  std::mt19937_64 random(7);
  std::vector<uint8_t> bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

}  // namespace

TEST_CASE("any piece of a file, forwards and back, and its checksum") {
  const std::vector<uint8_t> bytes = noise(static_cast<size_t>(FileWindow::kBytesMax) * 3 + 77);
  const auto size = static_cast<int64_t>(bytes.size());
  MemoryFileSystem disk;
  REQUIRE(replace_file(disk, "/f", bytes).ok());
  auto window = FileWindow::open(disk, "/f");
  REQUIRE(window.ok());
  CHECK((*window)->size() == size);
  std::mt19937_64 random(3);
  for (int i = 0; i < 200; ++i) {
    const auto from = static_cast<int64_t>(random() % bytes.size());
    const auto wanted = static_cast<int64_t>(random() % FileWindow::kBytesMax);
    const auto got = (*window)->view(Position(from), wanted);
    REQUIRE(got.ok());
    REQUIRE(static_cast<int64_t>(got->size()) == std::min(wanted, size - from));
    REQUIRE(std::equal(got->begin(), got->end(), bytes.begin() + from));
  }
  for (int i = 0; i < 40; ++i) {
    const size_t from = random() % bytes.size();
    const size_t to = from + random() % (bytes.size() - from + 1);
    const auto crc =
        (*window)->crc(Position(static_cast<int64_t>(from)), Position(static_cast<int64_t>(to)));
    REQUIRE(crc.ok());
    REQUIRE(*crc == crc32c(ByteView(bytes).subspan(from, to - from)));
  }
}

TEST_CASE("the first byte that is not zero, or the end") {
  std::vector<uint8_t> bytes(static_cast<size_t>(FileWindow::kBytesMax) * 2 + 5);
  bytes[3] = 1;
  bytes[bytes.size() - 2] = 1;
  MemoryFileSystem disk;
  REQUIRE(replace_file(disk, "/f", bytes).ok());
  auto window = FileWindow::open(disk, "/f");
  REQUIRE(window.ok());
  const auto first = [&](int64_t from) { return (*window)->first_byte(Position(from)).value(); };
  const auto size = static_cast<int64_t>(bytes.size());
  CHECK(first(0) == Position(3));
  CHECK(first(3) == Position(3));
  CHECK(first(4) == Position(size - 2));
  CHECK(first(size - 1) == Position(size));
  CHECK(first(size) == Position(size));
}

TEST_CASE("a file that becomes shorter meanwhile is an error, not a crash") {
  MemoryFileSystem disk;
  REQUIRE(replace_file(disk, "/f", noise(1000)).ok());
  auto window = FileWindow::open(disk, "/f");
  REQUIRE(window.ok());
  auto file = disk.open("/f", OpenMode::read_write);
  REQUIRE((*file)->truncate(10).ok());
  const auto got = (*window)->view(Position(0), 100);
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().detail == "a file became shorter while it was read");
  CHECK_FALSE(FileWindow::open(disk, "/missing").ok());
}

}  // namespace odradek
