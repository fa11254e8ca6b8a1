// Snapshots of the metadata log and bootstrap.checkpoint are judged batch by batch.
#include "check/record_file_check.h"

#include "check_fixture.h"

namespace odradek {
namespace {

std::vector<uint8_t> snapshot() {
  std::vector<uint8_t> all;
  for (int64_t offset = 0; offset < 3; ++offset) {
    std::vector<uint8_t> batch = make_batch();
    assign_offsets(batch, Offset(offset), LeaderEpoch(0));
    all.insert(all.end(), batch.begin(), batch.end());
  }
  return all;
}

std::string told(const std::vector<uint8_t>& bytes) {
  MemoryFileSystem disk;
  {
    auto file = disk.open("/f", OpenMode::create);
    REQUIRE(file.ok());
    if (!bytes.empty()) REQUIRE((*file)->write_at(Position(0), bytes).ok());
  }
  Findings findings;
  const auto read = check_record_file(disk, "/f", "f.checkpoint", &findings);
  REQUIRE(read.ok());
  CHECK(*read == static_cast<int64_t>(bytes.size()));
  return words_of(findings);
}

}  // namespace

TEST_CASE("a whole one, an empty one, and one of zeros") {
  CHECK(told(snapshot()) == "");
  CHECK(told({}) == "damaged f.checkpoint [0, 0): the file is empty\n");
  CHECK(told(std::vector<uint8_t>(10)) ==
        "damaged f.checkpoint [0, 10): zeros up to the end of the file\n");
}

TEST_CASE("every flipped bit names its batch") {
  const std::vector<uint8_t> whole = snapshot();
  const size_t size = whole.size() / 3;
  for (size_t at = 0; at < whole.size(); ++at) {
    // Nothing follows the last batch that could deny its higher offset or epoch.
    if (at / size == 2 && at % size < kMagicAt) continue;
    CAPTURE(at);
    std::vector<uint8_t> bytes = whole;
    bytes[at] ^= 0x20;
    const size_t from = at / size * size;
    CHECK(told(bytes).starts_with("damaged f.checkpoint [" + std::to_string(from) + ", " +
                                  std::to_string(from + size) + "): "));
  }
}

TEST_CASE("a missing file is an error") {
  MemoryFileSystem disk;
  Findings findings;
  CHECK_FALSE(check_record_file(disk, "/f", "f", &findings).ok());
}

}  // namespace odradek
