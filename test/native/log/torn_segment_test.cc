// What recovery meets: segment files that end anywhere, hold a flipped bit anywhere, or go on with
// what was never a batch. The scanner must stop at the first batch that is not whole, and before no
// whole one.
#include <random>
#include <vector>

#include "log/header_cursor.h"
#include "log/segment_scanner.h"
#include "log_fixture.h"

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937_64;

// A segment and where its batches begin; the last number is its size.
struct Segment {
  Bytes bytes;
  std::vector<size_t> starts;
};

Segment random_segment(Random& random, int batches, size_t value_max) {
  Segment segment;
  Offset offset(100);
  int32_t epoch = 3;
  for (int i = 0; i < batches; ++i) {
    const int records = 1 + static_cast<int>(random() % 3);
    Bytes batch = make_batch({.records = records, .value = std::string(random() % value_max, 'v')});
    if (random() % 4 == 0) ++epoch;
    assign_offsets(batch, offset, LeaderEpoch(epoch));
    offset += records;
    segment.starts.push_back(segment.bytes.size());
    segment.bytes.insert(segment.bytes.end(), batch.begin(), batch.end());
  }
  segment.starts.push_back(segment.bytes.size());
  return segment;
}

// How far a scan came and why it went no further.
struct Scan {
  ScanStep end = ScanStep::end;
  size_t batches = 0;
  size_t position = 0;
  std::string reason;
};

Scan scan(const Bytes& bytes) {
  MemoryFileSystem disk;
  auto file = disk.open("/f", OpenMode::create);
  REQUIRE(file.ok());
  if (!bytes.empty()) REQUIRE((*file)->write_at(Position(0), bytes).ok());
  BatchOrder order;
  order.next_offset = Offset(100);
  order.leader_epoch = LeaderEpoch(3);
  order.segment_base = Offset(100);
  SegmentScanner scanner(**file, Position(0), static_cast<int64_t>(bytes.size()), order);
  Scan result;
  for (;;) {
    auto step = scanner.next();
    REQUIRE(step.ok());
    result.end = *step;
    result.position = static_cast<size_t>(scanner.position().value);
    result.reason = scanner.reason();
    if (*step != ScanStep::batch) return result;
    REQUIRE(scanner.batch().crc_matches());
    ++result.batches;
  }
}

// Number of whole batches in the first `size` bytes.
size_t whole_batches(const Segment& segment, size_t size) {
  size_t count = 0;
  while (count + 1 < segment.starts.size() && segment.starts[count + 1] <= size) ++count;
  return count;
}

bool is_under_checksum(const Segment& segment, size_t at) {
  size_t batch = whole_batches(segment, at);
  if (batch + 1 == segment.starts.size()) --batch;
  return at - segment.starts[batch] >= kCrcAt;
}

}  // namespace

TEST_CASE("a segment that ends at any byte has the whole batches before that byte") {
  for (uint64_t seed = 0; seed < 4; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Segment segment = random_segment(random, 6, 60);
    for (size_t size = 0; size <= segment.bytes.size(); ++size) {
      CAPTURE(size);
      const Bytes cut(segment.bytes.begin(), segment.bytes.begin() + static_cast<ptrdiff_t>(size));
      const Scan result = scan(cut);
      const size_t whole = whole_batches(segment, size);
      REQUIRE(result.batches == whole);
      REQUIRE(result.position == segment.starts[whole]);
      if (segment.starts[whole] == size) {
        REQUIRE(result.end == ScanStep::end);
        continue;
      }
      // A torn batch is damage, unless only zeros of it came to the disk.
      const bool zeros = std::all_of(cut.begin() + static_cast<ptrdiff_t>(segment.starts[whole]),
                                     cut.end(), [](uint8_t byte) { return byte == 0; });
      REQUIRE(result.end == (zeros ? ScanStep::zeros : ScanStep::damaged));
      REQUIRE(result.reason.empty() == zeros);
    }
  }
}

TEST_CASE("a torn batch in preallocated room is damage, whatever follows") {
  Random random(9);
  const Segment segment = random_segment(random, 3, 40);
  const size_t last = segment.starts[2];
  for (size_t size = last; size <= segment.bytes.size(); ++size) {
    CAPTURE(size);
    Bytes bytes(segment.bytes.begin(), segment.bytes.begin() + static_cast<ptrdiff_t>(size));
    bytes.resize(segment.bytes.size() + 3000, 0);
    const Scan result = scan(bytes);
    // The batch may end in zeros of its own: then it is whole before its last byte came.
    const bool is_whole = std::equal(segment.bytes.begin(), segment.bytes.end(), bytes.begin());
    const bool nothing = std::all_of(bytes.begin() + static_cast<ptrdiff_t>(last), bytes.end(),
                                     [](uint8_t byte) { return byte == 0; });
    REQUIRE(result.batches == (is_whole ? 3 : 2));
    REQUIRE(result.end == (is_whole || nothing ? ScanStep::zeros : ScanStep::damaged));
    REQUIRE(result.position == (is_whole ? segment.bytes.size() : last));
  }
}

