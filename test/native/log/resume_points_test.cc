#include "log/resume_points.h"

#include <functional>
#include <random>

#include "log/journal_format.h"
#include "log_fixture.h"

namespace odradek {
namespace {

const std::string kFile = "/data/odradek-journal/resume-points";
const std::string kSegment = "/data/orders-0/00000000000000000000";

ResumePoint random_point(std::mt19937_64& random) {
  ResumePoint point;
  point.synced = random() % 2 == 0;
  point.end = {Offset(static_cast<int64_t>(random() % 1000 + 500)),
               Offset(static_cast<int64_t>(random() % 500)),
               Position(static_cast<int64_t>(random() % (1 << 30)))};
  point.largest_timestamp = {TimestampMs(static_cast<int64_t>(random() % (1LL << 40))),
                             point.end.offset - 1};
  point.offset_index = {static_cast<int32_t>(random() % 1000), static_cast<uint32_t>(random())};
  point.time_index = {static_cast<int32_t>(random() % 1000), static_cast<uint32_t>(random())};
  for (uint64_t i = random() % 3; i > 0; --i) {
    const Offset last(static_cast<int64_t>(10 * (point.aborted.size() + 1)));
    point.aborted.push_back({ProducerId(7), last - 5, last, last + 1});
  }
  for (uint64_t i = random() % 4; i > 0; --i) {
    ProducerEntry entry;
    entry.epoch = ProducerEpoch(static_cast<int16_t>(random() % 100));
    entry.coordinator_epoch = static_cast<int32_t>(random() % 9) - 1;
    entry.last_timestamp = TimestampMs(static_cast<int64_t>(random() % 1000));
    const bool in_transaction = random() % 2 == 0;
    entry.transaction_first_offset = in_transaction ? Offset(static_cast<int64_t>(i)) : kNoOffset;
    entry.batch_count = random() % (kProducerBatchesMax + 1);
    for (size_t b = 0; b < entry.batch_count; ++b) {
      entry.batches[b] = {Sequence(static_cast<int32_t>(random() % 99)),
                          Offset(static_cast<int64_t>(b * 10)), static_cast<int32_t>(b),
                          TimestampMs(static_cast<int64_t>(random() % 99))};
    }
    point.producers.restore(ProducerId(static_cast<int64_t>(random() % 1000)), entry);
  }
  return point;
}

DirectoryFixture& with_index(DirectoryFixture& f) {
  f.config.index_interval_bytes = 100;
  f.open();
  return f;
}

// Twenty batches, a checkpoint, and five more.
std::shared_ptr<PartitionLog> checkpointed_log(DirectoryFixture& f) {
  with_index(f);
  auto log = f.log();
  for (int i = 0; i < 25; ++i) {
    if (i == 20) REQUIRE(f.directory->checkpoint().ok());
    append(*log, {.timestamp = 1700000000000 + i});
  }
  f.directory->run_once();
  return log;
}

// The log after a checkpoint, a kill and a recovery that reads none of its batches.
std::shared_ptr<PartitionLog> recovered_unread(DirectoryFixture& f,
                                               std::shared_ptr<PartitionLog> log) {
  REQUIRE(f.directory->checkpoint().ok());
  log = nullptr;
  f.kill();
  f.open();
  log = f.log();
  REQUIRE(f.directory->recovery_report().bytes_scanned == 0);
  return log;
}

}  // namespace

// A full disk leaves the directory online, and whoever was refused tries again.
TEST_CASE("a resume point is erased by the next try where the disk was full at the first") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/data/odradek-journal").ok());
  DirectoryHealth health;
  const JournalIdentity id{make_uuid(1), PartitionIndex(0)};
  ResumePoints points(disk, health, "/data");
  REQUIRE(points.load().ok());
  std::mt19937_64 random(1);
  points.put(id, random_point(random));
  REQUIRE(points.write().ok());

  disk.before_each_change(
      [](const FileCall&) { return FaultDecision::fail(FileErrorKind::no_space); });
  CHECK_FALSE(points.erase(id).ok());
  CHECK(health.online());
  disk.before_each_change(nullptr);
  CHECK(points.erase(id).ok());
  ResumePoints next(disk, health, "/data");
  REQUIRE(next.load().ok());
  CHECK_FALSE(next.find(id).has_value());
}

