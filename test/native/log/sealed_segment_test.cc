#include "log/sealed_segment.h"

#include "log/segment_set.h"
#include "log_fixture.h"

namespace odradek {
namespace {

// A segment of `count` batches of one record from offset 100 on, an index entry for almost each.
std::shared_ptr<ActiveSegment> filled(MemoryFileSystem& disk, int count) {
  auto created = ActiveSegment::create(disk, "/p", Offset(100), TimestampMs(0));
  REQUIRE(created.ok());
  for (int i = 0; i < count; ++i) {
    std::vector<uint8_t> batch = make_batch({.timestamp = 5000 + i});
    assign_offsets(batch, Offset(100 + i), LeaderEpoch(0));
    REQUIRE((*created)->reserve(static_cast<int64_t>(batch.size()), 1 << 30).ok());
    REQUIRE((*created)->write(batch).ok());
    (*created)->record(BatchHeader::of(*BatchView::at(batch)), 0);
  }
  return *created;
}

}  // namespace

TEST_CASE("room is reserved in steps that double, never beyond the segment") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/p").ok());
  auto segment = *ActiveSegment::create(disk, "/p", Offset(0), TimestampMs(0));
  std::vector<int64_t> sizes;
  disk.before_each_change([&](const FileCall& call) {
    if (call.kind == FileCallKind::allocate) sizes.push_back(call.size);
    return FaultDecision::proceed();
  });
  constexpr int64_t kSegmentBytes = 1000000;
  BatchHeader batch;
  batch.size_bytes = 10000;
  for (int i = 0; i < 100; ++i) {
    batch.base_offset = batch.last_offset = Offset(i);
    REQUIRE(segment->reserve(batch.size_bytes, kSegmentBytes).ok());
    segment->record(batch, 4096);
  }
  CHECK(sizes == std::vector<int64_t>{16384, 53248, 131072, 290816, 610304, kSegmentBytes});
}

TEST_CASE("where the disk has no room for a step, the batch alone may have some") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/p").ok());
  auto segment = *ActiveSegment::create(disk, "/p", Offset(0), TimestampMs(0));
  int64_t room = 10000;
  disk.before_each_change([&](const FileCall& call) {
    const bool fits = call.kind != FileCallKind::allocate || call.size <= room;
    return fits ? FaultDecision::proceed() : FaultDecision::fail(FileErrorKind::no_space);
  });
  CHECK(segment->reserve(10000, 1 << 20).ok());
  room = 9999;
  auto other = *ActiveSegment::create(disk, "/p", Offset(9), TimestampMs(0));
  const auto refused = other->reserve(10000, 1 << 20);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == FileErrorKind::no_space);
}

TEST_CASE("a small segment reserves one block, before and after its file was opened again") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/p").ok());
  for (const int64_t size : {0, 170, 4000}) {
    std::shared_ptr<File> file = *disk.open("/p/small.log", OpenMode::create);
    REQUIRE(file->truncate(size).ok());
    auto segment =
        ActiveSegment::adopt(Offset(0), file, size, std::make_shared<SegmentIndexes>(Offset(0)), {},
                             TimestampMs(0), TimestampMs(0));
    REQUIRE(segment->reserve(90, 1 << 30).ok());
    CHECK(*file->size() == 4096);
  }
}

TEST_CASE("a sealed segment is searched in memory, then in its files, with the same result") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/p").ok());
  auto active = filled(disk, 3000);
  active->record_aborted({ProducerId(1), Offset(100), Offset(105), Offset(106)});
  OpenFiles open_files(2);
  auto sealed = SealedSegment::seal(disk, open_files, "/p", *active);
  const int64_t batch_bytes = active->size_bytes() / 3000;
  for (int round = 0; round < 3; ++round) {
    CAPTURE(round);
    CHECK(sealed->finished() == (round > 0));
    CHECK_FALSE(*sealed->floor(Offset(100), ReadWait::may_wait));
    for (const int64_t offset : {101, 102, 1611, 1612, 1613, 3098, 3099, 5000}) {
      const auto entry = sealed->floor(Offset(offset), ReadWait::may_wait);
      REQUIRE((entry.ok() && *entry));
      CHECK((*entry)->last_offset == Offset(std::min<int64_t>(offset, 3099)));
      CHECK((*entry)->position.value == ((*entry)->last_offset.value - 100) * batch_bytes);
    }
    const auto by_position = sealed->floor(Position(10 * batch_bytes + 1), ReadWait::may_wait);
    CHECK((*by_position)->last_offset == Offset(110));
    CHECK((*sealed->below(TimestampMs(6000)))->timestamp == TimestampMs(5999));
    CHECK_FALSE(*sealed->below(TimestampMs(5001)));
    CHECK((*sealed->last_time_entry())->timestamp == TimestampMs(7999));
    CHECK_FALSE(sealed->aborted().empty());
    if (round == 0) REQUIRE(sealed->finish().ok());
    if (round == 1) {
      CHECK(disk.status("/p/00000000000000000100.log")->size == active->size_bytes());
      sealed = SealedSegment::on_disk(disk, open_files, "/p", Offset(100), active->size_bytes(),
                                      sealed->aborted().entries());
    }
  }
  REQUIRE(disk.remove_file("/p/00000000000000000100.index").ok());
  CHECK_FALSE(*sealed->floor(Offset(2000), ReadWait::may_wait));  // then from the start
}

TEST_CASE("the files of sealed segments are opened when read and closed when there are too many") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/p").ok());
  OpenFiles open_files(2);
  std::vector<std::shared_ptr<SealedSegment>> segments;
  for (int i = 0; i < 4; ++i) {
    auto active = *ActiveSegment::create(disk, "/p", Offset(i), TimestampMs(0));
    segments.push_back(SealedSegment::seal(disk, open_files, "/p", *active));
    REQUIRE(segments.back()->finish().ok());
  }
  for (const auto& segment : segments) CHECK_FALSE(segment->file_in_use());
  auto held = *segments[0]->file(ReadWait::may_wait);
  CHECK(held == *segments[0]->file(ReadWait::may_wait));
  for (int i = 1; i < 4; ++i)
    REQUIRE(segments[static_cast<size_t>(i)]->file(ReadWait::may_wait).ok());
  CHECK(segments[0]->file_in_use());                      // by us
  CHECK(held == *segments[0]->file(ReadWait::may_wait));  // and not opened twice
  CHECK_FALSE(segments[1]->file_in_use());
  CHECK(segments[2]->file_in_use());
  CHECK(segments[3]->file_in_use());
}

TEST_CASE("a set finds the segment of an offset") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/p").ok());
  OpenFiles open_files(2);
  std::vector<std::shared_ptr<SealedSegment>> sealed;
  for (const int64_t base : {10, 20}) {
    sealed.push_back(SealedSegment::on_disk(disk, open_files, "/p", Offset(base), 100, {}));
  }
  const SegmentSet set(sealed, *ActiveSegment::create(disk, "/p", Offset(30), TimestampMs(0)));
  CHECK(set.size() == 3);
  CHECK(set.sealed_bytes() == 200);
  CHECK(set.index_of(Offset(10)) == 0);
  CHECK(set.index_of(Offset(29)) == 1);
  CHECK(set.index_of(Offset(99)) == 2);
  CHECK(set.index_of_base(Offset(20)) == 1);
  CHECK(set.index_of_base(Offset(21)) == 3);
  CHECK(set.index_of_base(Offset(5)) == 3);
}

}  // namespace odradek
