// A walk finds every whole batch of a file, whatever lies between, and says of each damaged stretch
// where it begins, where it ends and why.
#include "check/segment_walk.h"

#include "check_fixture.h"
#include "checksum/crc32c.h"

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes stamped(int64_t offset, int32_t epoch, int records = 1, size_t value_bytes = 5) {
  Bytes batch = make_batch({.records = records, .value = std::string(value_bytes, 'v')});
  assign_offsets(batch, Offset(offset), LeaderEpoch(epoch));
  return batch;
}

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// "batch 0 damaged [76, 152) batch 2 end", and the reasons.
struct Walked {
  std::string steps;
  std::vector<std::string> reasons;
};

Walked walk(const Bytes& bytes, SegmentPlace place = {}, WalkOrder order = {}) {
  MemoryFileSystem disk;
  {
    auto file = disk.open("/f", OpenMode::create);
    REQUIRE(file.ok());
    if (!bytes.empty()) REQUIRE((*file)->write_at(Position(0), bytes).ok());
  }
  auto window = FileWindow::open(disk, "/f");
  REQUIRE(window.ok());
  SegmentWalk walk(**window, place, order);
  Walked walked;
  for (;;) {
    auto step = walk.next();
    REQUIRE(step.ok());
    switch (*step) {
      case WalkStep::batch:
        walked.steps += "batch " + std::to_string(walk.header().base_offset.value) + " ";
        break;
      case WalkStep::damaged:
        walked.steps += "damaged [" + std::to_string(walk.position().value) + ", " +
                        std::to_string(walk.damage_end().value) + ") ";
        walked.reasons.push_back(walk.reason());
        break;
      case WalkStep::zeros:
        walked.steps += "zeros from " + std::to_string(walk.position().value);
        return walked;
      case WalkStep::end:
        walked.steps += "end";
        return walked;
    }
  }
}

std::string range(size_t from, size_t to) {
  return "damaged [" + std::to_string(from) + ", " + std::to_string(to) + ") ";
}

}  // namespace

TEST_CASE("an empty file, whole batches, and zeros behind them") {
  CHECK(walk({}).steps == "end");
  const Bytes two = joined({stamped(0, 0, 2), stamped(2, 0)});
  CHECK(walk(two).steps == "batch 0 batch 2 end");
  CHECK(walk(joined({two, Bytes(100)})).steps ==
        "batch 0 batch 2 zeros from " + std::to_string(two.size()));
  CHECK(walk(Bytes(3)).steps == "zeros from 0");
}

TEST_CASE("a torn end") {
  const Bytes first = stamped(0, 0);
  const Bytes second = stamped(1, 0);
  for (size_t kept = 1; kept < second.size(); ++kept) {
    const Bytes torn(second.begin(), second.begin() + static_cast<ptrdiff_t>(kept));
    const Walked walked = walk(joined({first, torn}));
    // Zeros at the front of the offset are no more than zeros.
    const bool zeros = std::all_of(torn.begin(), torn.end(), [](uint8_t b) { return b == 0; });
    const std::string at = std::to_string(first.size());
    if (zeros) {
      CHECK(walked.steps == "batch 0 zeros from " + at);
    } else {
      CHECK(walked.steps == "batch 0 " + range(first.size(), first.size() + kept) + "end");
      CHECK(walked.reasons.front() == (kept < kBatchHeaderBytes
                                           ? "the file ends inside a batch header"
                                           : "the file ends inside the batch"));
    }
  }
}

TEST_CASE("anything between batches is passed over to the next whole one") {
  const Bytes first = stamped(0, 0);
  const Bytes last = stamped(5, 0);
  for (const Bytes& between : {Bytes(1, 7), Bytes(60, 2), Bytes(4096), Bytes(70000, 0xff)}) {
    CAPTURE(between.size());
    const Walked walked = walk(joined({first, between, last}));
    CHECK(walked.steps ==
          "batch 0 " + range(first.size(), first.size() + between.size()) + "batch 5 end");
  }
}

TEST_CASE("damage longer than the window") {
  const Bytes first = stamped(0, 0);
  const Bytes noise(static_cast<size_t>(FileWindow::kBytesMax) * 2 + 17, 2);
  const Walked walked = walk(joined({first, noise, stamped(9, 0)}));
  CHECK(walked.steps ==
        "batch 0 " + range(first.size(), first.size() + noise.size()) + "batch 9 end");
}