TEST_CASE("a resume point is read as it was written, and nothing shorter or longer is one") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 500; ++round) {
    const ResumePoint point = random_point(random);
    std::vector<uint8_t> bytes = encode_resume_point(point);
    const auto decoded = decode_resume_point(bytes);
    REQUIRE(decoded.has_value());
    CHECK(decoded->end.offset == point.end.offset);
    CHECK(decoded->time_index.crc == point.time_index.crc);
    CHECK(decoded->aborted.size() == point.aborted.size());
    CHECK(decoded->producers.entries().size() == point.producers.entries().size());
    CHECK(encode_resume_point(*decoded).size() == bytes.size());
    for (const auto& [id, entry] : point.producers.entries()) {
      const ProducerEntry& found = decoded->producers.entries().at(id);
      CHECK(found.epoch == entry.epoch);
      CHECK(found.batch_count == entry.batch_count);
      CHECK(found.last_sequence() == entry.last_sequence());
      CHECK(found.transaction_first_offset == entry.transaction_first_offset);
    }
    const size_t cut = random() % bytes.size();
    CHECK_FALSE(decode_resume_point(ByteView(bytes).first(cut)).has_value());
    bytes.push_back(0);
    CHECK_FALSE(decode_resume_point(bytes).has_value());
  }
}

TEST_CASE("a resume point that tells of what lies behind its end is none") {
  ResumePoint plain;
  plain.end = {Offset(20), Offset(5), Position(100)};
  ProducerEntry producer;
  producer.epoch = ProducerEpoch(0);
  producer.transaction_first_offset = Offset(12);
  producer.batch_count = 2;
  producer.batches[0] = {Sequence(0), Offset(13), 1, TimestampMs(1)};
  producer.batches[1] = {Sequence(4), Offset(19), 3, TimestampMs(1)};
  plain.producers.restore(ProducerId(1), producer);
  plain.aborted.push_back({ProducerId(2), Offset(3), Offset(14), Offset(12)});
  const auto decodes = [](const ResumePoint& point) {
    return decode_resume_point(encode_resume_point(point)).has_value();
  };
  CHECK(decodes(plain));

  const auto decodes_with = [&](const std::function<void(ResumePoint&, ProducerEntry&)>& change) {
    ResumePoint point = plain;
    ProducerEntry entry = producer;
    change(point, entry);
    point.producers.restore(ProducerId(1), entry);
    return decodes(point);
  };
  CHECK_FALSE(decodes_with([](auto&, auto& p) { p.transaction_first_offset = Offset(20); }));
  CHECK_FALSE(decodes_with([](auto&, auto& p) { p.transaction_first_offset = Offset(-7); }));
  CHECK_FALSE(decodes_with([](auto&, auto& p) { p.batches[1].last_offset = Offset(20); }));
  CHECK_FALSE(decodes_with([](auto&, auto& p) { p.batches[1].last_offset = Offset(13); }));
  CHECK_FALSE(decodes_with([](auto&, auto& p) { p.batches[1].offset_delta = 6; }));
  CHECK_FALSE(decodes_with([](auto&, auto& p) { p.batches[0].last_offset = Offset(INT64_MIN); }));
  CHECK_FALSE(decodes_with([](auto& point, auto& p) {
    point.producers.restore(ProducerId(2), p);  // the same transaction twice
  }));
  CHECK_FALSE(decodes_with([](auto& point, auto&) { point.aborted[0].last_offset = Offset(20); }));
  CHECK_FALSE(decodes_with([](auto& point, auto&) { point.aborted[0].first_offset = Offset(15); }));
}

// An old file would tell of points that count no more.
TEST_CASE("points too large for their file take the old ones with them") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/data/odradek-journal").ok());
  DirectoryHealth health;
  const JournalIdentity one{make_uuid(1), PartitionIndex(0)};
  const JournalIdentity two{make_uuid(1), PartitionIndex(1)};
  ResumePoint small;
  small.end = {Offset(20), Offset(5), Position(100)};
  ResumePoint large = small;
  for (int i = 0; i < 100; ++i) large.aborted.push_back({ProducerId(7), Offset(1), Offset(2), {}});
  constexpr size_t kBytesMax = 1000;
  ResumePoints points(disk, health, "/data", kBytesMax);
  points.put(one, small);
  REQUIRE(points.write().ok());
  {
    ResumePoints loaded(disk, health, "/data", kBytesMax);
    REQUIRE(loaded.load().ok());
    CHECK(loaded.find(one).has_value());
  }
  points.put(two, large);
  REQUIRE(points.erase(one).ok());
  {
    ResumePoints loaded(disk, health, "/data", kBytesMax);
    REQUIRE(loaded.load().ok());
    CHECK_FALSE(loaded.find(one).has_value());
    CHECK_FALSE(loaded.find(two).has_value());
  }
  points.put(two, small);  // and there is room again
  REQUIRE(points.write().ok());
  ResumePoints loaded(disk, health, "/data", kBytesMax);
  REQUIRE(loaded.load().ok());
  CHECK(loaded.find(two).has_value());
}

