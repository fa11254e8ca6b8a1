// Reads against a plain list of batches: any offset, size and limit, with and without the memory of
// the read before, on a log that is appended to, cut at both ends and started again meanwhile.
#include <algorithm>
#include <random>
#include <vector>

#include "log/log_reader.h"
#include "log_fixture.h"

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937_64;

struct PlainBatch {
  int64_t base;
  int64_t next;
  Bytes bytes;  // as stored
};

class Scenario {
 public:
  explicit Scenario(uint64_t seed) : random_(seed) {
    fixture_.config.segment_bytes = static_cast<int64_t>(1500 + random_() % 5000);
    fixture_.config.index_interval_bytes = static_cast<int64_t>(1 + random_() % 800);
    fixture_.config.flush_messages = INT64_MAX;
    fixture_.open();
    log_ = fixture_.log();
  }

  void step() {
    switch (random_() % 20) {
      case 0: {
        const Offset to(start() + static_cast<int64_t>(random_() % 12));
        auto deleted = log_->delete_up_to(std::min(to, log_->high_watermark()));
        REQUIRE(deleted.ok());
        // Batches that end behind the new start can still be read, as a whole.
        std::erase_if(batches_, [&](const auto& one) { return one.next <= deleted->value; });
        break;
      }
      case 1: {
        const int64_t to = std::max(start(), end() - static_cast<int64_t>(random_() % 10));
        auto cut = log_->truncate_to(Offset(to));
        REQUIRE(cut.ok());
        std::erase_if(batches_, [&](const auto& one) { return one.base >= cut->value; });
        // The batch that holds the log start goes as a whole.
        std::erase_if(batches_, [&](const auto& one) { return one.next > cut->value; });
        break;
      }
      case 2:
        log_ = nullptr;
        fixture_.close();
        fixture_.open();
        log_ = fixture_.log();
        break;
      default:
        append();
        break;
    }
  }

  // One read from anywhere, judged byte for byte.
  void check_any_read() {
    const Offset from(start() +
                      static_cast<int64_t>(random_() % static_cast<uint64_t>(std::max<int64_t>(
                                                           1, end() - start() + 1))));
    const size_t bytes_max = random_() % (random_() % 2 == 0 ? 300 : 6000);
    const bool whole_first = random_() % 2 == 0;
    CAPTURE(from.value);
    CAPTURE(bytes_max);
    CAPTURE(whole_first);
    auto outcome = read(from, bytes_max, whole_first, nullptr);
    REQUIRE_MESSAGE(outcome.ok(), (outcome.ok() ? std::string() : outcome.error().detail));
    CHECK(outcome->log_end_offset.value == end());
    CHECK(outcome->log_start_offset.value == start());
    check_bytes(*outcome, from.value, bytes_max, whole_first);
  }

  // From start to end with one hint: every batch once and in order.
  void check_sequential_read() {
    ReadHint hint;
    Offset at(start());
    size_t index = 0;
    while (at.value < end()) {
      const size_t bytes_max = 1 + random_() % 3000;
      auto outcome = read(at, bytes_max, true, &hint);
      REQUIRE(outcome.ok());
      REQUIRE(outcome->bytes > 0);
      const Bytes bytes = bytes_of(*outcome);
      for (const BatchView& view : batches_in(bytes)) {
        REQUIRE(index < batches_.size());
        REQUIRE(view.base_offset().value == batches_[index].base);
        ++index;
      }
      REQUIRE(outcome->next_offset > at);
      at = outcome->next_offset;
      if (random_() % 10 == 0) append();  // appends do not disturb a reader
    }
    CHECK(index == batches_.size());
  }

  void check_outside() {
    for (const int64_t offset : {int64_t{-1}, start() - 1, end() + 1, INT64_MAX}) {
      auto outcome = log_->read(Offset(offset), 100, ReadLimit::log_end_offset, true, nullptr);
      REQUIRE_FALSE(outcome.ok());
      CHECK(outcome.error().code == ErrorCode::offset_out_of_range);
    }
  }

  size_t segment_count() const { return log_->segment_count(); }
  int cold_reads = 0;
  int unopened = 0;  // of them, where it was not even known where to look

 private:
  // Sometimes as one who must not wait, with all files out of memory, whom another one who may wait
  // helps once.
  LogResult<ReadOutcome> read(Offset from, size_t bytes_max, bool whole_first, ReadHint* hint) {
    const ReadLimit limit = ReadLimit::log_end_offset;
    if (random_() % 2 == 0) return log_->read(from, bytes_max, limit, whole_first, hint);
    fixture_.disk->drop_cache();
    const ReadHint before = hint == nullptr ? ReadHint{} : *hint;
    auto outcome = log_->read(from, bytes_max, limit, whole_first, hint, ReadWait::cached_only);
    if (!outcome.ok() || !outcome->is_cold) return outcome;
    ++cold_reads;
    CHECK(outcome->bytes > 0);
    CHECK(outcome->bytes <= bytes_max + kBatchHeaderBytes);
    uint8_t byte = 0;
    if (!outcome->file) ++unopened;
    if (outcome->file) REQUIRE(outcome->file->read_at(outcome->position, {&byte, 1}).ok());
    CHECK(outcome->next_offset == from);
    if (hint != nullptr) CHECK(hint->offset == before.offset);
    ReadHint helpers = before;
    auto found = log_->read(from, bytes_max, limit, true, &helpers);
    REQUIRE(found.ok());
    if (found->bytes > 0) static_cast<void>(bytes_of(*found));
    outcome = log_->read(from, bytes_max, limit, whole_first, hint, ReadWait::cached_only);
    if (outcome.ok()) CHECK_FALSE(outcome->is_cold);
    return outcome;
  }