TEST_CASE("batches larger than the window are checked whole") {
  const auto large = static_cast<size_t>(FileWindow::kBytesMax) * 2;
  Bytes bytes = joined({stamped(0, 0), stamped(1, 0, 1, large), stamped(2, 0)});
  CHECK(walk(bytes).steps == "batch 0 batch 1 batch 2 end");
  const size_t first = stamped(0, 0).size();
  bytes[first + large] ^= 1;
  const Walked walked = walk(bytes);
  CHECK(walked.steps == "batch 0 " + range(first, bytes.size() - first) + "batch 2 end");
  CHECK(walked.reasons.front() == "the checksum does not match");
}

TEST_CASE("an offset that is too high is told by the batch behind it") {
  const Bytes bytes = joined({stamped(0, 0), stamped(900, 0), stamped(2, 0), stamped(3, 0)});
  const size_t size = stamped(0, 0).size();
  const Walked walked = walk(bytes);
  CHECK(walked.steps == "batch 0 " + range(size, 2 * size) + "batch 2 batch 3 end");
  CHECK(walked.reasons.front() == "offset 900 is followed by 2");
}

TEST_CASE("an offset that is too low, or in the next segment") {
  const size_t size = stamped(0, 0).size();
  const Walked low = walk(joined({stamped(0, 0), stamped(0, 0), stamped(2, 0)}));
  CHECK(low.steps == "batch 0 " + range(size, 2 * size) + "batch 2 end");
  CHECK(low.reasons.front() == "offset 0 follows 0");
  SegmentPlace place;
  place.end_offset = Offset(10);
  const Walked high = walk(joined({stamped(0, 0), stamped(10, 0)}), place);
  CHECK(high.steps == "batch 0 " + range(size, 2 * size) + "end");
  CHECK(high.reasons.front() == "offset 10 lies in the next segment");
  const Walked far = walk(joined({stamped(0, 0), stamped(int64_t{INT32_MAX} + 1, 0)}));
  CHECK(far.reasons.front() == "offset 2147483648 is too far from the segment's first");
}

TEST_CASE("a gap that nothing contradicts is no damage of the batch behind it") {
  CHECK(walk(joined({stamped(0, 0), stamped(7, 0), stamped(8, 0)})).steps ==
        "batch 0 batch 7 batch 8 end");
}

TEST_CASE("a leader epoch that fell, and one that rose for one batch alone") {
  const size_t size = stamped(0, 0).size();
  const Walked fell = walk(joined({stamped(0, 4), stamped(1, 3), stamped(2, 4)}));
  CHECK(fell.steps == "batch 0 " + range(size, 2 * size) + "batch 2 end");
  CHECK(fell.reasons.front() == "leader epoch 3 follows 4");
  const Walked rose = walk(joined({stamped(0, 3), stamped(1, 9), stamped(2, 3), stamped(3, 3)}));
  CHECK(rose.steps == "batch 0 " + range(size, 2 * size) + "batch 2 batch 3 end");
  CHECK(rose.reasons.front() == "leader epoch 9 is followed by 3");
}

TEST_CASE("where two batches disagree about an epoch, the checkpoint knows") {
  const size_t size = stamped(0, 0).size();
  const Bytes bytes = joined({stamped(0, 0), stamped(1, 1), stamped(2, 0), stamped(3, 1)});
  SegmentPlace place;
  const auto early = LeaderEpochs::parse("0\n2\n0 0\n1 1\n");
  place.epochs = &*early;
  CHECK(walk(bytes, place).steps == "batch 0 batch 1 " + range(2 * size, 3 * size) + "batch 3 end");
  const auto late = LeaderEpochs::parse("0\n2\n0 0\n1 3\n");
  place.epochs = &*late;
  CHECK(walk(bytes, place).steps == "batch 0 " + range(size, 2 * size) + "batch 2 batch 3 end");
}

TEST_CASE("the next segment tells of the last batch of this one") {
  const size_t size = stamped(0, 0).size();
  SegmentPlace place;
  place.end_offset = Offset(2);
  for (int64_t offset : {2, 3}) {
    place.next_segment.push_back(*BatchHeader::parse(stamped(offset, 3)));
  }
  const Walked walked = walk(joined({stamped(0, 3), stamped(1, 8)}), place);
  CHECK(walked.steps == "batch 0 " + range(size, 2 * size) + "end");
  CHECK(walked.reasons.front() == "leader epoch 8 is followed by 3");
}

TEST_CASE("a walk begins where the segment before ended") {
  WalkOrder order;
  order.next_offset = Offset(100);
  order.leader_epoch = LeaderEpoch(5);
  SegmentPlace place;
  place.base_offset = Offset(100);
  CHECK(walk(stamped(100, 5), place, order).steps == "batch 100 end");
  CHECK(walk(stamped(99, 5), place, order).reasons.front() == "offset 99 follows 99");
  CHECK(walk(stamped(100, 4), place, order).reasons.front() == "leader epoch 4 follows 5");
}

}  // namespace odradek