TEST_CASE("the file keeps each partition's point, and a flipped bit makes it no file") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/data/odradek-journal").ok());
  DirectoryHealth health;
  std::mt19937_64 random(3);
  ResumePoints points(disk, health, "/data");
  REQUIRE(points.load().ok());
  const JournalIdentity one{make_uuid(1), PartitionIndex(0)};
  const JournalIdentity two{make_uuid(1), PartitionIndex(1)};
  points.put(one, random_point(random));
  points.put(two, random_point(random));
  points.put({Uuid(), PartitionIndex(0)}, random_point(random));
  REQUIRE(points.write().ok());
  {
    ResumePoints loaded(disk, health, "/data");
    REQUIRE(loaded.load().ok());
    CHECK(loaded.find(one)->end.offset == points.find(one)->end.offset);
    CHECK(loaded.find(two)->end.offset == points.find(two)->end.offset);
    CHECK_FALSE(loaded.find({Uuid(), PartitionIndex(0)}).has_value());
    REQUIRE(loaded.erase(one).ok());
    CHECK_FALSE(loaded.find(one).has_value());
  }
  auto whole = read_whole_file(disk, kFile, 1 << 20);
  REQUIRE(whole.ok());
  for (size_t bit = 0; bit < whole->size() * 8; ++bit) {
    std::vector<uint8_t> flipped = *whole;
    flipped[bit / 8] = static_cast<uint8_t>(flipped[bit / 8] ^ (1 << (bit % 8)));
    REQUIRE(replace_file(disk, kFile, flipped).ok());
    ResumePoints loaded(disk, health, "/data");
    REQUIRE(loaded.load().ok());
    REQUIRE_FALSE(loaded.find(two).has_value());
  }
}

TEST_CASE("a point on the page cache counts until that is lost, and gives way to a synced one") {
  const JournalIdentity one{make_uuid(1), PartitionIndex(0)};
  ResumePoint synced;
  synced.end = {Offset(20), Offset(5), Position(100)};
  ResumePoint cached = synced;
  cached.end.offset = Offset(30);
  cached.synced = false;
  const auto written = [&](const std::vector<ResumePoint>& order) {
    auto disk = std::make_unique<MemoryFileSystem>();
    REQUIRE(disk->create_directories("/data/odradek-journal").ok());
    DirectoryHealth health;
    ResumePoints points(*disk, health, "/data");
    REQUIRE(points.load().ok());
    REQUIRE(points.outlive_process());
    for (const ResumePoint& point : order) points.put(one, point);
    REQUIRE(points.write().ok());
    REQUIRE(disk->sync_file_system("/").ok());
    return disk;
  };
  const auto found = [&](MemoryFileSystem& disk) {
    DirectoryHealth health;
    ResumePoints points(disk, health, "/data");
    REQUIRE(points.load().ok());
    const auto point = points.find(one);
    return point ? point->end.offset : kNoOffset;
  };
  auto disk = written({synced, cached});
  CHECK(found(*disk) == Offset(30));
  CHECK(found(*disk->after_crash(CrashKind::kept)) == Offset(30));
  CHECK(found(*disk->after_crash(CrashKind::lost)) == Offset(20));
  CHECK(found(*written({cached})->after_crash(CrashKind::lost)) == kNoOffset);
  synced.end.offset = Offset(40);
  CHECK(found(*written({cached, synced})) == Offset(40));

  // One that did not count this time must not count at another.
  disk->hide_cache_identity();
  CHECK(found(*disk) == Offset(20));
  DirectoryHealth health;
  ResumePoints points(*disk, health, "/data");
  REQUIRE(points.load().ok());
  CHECK_FALSE(points.outlive_process());
  REQUIRE(points.erase(one).ok());
  auto whole = read_whole_file(*disk, kFile, 1 << 20);
  REQUIRE(whole.ok());
  CHECK(whole->size() < 30);
}

