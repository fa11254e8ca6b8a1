// Any byte of any file of a log directory may come back wrong. Whatever it is, the log opens or
// refuses to, and calls answer or fail: no assertion of ours may hang on what a disk says, and what
// a damaged small file makes a reader see is whole batches still.
#include <random>
#include <string>
#include <vector>

#include "eventful_log.h"

namespace odradek {
namespace {

using Random = std::mt19937_64;

// Every file of the directory and of the partition.
std::vector<std::string> files_of(FileSystem& fs) {
  std::vector<std::string> paths;
  for (const std::string folder : {"/data", kFolder}) {
    auto entries = fs.list(folder);
    REQUIRE(entries.ok());
    for (const DirectoryEntry& entry : *entries) {
      if (!entry.is_directory) paths.push_back(folder + "/" + entry.name);
    }
  }
  return paths;
}

// Flips a bit, sets some bytes, cuts the file or makes it longer. False if it is empty.
bool damage(FileSystem& fs, const std::string& path, Random& random) {
  auto file = fs.open(path, OpenMode::read_write);
  REQUIRE(file.ok());
  const auto size = static_cast<uint64_t>(*(*file)->size());
  if (size == 0) return false;
  const Position at(static_cast<int64_t>(random() % size));
  uint8_t byte = 0;
  REQUIRE((*file)->read_at(at, {&byte, 1}).ok());
  switch (random() % 6) {
    case 0:
      REQUIRE((*file)->truncate(at.value).ok());
      return true;
    case 1: {
      const std::vector<uint8_t> noise(1 + random() % 16, static_cast<uint8_t>(random()));
      REQUIRE((*file)->write_at(at, noise).ok());
      return true;
    }
    case 2: {
      const std::vector<uint8_t> more(1 + random() % 100, static_cast<uint8_t>(random() % 3));
      REQUIRE((*file)->write_at(Position(static_cast<int64_t>(size)), more).ok());
      return true;
    }
    default:
      byte ^= static_cast<uint8_t>(1U << (random() % 8));
      REQUIRE((*file)->write_at(at, {&byte, 1}).ok());
      return true;
  }
}

// Reads from everywhere, in every way. `whole`: what is read must be whole, right batches.
void read_everywhere(PartitionLog& log, Random& random, bool whole) {
  const int64_t start = log.log_start_offset().value;
  const int64_t end = log.log_end_offset().value;
  REQUIRE(start <= end);
  REQUIRE(log.high_watermark().value <= end);
  REQUIRE(log.last_stable_offset() <= log.high_watermark());
  ReadHint hint;
  for (int64_t at = start; at <= std::min(end, start + 200); ++at) {
    static constexpr ReadLimit kLimits[] = {ReadLimit::high_watermark, ReadLimit::log_end_offset,
                                            ReadLimit::last_stable_offset};
    const ReadLimit limit = kLimits[random() % std::size(kLimits)];
    const size_t bytes_max = 1 + random() % 1000;
    auto outcome = log.read(Offset(at), bytes_max, limit, random() % 2 == 0, &hint);
    if (!outcome.ok()) {
      CHECK_FALSE(outcome.error().detail.empty());
      continue;
    }
    const std::vector<uint8_t> bytes = bytes_of(*outcome);
    if (whole) batches_in(bytes);
  }
  for (int64_t target = 1699999999990; target < 1700000002010; target += 97) {
    static_cast<void>(log.lookup_timestamp(TimestampMs(target), ReadLimit::log_end_offset));
  }
  static_cast<void>(log.lookup_max_timestamp(ReadLimit::log_end_offset));
  for (int32_t epoch = -1; epoch < 20; ++epoch) {
    LeaderEpoch found;
    static_cast<void>(log.end_offset_of(LeaderEpoch(epoch), &found));
  }
  static_cast<void>(log.producers());
}

// Goes on with the log: appends, cuts, deletes, and stops one way or the other.
void go_on(DirectoryFixture& fixture, PartitionLog& log, Random& random) {
  for (int i = 0; i < 5; ++i) {
    std::vector<uint8_t> batch = make_batch({.records = 2});
    static_cast<void>(log.append(batch, AppendOrigin::client));
  }
  const int64_t start = log.log_start_offset().value;
  const int64_t end = log.log_end_offset().value;
  const Offset middle(start +
                      static_cast<int64_t>(random() % static_cast<uint64_t>(end - start + 1)));
  switch (random() % 4) {
    case 0:
      static_cast<void>(log.truncate_to(middle));
      break;
    case 1:
      static_cast<void>(log.delete_up_to(middle));
      break;
    default:
      break;
  }
  static_cast<void>(log.flush());
  if (random() % 2 == 0) static_cast<void>(fixture.directory->close());
}

}  // namespace

TEST_CASE("a damaged byte anywhere is an error or nothing, through two starts") {
  size_t opened = 0;
  size_t refused = 0;
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    DirectoryFixture fixture;
    fixture.open();
    append_events(fixture, random);
    if (random() % 2 == 0) {
      fixture.close();
    } else {
      fixture.kill();
    }
    const std::vector<std::string> paths = files_of(*fixture.disk);
    const std::string path = paths[random() % paths.size()];
    CAPTURE(path);
    if (!damage(*fixture.disk, path, random)) continue;
    const bool is_log = path.ends_with(".log");
    for (int start = 0; start < 2; ++start) {
      CAPTURE(start);
      auto directory = fixture.try_open();
      if (!directory.ok()) {
        CHECK_FALSE(directory.error().detail.empty());
        ++refused;
        break;
      }
      fixture.directory = std::move(*directory);
      auto log = fixture.try_log();
      if (!log.ok()) {
        CHECK_FALSE(log.error().detail.empty());
        ++refused;
        fixture.kill();
        break;
      }
      ++opened;
      read_everywhere(**log, random, !is_log);
      go_on(fixture, **log, random);
      read_everywhere(**log, random, !is_log);
      log->reset();
      fixture.kill();
    }
  }
  CHECK(opened > 1000);
  CHECK(refused > 20);
}

}  // namespace odradek
