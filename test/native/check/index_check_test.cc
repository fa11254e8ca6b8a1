// Entries are judged one by one, so that a wrong one is named and no other.
#include "check/index_check.h"

#include <doctest/doctest.h>

#include "check_words.h"
#include "file/memory_file_system.h"

namespace odradek {
namespace {

constexpr Offset kBase(100);

struct Batch {
  int64_t base, last, position, timestamp;
};

// Three batches of 3, 1 and 2 records; the second holds the largest timestamp so far.
const std::vector<Batch> kBatches = {
    {100, 102, 0, 1000}, {103, 103, 80, 3000}, {104, 105, 160, 2000}, {106, 106, 240, 4000}};

BatchHeader header_of(const Batch& batch) {
  BatchHeader header;
  header.base_offset = Offset(batch.base);
  header.last_offset = Offset(batch.last);
  header.size_bytes = 80;
  header.max_timestamp = TimestampMs(batch.timestamp);
  return header;
}

IndexBytes offset_index(const std::vector<std::pair<int32_t, int32_t>>& entries) {
  IndexBytes index;
  index.there = true;
  index.bytes.resize(entries.size() * 8);
  for (size_t i = 0; i < entries.size(); ++i) {
    store_be<int32_t>(index.bytes.data() + i * 8, entries[i].first);
    store_be<int32_t>(index.bytes.data() + i * 8 + 4, entries[i].second);
  }
  return index;
}

IndexBytes time_index(const std::vector<std::pair<int64_t, int32_t>>& entries) {
  IndexBytes index;
  index.there = true;
  index.bytes.resize(entries.size() * 12);
  for (size_t i = 0; i < entries.size(); ++i) {
    store_be<int64_t>(index.bytes.data() + i * 12, entries[i].first);
    store_be<int32_t>(index.bytes.data() + i * 12 + 8, entries[i].second);
  }
  return index;
}

IndexBytes aborted_index(const std::vector<AbortedIndexEntry>& entries) {
  IndexBytes index;
  index.there = true;
  index.bytes = encode_aborted_index(entries);
  return index;
}

std::string offsets_told(const std::vector<std::pair<int32_t, int32_t>>& entries,
                         std::optional<size_t> lost = std::nullopt) {
  OffsetIndexCheck check("i", kBase, offset_index(entries));
  for (size_t i = 0; i < kBatches.size(); ++i) {
    const Position position(kBatches[i].position);
    if (lost == i) {
      check.damage(position, position + 80);
    } else {
      check.batch(header_of(kBatches[i]), position);
    }
  }
  Findings findings;
  check.finish(&findings);
  return words_of(findings);
}

std::string times_told(const std::vector<std::pair<int64_t, int32_t>>& entries,
                       std::optional<size_t> lost = std::nullopt) {
  TimeIndexCheck check("t", kBase, time_index(entries));
  for (size_t i = 0; i < kBatches.size(); ++i) {
    const BatchHeader header = header_of(kBatches[i]);
    if (lost == i) {
      check.damage(header.base_offset, header.next_offset());
    } else {
      check.batch(header);
    }
  }
  Findings findings;
  check.finish(&findings);
  return words_of(findings);
}

}  // namespace

TEST_CASE("right entries of an offset index, sparse or not") {
  CHECK(offsets_told({}) == "");
  CHECK(offsets_told({{3, 80}, {6, 240}}) == "");
  CHECK(offsets_told({{2, 0}, {3, 80}, {5, 160}, {6, 240}}) == "");
}

TEST_CASE("an entry for several batches that were appended together") {
  CHECK(offsets_told({{5, 80}, {6, 240}}) == "");
  CHECK(offsets_told({{6, 0}}) == "");
}

TEST_CASE("each wrong entry of an offset index is named, and no other") {
  CHECK(offsets_told({{3, 80}, {5, 161}, {6, 240}}) ==
        "damaged i [8, 16) offsets [105, -1): entry 1 (offset 105 at position 161) names no batch "
        "that is there\n");
  CHECK(offsets_told({{4, 80}, {6, 240}}).find("entry 0 (offset 104") != std::string::npos);
  CHECK(offsets_told({{2, 80}, {6, 240}}).find("entry 0 (offset 102") != std::string::npos);
  // Far away, below the others, beyond the file, negative: the others stay right.
  for (const int32_t position : {1 << 30, -1, 320, 81}) {
    CAPTURE(position);
    const std::string told = offsets_told({{3, 80}, {5, position}, {6, 240}});
    CHECK(told.find("entry 1 ") != std::string::npos);
    CHECK(told.find("entry 0 ") == std::string::npos);
    CHECK(told.find("entry 2 ") == std::string::npos);
  }
}

TEST_CASE("the same entry twice, and entries in the wrong order") {
  CHECK(offsets_told({{3, 80}, {3, 80}}).find("entry 1 (offset 103 at position 80) does not") !=
        std::string::npos);
  CHECK(offsets_told({{6, 240}, {3, 80}}).find("entry 1 (offset 103 at position 80) does not") !=
        std::string::npos);
  CHECK(offsets_told({{3, 80}, {0, 0}, {0, 0}}).find("entry 1 ") != std::string::npos);
}

TEST_CASE("an entry of a damaged batch cannot be judged") {
  CHECK(offsets_told({{3, 80}, {5, 160}}, 1) == "");
  CHECK(offsets_told({{3, 80}, {5, 160}}, 2) == "");
  CHECK(offsets_told({{5, 80}, {6, 240}}, 2) == "");
  CHECK(offsets_told({{3, 81}, {5, 160}}, 2).find("entry 0 ") != std::string::npos);
}

TEST_CASE("right entries of a time index end with the largest timestamp") {
  CHECK(times_told({{1000, 2}, {3000, 3}, {4000, 6}}) == "");
  CHECK(times_told({{4000, 6}}) == "");
  CHECK(times_told({{1000, 0}, {3000, 3}, {4000, 6}}) == "");  // the record itself, not the last
  CHECK(times_told({{1000, 2}, {3000, 3}}) ==
        "missing t [24, 24): its last entry is missing: the batches go up to timestamp 4000\n");
  CHECK(times_told({}) ==
        "missing t [0, 0): its last entry is missing: the batches go up to timestamp 4000\n");
}

TEST_CASE("each wrong entry of a time index is named, and no other") {
  CHECK(times_told({{1000, 2}, {3001, 3}, {4000, 6}}) ==
        "damaged t [12, 24) offsets [103, -1): entry 1 (timestamp 3001 at offset 103) is not the "
        "largest timestamp up to a batch that is there\n");
  CHECK(times_told({{1000, 2}, {3000, 4}, {4000, 6}}).find("entry 1 ") != std::string::npos);
  CHECK(times_told({{1000, 2}, {2000, 5}, {4000, 6}}).find("entry 1 ") != std::string::npos);
  CHECK(times_told({{1000, 2}, {3000, -1}, {4000, 6}}).find("entry 1 ") != std::string::npos);
  CHECK(times_told({{1000, 2}, {1000, 2}, {4000, 6}}).find("entry 1 ") != std::string::npos);
}

TEST_CASE("what a damaged batch held may have been the largest timestamp") {
  CHECK(times_told({{1000, 2}, {3000, 3}, {4000, 6}}, 1) == "");
  CHECK(times_told({{1000, 2}, {3000, 3}}, 3) == "");
}

TEST_CASE("aborted transactions are compared field by field") {
  const std::vector<AbortedIndexEntry> right = {
      {ProducerId(1), Offset(100), Offset(105), Offset(106)},
      {ProducerId(2), Offset(102), Offset(110), Offset(111)}};
  const auto told = [&](const std::vector<AbortedIndexEntry>& entries,
                        const std::vector<AbortedIndexEntry>* expected) {
    Findings findings;
    check_aborted_index("a", aborted_index(entries), expected, &findings);
    return words_of(findings);
  };
  CHECK(told(right, &right) == "");
  CHECK(told({}, nullptr) == "");
  std::vector<AbortedIndexEntry> wrong = right;
  wrong[1].last_stable_offset = Offset(112);
  CHECK(told(wrong, &right).starts_with("damaged a [34, 68) offsets [110, -1): entry 1 says "));
  CHECK(told(wrong, nullptr) == "");
  wrong = right;
  wrong[0].first_offset = Offset(106);
  CHECK(told(wrong, nullptr).find("entry 0 ") != std::string::npos);
  CHECK(told({right[0]}, &right).starts_with("missing a [34, 34) offsets [102, 111): "));
  const std::vector<AbortedIndexEntry> fewer = {right[0]};
  CHECK(told(right, &fewer).find("entry 1 ") != std::string::npos);
  Findings findings;
  IndexBytes version = aborted_index(right);
  version.bytes[1] = 1;
  check_aborted_index("a", version, &right, &findings);
  CHECK(words_of(findings) ==
        "damaged a [0, 34) offsets [105, -1): entry 0 has version 1 where 0 is known\n");
}

TEST_CASE("an index that is missing, and one with half an entry") {
  MemoryFileSystem disk;
  Findings findings;
  const auto missing = read_index_bytes(disk, "/i", "i", 8, &findings);
  REQUIRE(missing.ok());
  CHECK_FALSE(missing.value().there);
  REQUIRE(replace_file(disk, "/i", std::vector<uint8_t>(21)).ok());
  const auto half = read_index_bytes(disk, "/i", "i", 8, &findings);
  REQUIRE(half.ok());
  CHECK(half.value().there);
  CHECK(half.value().bytes.size() == 16);
  CHECK(half.value().file_bytes == 21);
  CHECK(words_of(findings) == "damaged i [16, 21): 5 bytes behind the last whole entry\n");
}

TEST_CASE("findings are counted beyond those that are kept") {
  Findings findings;
  for (size_t i = 0; i < Findings::kKeptMax + 5; ++i) findings.add({});
  Finding unclean;
  unclean.kind = FindingKind::unclean;
  findings.add(unclean);
  CHECK(findings.kept().size() == Findings::kKeptMax);
  CHECK(findings.faults() == static_cast<int64_t>(Findings::kKeptMax) + 5);
  CHECK(findings.unclean() == 1);
}

}  // namespace odradek