TEST_CASE("recovery reads what was appended since the checkpoint, and not the segment") {
  DirectoryFixture f;
  auto log = checkpointed_log(f);
  const int64_t batch = log->size_bytes() / 25;
  log = nullptr;
  f.kill();
  f.open();
  log = f.log();
  CHECK(log->log_end_offset() == Offset(25));
  CHECK(log->durable_offset() == Offset(25));
  CHECK(f.directory->recovery_report().bytes_scanned == 5 * batch);
  CHECK(f.directory->recovery_report().indexes_rebuilt == 0);
  // The index leads to batches on both sides of the point.
  for (int64_t offset = 0; offset < 25; ++offset) {
    auto outcome = log->read(Offset(offset), 1, ReadLimit::high_watermark, true, nullptr);
    REQUIRE(outcome.ok());
    const auto bytes = bytes_of(*outcome);
    REQUIRE(batches_in(bytes).size() == 1);
    CHECK(batches_in(bytes)[0].base_offset() == Offset(offset));
  }
  log = nullptr;
  f.close();
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(25));
  CHECK(f.directory->recovery_report().clean);
}

TEST_CASE("without the index files that a point speaks of, the whole segment is read") {
  for (const char* suffix : {".index", ".timeindex"}) {
    for (const bool remove : {true, false}) {
      DirectoryFixture f;
      auto log = checkpointed_log(f);
      const int64_t bytes = log->size_bytes();
      log = nullptr;
      f.kill();
      if (remove) {
        REQUIRE(f.disk->remove_file(kSegment + suffix).ok());
      } else {
        auto file = f.disk->open(kSegment + suffix, OpenMode::read_write);
        const std::vector<uint8_t> zeros(24);
        REQUIRE((*file)->write_at(Position(12), zeros).ok());
      }
      f.open();
      CHECK(f.log()->log_end_offset() == Offset(25));
      CHECK(f.directory->recovery_report().bytes_scanned == bytes);
    }
  }
}

TEST_CASE("a segment that ends before its resume point is damaged") {
  DirectoryFixture f;
  checkpointed_log(f);
  f.kill();
  {
    auto file = f.disk->open(kSegment + ".log", OpenMode::read_write);
    REQUIRE((*file)->truncate(300).ok());
  }
  // What the journal has of it is behind a hole.
  f.open();
  CHECK_FALSE(f.try_log().ok());
}

TEST_CASE("a truncation voids the resume point before it cuts") {
  DirectoryFixture f;
  auto log = checkpointed_log(f);
  REQUIRE(log->truncate_to(Offset(10)).ok());
  {
    auto after_cut = f.disk->after_crash(CrashKind::lost, 0);
    DirectoryHealth health;
    ResumePoints points(*after_cut, health, "/data");
    REQUIRE(points.load().ok());
    CHECK_FALSE(points.find({make_uuid(1), PartitionIndex(0)}).has_value());
  }
  // As large as what was cut, with other batches at other places.
  for (int i = 0; i < 6; ++i) append(*log, {.records = 3, .value = "another value"});
  f.directory->run_once();
  const Offset end = log->log_end_offset();
  const int64_t bytes = log->size_bytes();
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  log = f.log();
  CHECK(log->log_end_offset() == end);
  CHECK(f.directory->recovery_report().bytes_scanned == bytes);
  REQUIRE(f.directory->checkpoint().ok());
  log = nullptr;
  f.kill();
  f.open();
  CHECK(f.log()->log_end_offset() == end);
  CHECK(f.directory->recovery_report().bytes_scanned == 0);
}

TEST_CASE("a segment that was begun before a kill keeps its name in a power cut after it") {
  DirectoryFixture f;
  f.config.segment_bytes = 500;
  with_index(f);
  auto log = f.log();
  append(*log);
  REQUIRE(f.directory->checkpoint().ok());
  for (int i = 0; i < 12; ++i) append(*log);
  REQUIRE(log->segment_count() > 2);
  log = nullptr;
  f.kill();
  f.open();
  log = f.log();
  CHECK(log->durable_offset() == Offset(13));
  append(*log);
  f.directory->run_once();
  CHECK(log->durable_offset() == Offset(14));
  log = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(14));
}

