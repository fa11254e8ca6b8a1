// The three indexes of a segment, in memory and as files, against plain lists that are searched
// from the front. Seeds are printed on failure.
#include <algorithm>
#include <random>

#include "log/aborted_index.h"
#include "log/index_file.h"
#include "log/offset_index.h"
#include "log/sorted_search.h"
#include "log/time_index.h"
#include "log_fixture.h"

namespace odradek {
namespace {

using Random = std::mt19937_64;

// The last element for which `holds`, found from the front.
template <class T, class Holds>
std::optional<T> last_of(const std::vector<T>& list, Holds holds) {
  std::optional<T> found;
  for (const T& each : list) {
    if (holds(each)) found = each;
  }
  return found;
}

void check_same(const std::optional<OffsetIndexEntry>& got,
                const std::optional<OffsetIndexEntry>& expected) {
  REQUIRE(got.has_value() == expected.has_value());
  if (!got) return;
  CHECK(got->last_offset == expected->last_offset);
  CHECK(got->position == expected->position);
}

void check_same(const std::optional<TimeIndexEntry>& got,
                const std::optional<TimeIndexEntry>& expected) {
  REQUIRE(got.has_value() == expected.has_value());
  if (!got) return;
  CHECK(got->timestamp == expected->timestamp);
  CHECK(got->offset == expected->offset);
}

// A file with these bytes on a disk of its own.
struct StoredFile {
  explicit StoredFile(const std::vector<uint8_t>& bytes) {
    auto file = disk.open("/f", OpenMode::create);
    REQUIRE(file.ok());
    if (!bytes.empty()) REQUIRE((*file)->write_at(Position(0), bytes).ok());
  }
  std::unique_ptr<IndexFile> open(size_t entry_bytes) {
    auto opened = IndexFile::open(disk, "/f", entry_bytes, ReadWait::may_wait);
    REQUIRE(opened.ok());
    return std::move(*opened);
  }
  MemoryFileSystem disk;
};

}  // namespace

TEST_CASE("a binary search counts what a scan counts, whatever the length") {
  for (size_t count = 0; count < 70; ++count) {
    for (size_t border = 0; border <= count; ++border) {
      size_t asked = 0;
      const size_t front = count_front(count, [&](size_t i) {
        ++asked;
        REQUIRE(i < count);
        return i < border;
      });
      CHECK(front == border);
      CHECK(asked <= 7);
    }
  }
}

TEST_CASE("an offset index against a plain list, in memory and in its file") {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Offset base(static_cast<int64_t>(random() % 1000000));
    OffsetIndex index(base);
    std::vector<OffsetIndexEntry> list;
    Offset offset = base;
    Position position(0);
    const size_t count = random() % 2000;
    for (size_t i = 0; i < count; ++i) {
      if (i > 0 || random() % 2 == 0) {
        offset += 1 + static_cast<int64_t>(random() % 50);
        position += 1 + static_cast<int64_t>(random() % 9000);
      }
      index.append(offset, position);
      list.push_back({offset, position});
    }
    CHECK(index.size() == list.size());
    check_same(index.last(), last_of(list, [](const auto&) { return true; }));
    for (int i = 0; i < 200; ++i) {
      const Offset wanted = base + static_cast<int64_t>(random() % (offset - base + 10));
      check_same(index.floor(wanted),
                 last_of(list, [&](const auto& entry) { return entry.last_offset <= wanted; }));
      const Position place(static_cast<int64_t>(random()) % (position.value + 10));
      check_same(index.floor(place),
                 last_of(list, [&](const auto& entry) { return entry.position <= place; }));
    }
    const std::vector<uint8_t> bytes = index.encode();
    CHECK(static_cast<int64_t>(bytes.size()) == index.size_bytes());
    StoredFile stored(bytes);
    const auto file = stored.open(kOffsetIndexEntryBytes);
    REQUIRE(file != nullptr);
    REQUIRE(file->size() == list.size());
    for (int i = 0; i < 300 && !list.empty(); ++i) {
      const size_t at = random() % list.size();
      const uint8_t* entry = file->entry(at);
      REQUIRE(entry != nullptr);
      check_same(decode_offset_index_entry(base, entry), list[at]);
    }
  }
}

TEST_CASE("an offset index reaches 2^31-1 above its base and to the end of the largest segment") {
  OffsetIndex index(Offset(int64_t{1} << 40));
  index.append(Offset(int64_t{1} << 40), Position(0));
  index.append(Offset((int64_t{1} << 40) + INT32_MAX), Position(INT32_MAX));
  CHECK(index.last()->last_offset == Offset((int64_t{1} << 40) + INT32_MAX));
  CHECK(index.floor(Position(INT32_MAX))->position == Position(INT32_MAX));
  CHECK(index.floor(Position(INT32_MAX - 1))->position == Position(0));
  const std::vector<uint8_t> bytes = index.encode();
  const auto last = decode_offset_index_entry(index.base_offset(), bytes.data() + 8);
  CHECK(last.last_offset == index.last()->last_offset);
  CHECK(last.position == Position(INT32_MAX));
}

