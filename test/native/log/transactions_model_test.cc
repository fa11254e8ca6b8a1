// Open transactions, aborted indexes and watermarks together, on a log without a disk: the last
// stable offset and what read_committed is told, against a scan over everything that ever happened.
#include <deque>
#include <random>
#include <set>
#include <vector>

#include "log/aborted_index.h"
#include "log/open_transactions.h"
#include "log/watermarks.h"
#include "log_fixture.h"

namespace odradek {
namespace {

using Random = std::mt19937_64;

// One transaction; the marker is -1 while it is open.
struct PlainTransaction {
  int64_t producer;
  int64_t first;
  int64_t marker = -1;
  bool committed = false;
};

LogPoint point(int64_t offset) { return {Offset(offset), Offset(0), Position(offset * 100)}; }

// A log of single-record batches, flushed now and then, cut into segments of random length.
class TransactionLog {
 public:
  explicit TransactionLog(uint64_t seed)
      : random_(seed),
        flush_messages_(random_() % 2 == 0 ? 1 : static_cast<int64_t>(1 + random_() % 20)),
        watermarks_(point(0), flush_messages_) {}

  void step() {
    if (random_() % 15 == 0) indexes_.emplace_back();
    if (random_() % 3 == 0) {
      durable_ += static_cast<int64_t>(random_() % static_cast<uint64_t>(end_ - durable_ + 1));
      watermarks_.synced(point(durable_));
    } else {
      append();
    }
    high_watermark_ = std::max(high_watermark_, std::min(end_, durable_ + flush_messages_ - 1));
    transactions_.high_watermark_advanced(watermarks_.high_watermark().offset);
  }

  void check() {
    REQUIRE(watermarks_.high_watermark().offset.value == high_watermark_);
    REQUIRE(watermarks_.log_end().offset.value == end_);
    REQUIRE(watermarks_.durable().offset.value == durable_);
    REQUIRE(watermarks_.wants_flush() == (end_ - durable_ >= flush_messages_));
    REQUIRE(stable() == expected_stable());
    const LogPoint stable_point = transactions_.last_stable(watermarks_.high_watermark());
    REQUIRE(stable_point.position.value == stable_point.offset.value * 100);
    check_aborted();
  }

 private:
  int64_t stable() const {
    return transactions_.last_stable(watermarks_.high_watermark()).offset.value;
  }
  // Below it every transaction has its marker below the high watermark.
  int64_t expected_stable() const {
    int64_t stable = high_watermark_;
    for (const PlainTransaction& each : all_) {
      const bool is_decided = each.marker >= 0 && each.marker < high_watermark_;
      if (!is_decided) stable = std::min(stable, each.first);
    }
    return stable;
  }

  void append() {
    const auto producer = static_cast<int64_t>(random_() % 5);
    PlainTransaction* open = nullptr;
    for (PlainTransaction& each : all_) {
      if (each.producer == producer && each.marker < 0) open = &each;
    }
    if (open == nullptr) {
      all_.push_back({producer, end_});
      transactions_.begin(ProducerId(producer), point(end_));
    } else if (random_() % 2 == 0) {
      open->marker = end_;
      open->committed = random_() % 3 == 0;
      const Offset last_stable = transactions_.end(
          {ProducerId(producer), Offset(open->first), Offset(end_), open->committed});
      if (!open->committed) {
        indexes_.back().append(
            {ProducerId(producer), Offset(open->first), Offset(end_), last_stable});
      }
    }
    ++end_;
    watermarks_.appended(point(end_));
  }

  // A reader below the last stable offset must be told of every aborted transaction that has a
  // batch in what it reads.
  void check_aborted() {
    if (stable() == 0) return;
    const auto from = static_cast<int64_t>(random_() % static_cast<uint64_t>(stable()));
    const auto to =
        from + 1 + static_cast<int64_t>(random_() % static_cast<uint64_t>(stable() - from));
    std::vector<AbortedTransaction> found;
    for (const AbortedIndex& index : indexes_) {
      if (!index.collect(Offset(from), Offset(to), &found)) break;
    }
    std::multiset<std::pair<int64_t, int64_t>> got;
    for (const AbortedTransaction& each : found) {
      got.emplace(each.producer_id.value, each.first_offset.value);
    }
    std::multiset<std::pair<int64_t, int64_t>> expected;
    for (const PlainTransaction& each : all_) {
      if (each.marker < 0 || each.committed) continue;
      if (each.first < to && each.marker >= from) expected.emplace(each.producer, each.first);
    }
    REQUIRE(got == expected);
  }

  Random random_;
  int64_t flush_messages_;
  Watermarks watermarks_;
  OpenTransactions transactions_;
  std::deque<AbortedIndex> indexes_{1};
  std::vector<PlainTransaction> all_;
  int64_t end_ = 0;
  int64_t durable_ = 0;
  int64_t high_watermark_ = 0;
};

}  // namespace

TEST_CASE("the last stable offset and the aborted transactions are those of a full scan") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    TransactionLog log(seed);
    for (int step = 0; step < 150; ++step) {
      CAPTURE(step);
      log.step();
      log.check();
    }
  }
}

}  // namespace odradek