TEST_CASE("five batches of a producer are known after a recovery that reads none of them") {
  DirectoryFixture f;
  with_index(f);
  auto log = f.log();
  for (int32_t i = 0; i < 8; ++i) append(*log, {.producer = ProducerId(9), .sequence = i});
  log = recovered_unread(f, std::move(log));
  for (int32_t i = 3; i < 8; ++i) {
    auto batch = make_batch({.producer = ProducerId(9), .sequence = i});
    auto outcome = log->append(batch, AppendOrigin::client);
    REQUIRE(outcome.ok());
    CHECK(outcome->duplicate);
    CHECK(outcome->base_offset == Offset(i));
  }
  auto next = make_batch({.producer = ProducerId(9), .sequence = 8});
  CHECK_FALSE(log->append(next, AppendOrigin::client)->duplicate);
}

TEST_CASE("aborted transactions before the resume point stay aborted, open ones open") {
  DirectoryFixture f;
  with_index(f);
  auto log = f.log();
  append(*log, {.producer = ProducerId(1), .transactional = true});
  auto marker = make_marker(ProducerId(1), 0, false);
  REQUIRE(log->append(marker, AppendOrigin::coordinator).ok());
  append(*log, {.producer = ProducerId(2), .transactional = true});
  append(*log);
  log = recovered_unread(f, std::move(log));
  CHECK(log->last_stable_offset() == Offset(2));
  auto outcome = log->read(Offset(0), 1 << 20, ReadLimit::last_stable_offset, true, nullptr);
  REQUIRE(outcome.ok());
  REQUIRE(outcome->aborted.size() == 1);
  CHECK(outcome->aborted[0].producer_id == ProducerId(1));
}

TEST_CASE("reserved room behind the batches is neither read nor cut") {
  DirectoryFixture f;
  auto log = checkpointed_log(f);
  const int64_t bytes = log->size_bytes();
  log = nullptr;
  f.kill();
  const int64_t reserved = f.disk->status(kSegment + ".log")->size;
  REQUIRE(reserved > bytes);
  f.open();
  CHECK(f.log()->log_end_offset() == Offset(25));
  CHECK(f.disk->status(kSegment + ".log")->size == reserved);
  f.close();
  CHECK(f.disk->status(kSegment + ".log")->size == bytes);
}

TEST_CASE("a partition that is asked for twice at once is one log") {
  DirectoryFixture f;
  f.open();
  const PartitionToOpen orders{{"orders", PartitionIndex(0)}, make_uuid(1), f.config};
  PartitionToOpen other_topic = orders;
  other_topic.topic_id = make_uuid(9);
  auto opened = f.directory->open_partitions({orders, orders, other_topic});
  REQUIRE(opened.size() == 3);
  REQUIRE((opened[0].ok() && opened[1].ok()));
  CHECK(*opened[0] == *opened[1]);
  REQUIRE_FALSE(opened[2].ok());
  CHECK(opened[2].error().code == ErrorCode::inconsistent_topic_id);
  opened = f.directory->open_partitions({other_topic, orders});
  CHECK_FALSE(opened[0].ok());
  CHECK(opened[1].ok());
}

TEST_CASE("many partitions are opened together, each with its own answer") {
  DirectoryFixture f;
  f.open();
  std::vector<PartitionToOpen> many;
  for (int32_t i = 0; i < 40; ++i) {
    many.push_back({{"orders", PartitionIndex(i)}, make_uuid(7), f.config});
  }
  for (auto& opened : f.directory->open_partitions(many)) {
    REQUIRE(opened.ok());
    append(**opened);
  }
  f.directory->run_once();
  f.kill();
  REQUIRE(f.disk->remove_file("/data/orders-7/partition.metadata").ok());
  REQUIRE(replace_file(*f.disk, "/data/orders-7/partition.metadata", as_bytes("nonsense")).ok());
  f.open();
  const auto results = f.directory->open_partitions(many);
  REQUIRE(results.size() == 40);
  for (size_t i = 0; i < results.size(); ++i) {
    CHECK(results[i].ok() == (i != 7));
    if (results[i].ok()) {
      CHECK((*results[i])->topic_partition().partition.value == static_cast<int32_t>(i));
      CHECK((*results[i])->log_end_offset() == Offset(1));
    }
  }
}

}  // namespace odradek
