// A read that the disk refuses ends the directory as a failed write does; a shortage, a file that
// went with its partition and damaged bytes end the one read.
#include "log_fixture.h"

namespace odradek {
namespace {

const std::string kFirstSegment = "/data/orders-0/00000000000000000000";

// Ten batches in several segments, all but the last finished: their indexes are files.
struct ReadFixture : DirectoryFixture {
  ReadFixture() {
    config.segment_bytes = 250;
    config.index_interval_bytes = 10;
    open();
    orders = log();
    for (int i = 0; i < 10; ++i) append(*orders, {.timestamp = 1700000000000 + i});
    directory->run_once();
    REQUIRE(orders->segment_count() > 2);
    directory->on_offline([this](const std::string&) { ++told; });
  }
  // From now on calls that look at paths with `part` in them answer `error`.
  void fail_looks(FileCallKind kind, const std::string& part, FileErrorKind error) {
    disk->before_each_look([=](const FileCall& call) {
      const bool hit = call.kind == kind && call.path.find(part) != std::string::npos;
      return hit ? FaultDecision::fail(error) : FaultDecision::proceed();
    });
  }
  // A read that has to find a batch behind the segment's first, and the end of the next one.
  LogResult<ReadOutcome> read_second() const {
    return orders->read(Offset(2), 100, ReadLimit::log_end_offset, true, nullptr);
  }
  LogResult<TimestampLookup> look_up_second() const {
    return orders->lookup_timestamp(TimestampMs(1700000000002), ReadLimit::log_end_offset);
  }
  void check_offline(const std::string& sentence_part) {
    CHECK(told == 1);
    CHECK(directory->offline_reason().find(sentence_part) != std::string::npos);
    CHECK_FALSE(orders->online());
    disk->before_each_look(nullptr);  // the disk recovers; the directory must not
    CHECK_FALSE(read_second().ok());
    std::vector<uint8_t> batch = make_batch();
    CHECK_FALSE(orders->append(batch, AppendOrigin::client).ok());
    CHECK(told == 1);
  }
  void check_online() {
    CHECK(told == 0);
    CHECK(directory->offline_reason().empty());
    disk->before_each_look(nullptr);
    append(*orders);
  }

  std::shared_ptr<PartitionLog> orders;
  int told = 0;
};

}  // namespace

TEST_CASE("the first read that the disk refuses takes the directory offline, with a sentence") {
  const struct {
    FileCallKind kind;
    std::string part;
    FileErrorKind error;
  } faults[] = {
      {FileCallKind::read, ".log", FileErrorKind::io},
      {FileCallKind::open, ".log", FileErrorKind::io},
      {FileCallKind::open, ".log", FileErrorKind::permission},
      {FileCallKind::read, ".index", FileErrorKind::io},
      {FileCallKind::open, ".index", FileErrorKind::io},
      {FileCallKind::size, ".index", FileErrorKind::io},
  };
  for (const auto& fault : faults) {
    CAPTURE(static_cast<int>(fault.kind));
    CAPTURE(fault.part);
    ReadFixture f;
    f.fail_looks(fault.kind, fault.part, fault.error);
    const auto read = f.read_second();
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == ErrorCode::kafka_storage_error);
    f.check_offline("a read failed: ");
  }
}

TEST_CASE("lookups by time, too, take the directory of a failing disk offline") {
  for (const std::string part : {".log", ".timeindex"}) {
    CAPTURE(part);
    ReadFixture f;
    CHECK(f.look_up_second()->offset == Offset(2));
    f.fail_looks(FileCallKind::read, part, FileErrorKind::io);
    REQUIRE_FALSE(f.look_up_second().ok());
    f.check_offline("a read failed: ");
  }
  ReadFixture f;
  f.fail_looks(FileCallKind::read, ".log", FileErrorKind::io);
  CHECK_FALSE(f.orders->lookup_max_timestamp(ReadLimit::log_end_offset).ok());
  f.check_offline("a read failed: ");
}

TEST_CASE("a read of a file that was given out counts once it is told") {
  ReadFixture f;
  auto outcome = f.read_second();
  REQUIRE(outcome.ok());
  f.fail_looks(FileCallKind::read, ".log", FileErrorKind::io);
  std::vector<uint8_t> bytes(outcome->bytes);
  const auto got = outcome->file->read_at(outcome->position, bytes);
  REQUIRE_FALSE(got.ok());
  CHECK(f.directory->offline_reason().empty());
  f.orders->read_failed(got.error());
  f.check_offline("a read failed: " + got.error().detail);
}

TEST_CASE("a truncation that cannot read what it keeps takes the directory offline") {
  ReadFixture f;
  f.fail_looks(FileCallKind::read, ".log", FileErrorKind::io);
  CHECK_FALSE(f.orders->truncate_to(Offset(2)).ok());
  f.check_offline("a truncation failed: ");
}

TEST_CASE("what cannot be read for the journal is not acknowledged, and ends the directory") {
  ReadFixture f;
  const Offset before = f.orders->high_watermark();
  append(*f.orders);
  f.fail_looks(FileCallKind::read, ".log", FileErrorKind::io);
  f.directory->run_once();
  CHECK(f.orders->high_watermark() == before);
  f.check_offline("a read failed: ");
}

TEST_CASE("a full table of descriptors refuses one read and nothing else") {
  for (const std::string part : {".log", ".index"}) {
    CAPTURE(part);
    ReadFixture f;
    f.fail_looks(FileCallKind::open, part, FileErrorKind::too_many_files);
    const auto read = f.read_second();
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == ErrorCode::kafka_storage_error);
    f.orders->read_failed(FileError{FileErrorKind::too_many_files, 0, "open: too many"});
    f.check_online();
    CHECK(f.read_second().ok());
  }
}

TEST_CASE("a segment that is gone, though nobody deleted it, ends the directory") {
  ReadFixture f;
  REQUIRE(f.disk->remove_file(kFirstSegment + ".log").ok());
  CHECK_FALSE(f.read_second().ok());
  f.check_offline(kFirstSegment + ".log");
}

TEST_CASE("files that go with a deletion, or with their partition, are no failure") {
  ReadFixture f;
  auto held = f.read_second();
  REQUIRE(held.ok());
  REQUIRE(f.orders->delete_up_to(Offset(8)).ok());
  const auto read = f.read_second();
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == ErrorCode::offset_out_of_range);
  CHECK(bytes_of(*held).size() == held->bytes);
  f.check_online();

  REQUIRE(f.directory->delete_partition(f.orders->topic_partition()).ok());
  f.orders->read_failed(FileError{FileErrorKind::not_found, 0, "open: not found"});
  CHECK_FALSE(f.read_second().ok());
  CHECK(f.told == 0);
  CHECK(f.directory->offline_reason().empty());
}

TEST_CASE("damaged bytes end the read that meets them, and say so") {
  ReadFixture f;
  {
    auto file = f.disk->open(kFirstSegment + ".log", OpenMode::read_write);
    REQUIRE(file.ok());
    const std::vector<uint8_t> zeros(static_cast<size_t>(*(*file)->size()));
    REQUIRE((*file)->write_at(Position(0), zeros).ok());
  }
  const auto read = f.read_second();
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == ErrorCode::corrupt_message);
  CHECK(read.error().detail.find("damaged") != std::string::npos);
  CHECK(f.look_up_second().error().code == ErrorCode::corrupt_message);
  CHECK(f.orders->read(Offset(8), 100, ReadLimit::log_end_offset, true, nullptr).ok());
  f.check_online();
}

}  // namespace odradek
