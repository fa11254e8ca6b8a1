#include "log/swap_files.h"

#include <set>

#include "log/segment_format.h"
#include "log_fixture.h"

namespace odradek {
namespace {

// A `.log` file with one batch over each of `offsets`.
void write_log(MemoryFileSystem& disk, const std::string& name,
               std::initializer_list<int64_t> offsets) {
  std::vector<uint8_t> bytes;
  for (const int64_t offset : offsets) {
    std::vector<uint8_t> batch = make_batch();
    assign_offsets(batch, Offset(offset), LeaderEpoch(0));
    bytes.insert(bytes.end(), batch.begin(), batch.end());
  }
  REQUIRE(disk.create_directories("/p").ok());
  REQUIRE(disk.sync_directory("/").ok());
  REQUIRE(replace_file(disk, "/p/" + name, bytes).ok());
}

std::string log_name(int64_t base) { return segment_file_name(Offset(base), SegmentFileKind::log); }

std::set<std::string> names(MemoryFileSystem& disk) {
  std::set<std::string> all;
  const auto entries = disk.list("/p");
  for (const auto& entry : *entries) all.insert(entry.name);
  return all;
}

}  // namespace

TEST_CASE("complete swaps take the place of what they cover, unfinished ones go") {
  MemoryFileSystem disk;
  write_log(disk, log_name(0), {0, 1, 2});
  write_log(disk, log_name(3), {3, 4, 5});
  write_log(disk, log_name(6), {6, 7});
  write_log(disk, log_name(8), {8});
  write_log(disk, log_name(0) + ".swap", {1, 5});  // covers the first two
  write_log(disk, segment_file_name(Offset(0), SegmentFileKind::offset_index) + ".swap", {});
  write_log(disk, log_name(6) + ".cleaned", {7});
  write_log(disk, log_name(7) + ".swap", {7});  // half of a split
  REQUIRE(complete_swaps(disk, "/p").ok());
  CHECK(names(disk) ==
        std::set<std::string>{log_name(0), "00000000000000000000.index", log_name(6), log_name(8)});
  CHECK(disk.status("/p/" + log_name(0))->size == 2 * static_cast<int64_t>(make_batch().size()));
  const uint64_t calls = disk.calls();
  REQUIRE(complete_swaps(disk, "/p").ok());
  CHECK(disk.calls() == calls);
}

TEST_CASE("a segment whose end was cleaned away goes as well, one behind it stays") {
  MemoryFileSystem disk;
  write_log(disk, log_name(3), {3, 4, 9});
  write_log(disk, log_name(5), {10});
  write_log(disk, log_name(0) + ".swap", {0, 4});
  REQUIRE(complete_swaps(disk, "/p").ok());
  CHECK(names(disk) == std::set<std::string>{log_name(0), log_name(5)});
}

TEST_CASE("an index file of a segment that is gone does not pass for that of its replacement") {
  MemoryFileSystem disk;
  const auto index = segment_file_name(Offset(3), SegmentFileKind::offset_index);
  write_log(disk, log_name(0), {0, 1, 2});
  write_log(disk, segment_file_name(Offset(0), SegmentFileKind::time_index), {});
  write_log(disk, log_name(3) + ".deleted", {3, 4, 5});
  write_log(disk, index, {});
  write_log(disk, log_name(3) + ".swap", {4, 5});
  REQUIRE(complete_swaps(disk, "/p").ok());
  CHECK(names(disk) == std::set<std::string>{log_name(0), "00000000000000000000.timeindex",
                                             log_name(3), log_name(3) + ".deleted"});
}

TEST_CASE("swaps may be interrupted again, before any call") {
  for (uint64_t n = 1; n < 20; ++n) {
    CAPTURE(n);
    MemoryFileSystem disk;
    write_log(disk, log_name(0), {0, 1, 2});
    write_log(disk, log_name(3), {3, 4, 5});
    write_log(disk, log_name(6), {6, 7});
    write_log(disk, log_name(0) + ".swap", {1, 5});
    write_log(disk, log_name(6) + ".cleaned", {7});
    write_log(disk, log_name(7) + ".swap", {7});
    const uint64_t before = disk.calls();
    disk.before_each_change([&](const FileCall& call) {
      return call.number == before + n ? FaultDecision::crash() : FaultDecision::proceed();
    });
    static_cast<void>(complete_swaps(disk, "/p").ok());
    for (const CrashKind kind :
         {CrashKind::lost, CrashKind::kept, CrashKind::torn, CrashKind::reordered}) {
      auto after = disk.after_crash(kind, n);
      REQUIRE(complete_swaps(*after, "/p").ok());
      CHECK(names(*after) == std::set<std::string>{log_name(0), log_name(6)});
      CHECK(after->status("/p/" + log_name(0))->size ==
            2 * static_cast<int64_t>(make_batch().size()));
    }
  }
}

}  // namespace odradek