TEST_CASE("a flipped bit under a checksum stops the scan at its batch, and not before") {
  Random random(5);
  const Segment segment = random_segment(random, 4, 30);
  for (size_t at = 0; at < segment.bytes.size(); ++at) {
    if (!is_under_checksum(segment, at)) continue;
    for (unsigned bit = 0; bit < 8; ++bit) {
      CAPTURE(at);
      CAPTURE(bit);
      Bytes flipped = segment.bytes;
      flipped[at] ^= static_cast<uint8_t>(1U << bit);
      const Scan result = scan(flipped);
      REQUIRE(result.end == ScanStep::damaged);
      REQUIRE(result.batches == whole_batches(segment, at));
      REQUIRE(result.position == segment.starts[result.batches]);
    }
  }
}

// No checksum covers base offset and leader epoch: a flip there is noticed only where the order
// breaks, but never moves the scan to another place. Length and magic must fit the bytes.
TEST_CASE("a flipped bit before a checksum leaves the batches before it alone") {
  Random random(6);
  const Segment segment = random_segment(random, 4, 30);
  for (size_t at = 0; at < segment.bytes.size(); ++at) {
    if (is_under_checksum(segment, at)) continue;
    const size_t in_batch = at - segment.starts[whole_batches(segment, at)];
    const bool is_frame =
        (in_batch >= kLengthAt && in_batch < kLeaderEpochAt) || in_batch == kMagicAt;
    for (unsigned bit = 0; bit < 8; ++bit) {
      CAPTURE(at);
      CAPTURE(bit);
      Bytes flipped = segment.bytes;
      flipped[at] ^= static_cast<uint8_t>(1U << bit);
      const Scan result = scan(flipped);
      REQUIRE(result.batches >= whole_batches(segment, at));
      REQUIRE(result.position == segment.starts[result.batches]);
      if (is_frame) {
        REQUIRE(result.end == ScanStep::damaged);
        REQUIRE(result.batches == whole_batches(segment, at));
      }
    }
  }
}

TEST_CASE("random bytes behind whole batches are damage from the first of them") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Segment segment = random_segment(random, 1 + static_cast<int>(random() % 4), 50);
    Bytes bytes = segment.bytes;
    for (size_t count = 1 + random() % 300; count > 0; --count) {
      bytes.push_back(static_cast<uint8_t>(1 + random() % 255));
    }
    const Scan result = scan(bytes);
    CHECK(result.end == ScanStep::damaged);
    CHECK(result.batches + 1 == segment.starts.size());
    CHECK(result.position == segment.bytes.size());
  }
}

TEST_CASE("batches of every size around the scanner's buffer are read whole") {
  // The buffer is 1 MiB: batches that cross its end, fill it, and are larger than it.
  Random random(8);
  Segment segment;
  Offset offset(100);
  for (const size_t size : {size_t{1 << 20} - 200, size_t{100}, size_t{1 << 20}, size_t{3 << 20},
                            size_t{1}, size_t{500000}, size_t{700000}, size_t{10}}) {
    Bytes batch = make_batch({.records = 1, .value = std::string(size, 'v')});
    assign_offsets(batch, offset, LeaderEpoch(3));
    offset += 1;
    segment.starts.push_back(segment.bytes.size());
    segment.bytes.insert(segment.bytes.end(), batch.begin(), batch.end());
  }
  segment.starts.push_back(segment.bytes.size());
  const Scan result = scan(segment.bytes);
  CHECK(result.end == ScanStep::end);
  CHECK(result.batches == 8);
  Bytes preallocated = segment.bytes;
  preallocated.resize(segment.bytes.size() + (2U << 20) + 17, 0);
  CHECK(scan(preallocated).end == ScanStep::zeros);
  preallocated.back() = 1;  // a single byte, far behind
  CHECK(scan(preallocated).end == ScanStep::damaged);
}

TEST_CASE("a walk over headers sees the batches between any two boundaries") {
  Random random(4);
  const Segment segment = random_segment(random, 300, 80);
  MemoryFileSystem disk;
  auto file = disk.open("/f", OpenMode::create);
  REQUIRE((*file)->write_at(Position(0), segment.bytes).ok());
  for (int round = 0; round < 200; ++round) {
    const size_t first = random() % segment.starts.size();
    const size_t last = first + random() % (segment.starts.size() - first);
    HeaderCursor cursor(**file, Position(static_cast<int64_t>(segment.starts[first])),
                        Position(static_cast<int64_t>(segment.starts[last])));
    for (size_t i = first; i < last; ++i) {
      auto more = cursor.next();
      REQUIRE(more.ok());
      REQUIRE(*more);
      REQUIRE(cursor.position().value == static_cast<int64_t>(segment.starts[i]));
      REQUIRE(cursor.end_position().value == static_cast<int64_t>(segment.starts[i + 1]));
    }
    auto more = cursor.next();
    REQUIRE(more.ok());
    REQUIRE_FALSE(*more);
  }
  // An end inside a batch is a damaged file to it.
  HeaderCursor cut(**file, Position(0), Position(static_cast<int64_t>(segment.starts[1] + 1)));
  REQUIRE(cut.next().ok());
  CHECK_FALSE(cut.next().ok());
}

}  // namespace odradek
