// Mutated batches: whatever the bytes say, nothing reads or writes outside of them (the sanitized
// runs see to that), and what the validator takes can be read back. Seeds are printed on failure.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>

#include <doctest/doctest.h>

#include "batch/batch_stamp.h"
#include "batch/batch_validator.h"
#include "batch/batch_view.h"
#include "batch/record_codec.h"
#include "batch/timestamp_lookup.h"
#include "golden.h"

namespace odradek {
namespace {

constexpr TimestampMs kNow{1700000600000};

using golden::Bytes;

// A copy without a spare byte behind it, so that a sanitizer sees a read past the end.
struct ExactBytes {
  explicit ExactBytes(const Bytes& from) : memory(new uint8_t[from.size()]), size(from.size()) {
    std::copy(from.begin(), from.end(), memory.get());
  }
  ByteSpan span() { return {memory.get(), size}; }

  std::unique_ptr<uint8_t[]> memory;
  size_t size;
};

struct Seed {
  Bytes bytes;
  std::optional<Bytes> opened;
};

std::vector<Seed> seeds() {
  std::vector<Seed> all;
  for (const golden::GoldenBatch& g : golden::batches()) {
    if (g.bytes.size() < 4000) all.push_back({g.bytes, g.opened});
  }
  for (const golden::BadBatch& bad : golden::bad_batches()) {
    if (bad.bytes) all.push_back({*bad.bytes, bad.opened});
  }
  return all;
}

void mutate(Bytes* bytes, std::mt19937_64* random) {
  static constexpr uint8_t kEdges[] = {0, 1, 2, 0x7f, 0x80, 0xfe, 0xff};
  for (uint64_t left = (*random)() % 4; left > 0 && !bytes->empty(); --left) {
    const auto at = bytes->begin() + static_cast<ptrdiff_t>((*random)() % bytes->size());
    switch ((*random)() % 5) {
      case 0:
        *at ^= static_cast<uint8_t>(1U << ((*random)() % 8));
        break;
      case 1:
        *at = kEdges[(*random)() % std::size(kEdges)];
        break;
      case 2:
        bytes->insert(at, static_cast<uint8_t>((*random)()));
        break;
      case 3:
        bytes->erase(at);
        break;
      default:
        bytes->erase(at, bytes->end());
        break;
    }
  }
}

// Makes the outermost checks pass again, so that mutations reach what lies behind them.
void repair(Bytes* bytes, std::mt19937_64* random) {
  if (bytes->size() < kBatchHeaderBytes || (*random)() % 8 == 0) return;
  store_be(bytes->data() + kBaseOffsetAt, int64_t{0});
  store_be(bytes->data() + kLengthAt, static_cast<int32_t>(bytes->size() - kBatchOverheadBytes));
  (*bytes)[kMagicAt] = kMagic;
  renew_crc(*bytes);
}

ValidationRules any_rules(std::mt19937_64* random) {
  ValidationRules rules;
  rules.compacted = (*random)() % 4 == 0;
  rules.log_append_time = (*random)() % 4 == 0;
  rules.open_compressed = (*random)() % 2 == 0;
  rules.target_codec = static_cast<int8_t>(static_cast<int64_t>((*random)() % 6) - 1);
  if ((*random)() % 4 == 0) rules.timestamp_before_ms_max = static_cast<int64_t>((*random)());
  if ((*random)() % 4 == 0) rules.timestamp_after_ms_max = static_cast<int64_t>((*random)());
  return rules;
}

// Uses everything that a view gives, as recovery does with bytes that it never validated.
void read_everything(ByteView bytes) {
  const auto view = BatchView::at(bytes);
  CHECK(view.has_value() == (batch_frame(bytes) == BatchFrame::whole));
  if (!view) return;
  static_cast<void>(view->crc_matches());
  static_cast<void>(view->next_offset());
  static_cast<void>(view->last_sequence());
  RecordIterator iterator(view->records(), view->record_count());
  Record record;
  RecordHeader header;
  while (iterator.next(&record)) {
    RecordHeaderIterator headers(record);
    while (headers.next(&header)) continue;
  }
  if (!view->is_compressed()) {
    static_cast<void>(find_by_timestamp(*view, view->max_timestamp(), Offset(0)));
  }
}

// What was taken must be whole, right and readable.
void check_taken(ByteView batch, ByteView records, const ValidationRules& rules) {
  const auto view = BatchView::at(batch);
  REQUIRE(view.has_value());
  REQUIRE(view->size() == batch.size());
  CHECK(view->crc_matches());
  CHECK(view->is_log_append_time() == rules.log_append_time);
  RecordIterator iterator(records, view->record_count());
  Record record;
  int32_t index = 0;
  while (iterator.next(&record)) CHECK(record.offset_delta == index++);
  CHECK(iterator.fault() == RecordsFault::none);
  CHECK(index == view->last_offset_delta() + 1);
}

}  // namespace

TEST_CASE("mutated batches are judged without reading outside of them") {
  const std::vector<Seed> all = seeds();
  size_t taken = 0;
  size_t opened = 0;
  for (uint64_t seed = 0; seed < 30000; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const Seed& from = all[random() % all.size()];
    Bytes bytes = from.bytes;
    mutate(&bytes, &random);
    repair(&bytes, &random);
    ExactBytes exact(bytes);
    read_everything(exact.span());
    const ValidationRules rules = any_rules(&random);
    const auto version = static_cast<int16_t>(random() % 14);
    BatchVerdict verdict = validate_produced_batch(exact.span(), rules, kNow, version);
    if (verdict.code != ErrorCode::none) {
      CHECK_FALSE(verdict.message.empty());
      CHECK(verdict.faults.size() <= kRecordFaultsMax);
      CHECK(std::equal(bytes.begin(), bytes.end(), exact.memory.get()));
      continue;
    }
    REQUIRE(verdict.batch_bytes <= exact.size);
    const ByteSpan batch = exact.span().first(verdict.batch_bytes);
    const bool is_compressed = BatchView::at(batch)->is_compressed();
    if (!verdict.needs_opening) {
      if (!is_compressed) check_taken(batch, batch.subspan(kBatchHeaderBytes), rules);
      ++taken;
    } else if (is_compressed) {
      Bytes records = from.opened.value_or(Bytes());
      mutate(&records, &random);
      ExactBytes exact_records(records);
      verdict = validate_opened_batch(batch, exact_records.span(), rules, kNow);
      if (verdict.code == ErrorCode::none) check_taken(batch, exact_records.span(), rules);
      ++opened;
    }
  }
  CHECK(taken > 1000);
  CHECK(opened > 1000);
}

TEST_CASE("random bytes are never taken and never read past their end") {
  for (uint64_t seed = 0; seed < 5000; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    Bytes bytes(random() % 200);
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
    ExactBytes exact(bytes);
    read_everything(exact.span());
    const BatchVerdict verdict = validate_produced_batch(exact.span(), ValidationRules{}, kNow, 12);
    CHECK(verdict.code != ErrorCode::none);
  }
}

}  // namespace odradek