TEST_CASE("a time index keeps what is larger than all before it, and finds it") {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Offset base(static_cast<int64_t>(random() % 1000000));
    TimeIndex index(base);
    std::vector<TimeIndexEntry> list;
    TimeIndexEntry largest;
    Offset offset = base;
    for (size_t i = random() % 1500; i > 0; --i) {
      const TimestampMs timestamp(static_cast<int64_t>(random() % 3000) - 1);
      if (timestamp > largest.timestamp) largest = {timestamp, offset};
      offset += 1 + static_cast<int64_t>(random() % 5);
      if (random() % 3 != 0) continue;
      index.offer(largest);
      const bool is_larger = list.empty() ? largest.timestamp > kNoTimestamp
                                          : largest.timestamp > list.back().timestamp;
      if (is_larger) list.push_back(largest);
    }
    CHECK(index.size() == list.size());
    check_same(index.last(), last_of(list, [](const auto&) { return true; }));
    for (int64_t wanted = -2; wanted < 3002; wanted += 7) {
      check_same(index.below(TimestampMs(wanted)),
                 last_of(list, [&](const auto& entry) { return entry.timestamp.value < wanted; }));
    }
    const std::vector<uint8_t> bytes = index.encode();
    REQUIRE(bytes.size() == list.size() * kTimeIndexEntryBytes);
    StoredFile stored(bytes);
    const auto file = stored.open(kTimeIndexEntryBytes);
    REQUIRE(file != nullptr);
    for (size_t i = 0; i < list.size(); ++i) {
      check_same(decode_time_index_entry(base, file->entry(i)), list[i]);
    }
  }
}

TEST_CASE("an index file of another length is none, and one that shrinks is told") {
  for (size_t size = 0; size <= 40; ++size) {
    CAPTURE(size);
    StoredFile stored{std::vector<uint8_t>(size, 1)};
    const auto file = stored.open(kOffsetIndexEntryBytes);
    CHECK((file != nullptr) == (size % kOffsetIndexEntryBytes == 0));
    if (file != nullptr) CHECK(file->size() == size / kOffsetIndexEntryBytes);
  }
  MemoryFileSystem empty;
  auto missing = IndexFile::open(empty, "/missing", kOffsetIndexEntryBytes, ReadWait::may_wait);
  REQUIRE(missing.ok());
  CHECK(*missing == nullptr);

  StoredFile stored{std::vector<uint8_t>(8 * 3000, 7)};
  const auto file = stored.open(kOffsetIndexEntryBytes);
  REQUIRE(file->entry(0) != nullptr);
  REQUIRE((*stored.disk.open("/f", OpenMode::read_write))->truncate(8 * 1000).ok());
  CHECK(file->entry(2999) == nullptr);
  REQUIRE(file->error().has_value());
  CHECK(file->error()->kind == FileErrorKind::io);
  CHECK(file->entry(0) == nullptr);  // the first failure stays
}

TEST_CASE("aborted transactions are collected as a plain scan finds them") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    AbortedIndex index;
    std::vector<AbortedIndexEntry> list;
    int64_t marker = 0;
    int64_t stable = 0;
    for (size_t i = random() % 40; i > 0; --i) {
      marker += 2 + static_cast<int64_t>(random() % 20);
      // The last stable offset never moves back; it is at most just behind the marker.
      stable = std::max(stable, marker + 1 - static_cast<int64_t>(random() % 30));
      const Offset first(std::max<int64_t>(0, marker - 1 - static_cast<int64_t>(random() % 60)));
      list.push_back(
          {ProducerId(static_cast<int64_t>(random() % 5)), first, Offset(marker), Offset(stable)});
      index.append(list.back());
    }
    CHECK(index.empty() == list.empty());
    for (int i = 0; i < 50; ++i) {
      const Offset from(static_cast<int64_t>(random() % 600));
      const Offset to = from + 1 + static_cast<int64_t>(random() % 100);
      std::vector<AbortedTransaction> found;
      const bool goes_on = index.collect(from, to, &found);
      std::vector<std::pair<ProducerId, Offset>> got;
      for (const AbortedTransaction& each : found)
        got.emplace_back(each.producer_id, each.first_offset);
      std::vector<std::pair<ProducerId, Offset>> expected;
      for (const AbortedIndexEntry& each : list) {
        if (each.last_offset >= from && each.first_offset < to) {
          expected.emplace_back(each.producer_id, each.first_offset);
        }
        if (each.last_stable_offset >= to) {
          CHECK_FALSE(goes_on);
          break;
        }
      }
      CHECK(got == expected);
    }
    const std::vector<uint8_t> bytes = encode_aborted_index(list);
    CHECK(bytes.size() == list.size() * kAbortedIndexEntryBytes);
    const auto decoded = decode_aborted_index(bytes);
    REQUIRE(decoded.has_value());
    CHECK(encode_aborted_index(*decoded) == bytes);
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      CHECK(decode_aborted_index(ByteView(bytes).first(cut)).has_value() ==
            (cut % kAbortedIndexEntryBytes == 0));
    }
  }
}

}  // namespace odradek
