#include "log/file_deleter.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("a large file is cut down before it is removed") {
  MemoryFileSystem disk;
  {
    auto file = disk.open("/large", OpenMode::create);
    REQUIRE((*file)->truncate(40LL << 20).ok());
  }
  std::vector<int64_t> sizes;
  disk.before_each_change([&](const FileCall& call) {
    if (call.kind == FileCallKind::truncate) sizes.push_back(call.size);
    return FaultDecision::proceed();
  });
  REQUIRE(remove_in_steps(disk, "/large").ok());
  CHECK(sizes == std::vector<int64_t>{24LL << 20, 8LL << 20, 0});
  CHECK_FALSE(disk.status("/large").ok());
  CHECK(remove_in_steps(disk, "/large").ok());  // gone already
}

TEST_CASE("the room of a file that somebody has open is free once it is removed") {
  MemoryFileSystem disk;
  disk.set_capacity(1LL << 20);
  auto held = disk.open("/held", OpenMode::create);
  REQUIRE((*held)->allocate(1LL << 20).ok());
  auto next = disk.open("/next", OpenMode::create);
  CHECK_FALSE((*next)->allocate(1LL << 20).ok());
  REQUIRE(remove_in_steps(disk, "/held").ok());
  CHECK((*next)->allocate(1LL << 20).ok());
}

TEST_CASE("a small file is removed at once") {
  MemoryFileSystem disk;
  {
    auto file = disk.open("/small", OpenMode::create);
    REQUIRE((*file)->truncate(1000).ok());
  }
  int64_t changes = 0;
  disk.before_each_change([&](const FileCall&) {
    ++changes;
    return FaultDecision::proceed();
  });
  REQUIRE(remove_in_steps(disk, "/small").ok());
  CHECK(changes == 1);
}

TEST_CASE("a folder is removed with what is in it") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/t/sub").ok());
  for (const char* path : {"/t/a", "/t/sub/b"}) REQUIRE(disk.open(path, OpenMode::create).ok());
  REQUIRE(remove_folder(disk, "/t").ok());
  CHECK_FALSE(disk.status("/t").ok());
  CHECK(remove_folder(disk, "/t").ok());
}

}  // namespace odradek
