#include "log/segment_scanner.h"

#include "log/header_cursor.h"
#include "log_fixture.h"

namespace odradek {
namespace {

struct Scan {
  ScanStep end = ScanStep::end;
  int batches = 0;
  int64_t position = 0;
  std::string reason;
};

// Three batches at offsets 10 to 15 of epochs 4, 4, 5.
std::vector<uint8_t> three_batches(std::vector<size_t>* starts = nullptr) {
  std::vector<uint8_t> all;
  for (int i = 0; i < 3; ++i) {
    std::vector<uint8_t> batch = make_batch({.records = 2});
    assign_offsets(batch, Offset(10 + 2 * i), LeaderEpoch(i == 2 ? 5 : 4));
    if (starts != nullptr) starts->push_back(all.size());
    all.insert(all.end(), batch.begin(), batch.end());
  }
  return all;
}

Scan scan(const std::vector<uint8_t>& bytes, BatchOrder order = {Offset(10), LeaderEpoch(4)}) {
  MemoryFileSystem disk;
  auto file = disk.open("/f", OpenMode::create);
  REQUIRE((*file)->write_at(Position(0), bytes).ok());
  SegmentScanner scanner(**file, Position(0), static_cast<int64_t>(bytes.size()), order);
  Scan result;
  for (;;) {
    auto step = scanner.next();
    REQUIRE(step.ok());
    result.end = *step;
    result.position = scanner.position().value;
    result.reason = scanner.reason();
    if (*step != ScanStep::batch) return result;
    ++result.batches;
    CHECK(scanner.batch().crc_matches());
    CHECK(scanner.header().next_offset() == scanner.order().next_offset);
  }
}

}  // namespace

TEST_CASE("whole batches are scanned to the end") {
  const auto bytes = three_batches();
  const Scan all = scan(bytes);
  CHECK(all.end == ScanStep::end);
  CHECK(all.batches == 3);
  CHECK(all.position == static_cast<int64_t>(bytes.size()));
  CHECK(scan({}).end == ScanStep::end);
}

TEST_CASE("preallocated zeros are no damage, anything among them is") {
  auto bytes = three_batches();
  const auto end = static_cast<int64_t>(bytes.size());
  for (const size_t tail : {size_t{1}, size_t{11}, size_t{60}, size_t{61}, size_t{3000000}}) {
    auto padded = bytes;
    padded.resize(bytes.size() + tail);
    const Scan zeros = scan(padded);
    CHECK(zeros.end == ScanStep::zeros);
    CHECK(zeros.batches == 3);
    CHECK(zeros.position == end);
    padded.back() = 1;
    CHECK(scan(padded).end == ScanStep::damaged);
  }
}

TEST_CASE("a scan ends at the first batch that is cut, at every byte") {
  std::vector<size_t> starts;
  const auto bytes = three_batches(&starts);
  for (size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    const Scan cut = scan({bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)});
    int whole = 0;
    while (whole < 2 && starts[static_cast<size_t>(whole) + 1] <= size) ++whole;
    CHECK(cut.batches == whole);
    CHECK(cut.position == static_cast<int64_t>(starts[static_cast<size_t>(whole)]));
  }
}

TEST_CASE("every flipped byte ends the scan, except in what no checksum covers") {
  std::vector<size_t> starts;
  const auto bytes = three_batches(&starts);
  for (size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    auto damaged = bytes;
    damaged[i] ^= 0x20;
    const Scan found = scan(damaged);
    size_t batch = 0;
    while (batch < 2 && starts[batch + 1] <= i) ++batch;
    const size_t at = i - starts[batch];
    const bool unprotected = at < kLengthAt || (at >= kLeaderEpochAt && at < kMagicAt);
    if (unprotected) continue;  // judged by order alone, below
    CHECK(found.end == ScanStep::damaged);
    CHECK(found.batches == static_cast<int>(batch));
    CHECK_FALSE(found.reason.empty());
  }
}

TEST_CASE("offsets and leader epochs never go back") {
  const auto bytes = three_batches();
  CHECK(scan(bytes, {Offset(11), LeaderEpoch(4)}).end == ScanStep::damaged);
  CHECK(scan(bytes, {Offset(0), LeaderEpoch(4)}).batches == 3);  // a gap is for others to judge
  const Scan epoch = scan(bytes, {Offset(10), LeaderEpoch(5)});
  CHECK(epoch.end == ScanStep::damaged);
  CHECK(epoch.batches == 0);
  CHECK(epoch.reason.find("leader epoch 4 follows 5") != std::string::npos);
  std::vector<size_t> starts;
  auto repeated = three_batches(&starts);
  store_be<int64_t>(repeated.data() + starts[1], 11);  // overlaps the first
  CHECK(scan(repeated).batches == 1);
}

TEST_CASE("an offset beyond the reach of the index format is damage") {
  auto bytes = three_batches();
  store_be<int64_t>(bytes.data(), INT32_MAX);  // the last offset is one more
  BatchOrder order{Offset(10), LeaderEpoch(4)};
  CHECK(scan(bytes, order).batches == 0);
  order.segment_base = Offset(1);
  CHECK(scan(bytes, order).batches == 1);
}

TEST_CASE("a gap is damage only above what is settled") {
  std::vector<size_t> starts;
  auto bytes = three_batches(&starts);
  store_be<int64_t>(bytes.data() + starts[2], 20);
  BatchOrder order{Offset(10), LeaderEpoch(4)};
  CHECK(scan(bytes, order).batches == 3);
  order.gapless_from = Offset(20);
  CHECK(scan(bytes, order).batches == 3);
  order.gapless_from = Offset(19);
  const Scan gap = scan(bytes, order);
  CHECK(gap.batches == 2);
  CHECK(gap.end == ScanStep::damaged);
  CHECK(gap.reason.find("offset 20 follows 13") != std::string::npos);
}

TEST_CASE("a batch larger than one read is scanned whole") {
  std::vector<uint8_t> batch = make_batch({.value = std::string(3 << 20, 'x')});
  assign_offsets(batch, Offset(10), LeaderEpoch(4));
  std::vector<uint8_t> bytes = three_batches();
  assign_offsets(bytes, Offset(5), LeaderEpoch(4));  // of the first of the three
  bytes.resize(make_batch({.records = 2}).size());
  bytes.insert(bytes.end(), batch.begin(), batch.end());
  CHECK(scan(bytes, {}).batches == 2);
}

TEST_CASE("headers are walked without the records") {
  std::vector<size_t> starts;
  const auto bytes = three_batches(&starts);
  MemoryFileSystem disk;
  auto file = disk.open("/f", OpenMode::create);
  REQUIRE((*file)->write_at(Position(0), bytes).ok());
  HeaderCursor cursor(**file, Position(static_cast<int64_t>(starts[1])),
                      Position(static_cast<int64_t>(bytes.size())));
  REQUIRE(*cursor.next());
  CHECK(cursor.header().base_offset == Offset(12));
  REQUIRE(*cursor.next());
  CHECK(cursor.position().value == static_cast<int64_t>(starts[2]));
  CHECK(cursor.end_position().value == static_cast<int64_t>(bytes.size()));
  CHECK_FALSE(*cursor.next());
  HeaderCursor inside(**file, Position(5), Position(static_cast<int64_t>(bytes.size())));
  CHECK_FALSE(inside.next().ok());
  HeaderCursor cut(**file, Position(0), Position(static_cast<int64_t>(starts[1]) - 1));
  CHECK_FALSE(cut.next().ok());
}

}  // namespace odradek
