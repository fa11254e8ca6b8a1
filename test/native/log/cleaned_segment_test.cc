#include "log/cleaned_segment.h"

#include "log/header_cursor.h"
#include "log/segment_format.h"
#include "log_fixture.h"

namespace odradek {
namespace {

constexpr const char* kFolder = "/p";
const std::string kName = "/p/00000000000000000010.log";

// A batch of one record at each of the offsets.
std::vector<uint8_t> batches_at(std::initializer_list<int64_t> offsets) {
  std::vector<uint8_t> bytes;
  for (const int64_t offset : offsets) {
    std::vector<uint8_t> batch = make_batch({.timestamp = 1000 + offset});
    assign_offsets(batch, Offset(offset), LeaderEpoch(3));
    bytes.insert(bytes.end(), batch.begin(), batch.end());
  }
  return bytes;
}

struct Fixture {
  Fixture() {
    REQUIRE(disk.create_directories(kFolder).ok());
    REQUIRE(disk.sync_directory("/").ok());
    auto created = CleanedSegment::create(disk, kFolder, Offset(10), Offset(20), TimestampMs(0));
    REQUIRE(created.ok());
    cleaned = std::move(*created);
  }
  bool is_there(const std::string& path) { return disk.status(path).ok(); }
  ErrorCode code_of(ByteView bytes) {
    const auto appended = cleaned->append(bytes, 0);
    return appended.ok() ? ErrorCode::none : appended.error().code;
  }

  MemoryFileSystem disk;
  std::unique_ptr<CleanedSegment> cleaned;
};

}  // namespace

TEST_CASE("a cleaned segment holds what was appended, with its indexes") {
  Fixture f;
  const auto first = batches_at({10, 12});
  const auto second = batches_at({19});
  CHECK(f.code_of(first) == ErrorCode::none);
  CHECK(f.code_of(second) == ErrorCode::none);
  REQUIRE(f.cleaned->sync().ok());
  std::vector<uint8_t> all = first;
  all.insert(all.end(), second.begin(), second.end());
  CHECK(f.disk.durable_content(kName + ".cleaned") == all);
  ActiveSegment& segment = f.cleaned->segment();
  CHECK(segment.size_bytes() == static_cast<int64_t>(all.size()));
  CHECK(segment.largest_timestamp().timestamp == TimestampMs(1019));
  CHECK(segment.indexes()->offsets.size() == 2);  // not of the first batch, as in any segment
}

TEST_CASE("what is no batch of the range is refused whole, and nothing is written") {
  Fixture f;
  REQUIRE(f.code_of(batches_at({12})) == ErrorCode::none);
  const int64_t size = f.cleaned->segment().size_bytes();
  auto damaged = batches_at({13, 14});
  damaged.back() ^= 1;
  CHECK(f.code_of(damaged) == ErrorCode::corrupt_message);
  auto cut = batches_at({13});
  cut.pop_back();
  CHECK(f.code_of(cut) == ErrorCode::corrupt_message);
  CHECK(f.code_of(batches_at({12})) == ErrorCode::corrupt_message);      // again
  CHECK(f.code_of(batches_at({14, 13})) == ErrorCode::corrupt_message);  // descending
  CHECK(f.code_of(batches_at({9})) == ErrorCode::corrupt_message);
  CHECK(f.code_of(batches_at({20})) == ErrorCode::corrupt_message);
  CHECK(f.cleaned->segment().size_bytes() == size);
  CHECK(f.code_of(batches_at({13})) == ErrorCode::none);
}

TEST_CASE("the names follow each other durably") {
  Fixture f;
  REQUIRE(f.code_of(batches_at({11})) == ErrorCode::none);
  REQUIRE(f.cleaned->sync().ok());
  CHECK(f.disk.after_crash(CrashKind::lost)->status(kName + ".cleaned").ok());
  REQUIRE(f.cleaned->name_swap().ok());
  CHECK(f.disk.after_crash(CrashKind::lost)->status(kName + ".swap").ok());
  REQUIRE(f.cleaned->name_live().ok());
  CHECK(f.disk.after_crash(CrashKind::lost)->status(kName).ok());
  f.cleaned = nullptr;
  CHECK(f.is_there(kName));
}

TEST_CASE("one that is given up is removed, a leftover is emptied") {
  Fixture f;
  REQUIRE(f.code_of(batches_at({11})) == ErrorCode::none);
  f.cleaned = nullptr;
  CHECK_FALSE(f.is_there(kName + ".cleaned"));
  REQUIRE(replace_file(f.disk, kName + ".cleaned", as_bytes("leftover")).ok());
  auto again = CleanedSegment::create(f.disk, kFolder, Offset(10), Offset(20), TimestampMs(0));
  REQUIRE(again.ok());
  CHECK(f.disk.status(kName + ".cleaned")->size == 0);
}

TEST_CASE("a name that cannot be made durable is taken back") {
  Fixture f;
  REQUIRE(f.code_of(batches_at({11})) == ErrorCode::none);
  REQUIRE(f.cleaned->sync().ok());
  f.disk.before_each_change([](const FileCall& call) {
    return call.kind == FileCallKind::sync_directory
               ? FaultDecision::fail(FileErrorKind::too_many_files)
               : FaultDecision::proceed();
  });
  CHECK_FALSE(f.cleaned->name_swap().ok());
  f.disk.before_each_change(nullptr);
  CHECK(f.is_there(kName + ".cleaned"));
  CHECK_FALSE(f.is_there(kName + ".swap"));
  CHECK(f.cleaned->name_swap().ok());
}

}  // namespace odradek