  int64_t start() const { return log_->log_start_offset().value; }
  int64_t end() const { return log_->log_end_offset().value; }

  void append() {
    const int64_t base = end();
    const int records = 1 + static_cast<int>(random_() % 4);
    Bytes batch = make_batch({.records = records, .value = std::string(random_() % 200, 'x')});
    auto outcome = log_->append(batch, AppendOrigin::client);
    REQUIRE(outcome.ok());
    batches_.push_back({base, base + records, batch});
  }

  // Whole batches from the one that holds `from`, as many as fit, never across a segment's end.
  void check_bytes(const ReadOutcome& outcome, int64_t from, size_t bytes_max, bool whole_first) {
    const auto first = std::find_if(batches_.begin(), batches_.end(),
                                    [&](const auto& one) { return one.next > from; });
    if (first == batches_.end()) {
      REQUIRE(outcome.bytes == 0);
      CHECK(outcome.next_offset.value == from);
      return;
    }
    if (first->bytes.size() > bytes_max && !whole_first) {
      REQUIRE(outcome.bytes == 0);
      return;
    }
    REQUIRE(outcome.bytes >= first->bytes.size());
    REQUIRE((outcome.bytes <= bytes_max || outcome.bytes == first->bytes.size()));
    const Bytes got = bytes_of(outcome);
    size_t at = 0;
    auto batch = first;
    for (; at < got.size(); ++batch) {
      REQUIRE(batch != batches_.end());
      REQUIRE(batch->bytes.size() <= got.size() - at);
      REQUIRE(std::equal(batch->bytes.begin(), batch->bytes.end(),
                         got.begin() + static_cast<ptrdiff_t>(at)));
      at += batch->bytes.size();
    }
    const int64_t next = (batch - 1)->next;
    CHECK(outcome.next_offset.value == next);
    if (batch == batches_.end() || at + batch->bytes.size() > bytes_max) return;
    // It would have fitted: then it lies in the next segment, and a read there starts with it.
    auto behind = log_->read(Offset(next), 1, ReadLimit::log_end_offset, true, nullptr);
    REQUIRE(behind.ok());
    CHECK(behind->position == Position(0));
  }

  Random random_;
  DirectoryFixture fixture_;
  std::shared_ptr<PartitionLog> log_;
  std::vector<PlainBatch> batches_;
};

}  // namespace

TEST_CASE("any read gives the batches that a list gives") {
  size_t segments = 0;
  int cold_reads = 0;
  int unopened = 0;
  for (uint64_t seed = 0; seed < 80; ++seed) {
    CAPTURE(seed);
    Scenario scenario(seed);
    for (int step = 0; step < 150; ++step) {
      CAPTURE(step);
      scenario.step();
      scenario.check_any_read();
      if (step % 10 == 0) scenario.check_outside();
      if (step % 25 == 0) scenario.check_sequential_read();
    }
    segments = std::max(segments, scenario.segment_count());
    cold_reads += scenario.cold_reads;
    unopened += scenario.unopened;
  }
  CHECK(segments > 4);
  CHECK(cold_reads > 1000);
  CHECK(unopened > 100);
}

TEST_CASE("a hint of an older log is noticed and not followed") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    DirectoryFixture fixture;
    fixture.config.flush_messages = INT64_MAX;
    fixture.open();
    const auto log = fixture.log();
    for (int i = 0; i < 20; ++i) append(*log, {.value = std::string(random() % 100, 'a')});
    ReadHint hint;
    const Offset from(static_cast<int64_t>(5 + random() % 10));
    REQUIRE(log->read(from, 1, ReadLimit::log_end_offset, true, &hint).ok());
    REQUIRE(log->truncate_to(Offset(static_cast<int64_t>(random() % 10))).ok());
    // Other batches of other sizes take the place of those that the hint was made with.
    while (log->log_end_offset() <= Offset(30)) {
      append(*log, {.value = std::string(random() % 100, 'b')});
    }
    auto outcome = log->read(hint.offset, 1, ReadLimit::log_end_offset, true, &hint);
    REQUIRE(outcome.ok());
    const Bytes bytes = bytes_of(*outcome);
    const auto batches = batches_in(bytes);
    REQUIRE(batches.size() == 1);
    CHECK(batches.front().base_offset() == outcome->next_offset - 1);
    CHECK(hint.truncations == 1);
  }
}

}  // namespace odradek
