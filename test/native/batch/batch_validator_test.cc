#include "batch/batch_validator.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "batch/batch_builder.h"
#include "batch/batch_stamp.h"
#include "batch/batch_view.h"
#include "golden.h"

namespace odradek {
namespace {

constexpr TimestampMs kNow{1700000600000};
constexpr int16_t kVersion = 12;

golden::Bytes bytes_of(const golden::BadBatch& bad) {
  if (bad.bytes) return *bad.bytes;
  REQUIRE(bad.name == "too-large");
  BatchBuilder builder;
  builder.append(TimestampMs(1700000000000), {}, golden::Bytes(1048588, 'v'));
  return builder.seal();
}

// Judges in full: what needs opening is opened with the bytes that Kafka's own codecs gave.
BatchVerdict judge_in_full(ByteSpan bytes, const ValidationRules& rules,
                           const std::optional<golden::Bytes>& opened) {
  BatchVerdict verdict = validate_produced_batch(bytes, rules, kNow, kVersion);
  if (verdict.code != ErrorCode::none || !verdict.needs_opening) return verdict;
  if (!opened) {
    verdict.code = ErrorCode::unknown_server_error;  // the codec's failure, as Kafka answers it
    verdict.message = "cannot be opened";
    return verdict;
  }
  return validate_opened_batch(bytes.first(verdict.batch_bytes), *opened, rules, kNow);
}

std::vector<int32_t> indexes_of(const BatchVerdict& verdict) {
  std::vector<int32_t> indexes;
  for (const RecordFault& fault : verdict.faults) indexes.push_back(fault.index);
  return indexes;
}

// A transactional batch in a request without transactional id is refused before the records are
// judged, by the produce path: the vectors' verdict of the validator alone counts here.
bool is_refused_before(const golden::BadBatch& bad) { return bad.produce_code == 53; }

int expected_code(const golden::BadBatch& bad) {
  if (!is_refused_before(bad)) return bad.produce_code;
  return bad.stored ? 0 : bad.refused_code;
}

// Taken by Kafka though their offsets do not ascend or nobody can read them back.
const std::set<std::string> kRefusedByUsOnly = {"delta-duplicate", "delta-descending",
                                                "delta-negative", "record-length-long-gzip"};

// Damaged streams whose error depends on how far a codec gets before it notices: whoever opens
// batches judges them, and here they only count as not opened.
const std::set<std::string> kJudgedByCodec = {"gzip-flipped", "zstd-nothing"};

// docs/differences.md names them.
const std::set<std::string> kPassedByHeaderOnly = {"batch-trailing-gzip",
                                                   "count-and-delta-high-gzip",
                                                   "count-and-delta-high-zstd",
                                                   "count-and-delta-low-gzip",
                                                   "count-and-delta-low-zstd",
                                                   "count-huge-gzip",
                                                   "delta-past-last-gzip",
                                                   "gzip-cut",
                                                   "gzip-flipped",
                                                   "gzip-magic",
                                                   "gzip-nothing",
                                                   "gzip-of-plain",
                                                   "header-count-negative-gzip",
                                                   "lz4-cut",
                                                   "lz4-header-checksum",
                                                   "lz4-magic",
                                                   "lz4-nothing",
                                                   "lz4-of-plain",
                                                   "record-length-long-gzip",
                                                   "record-length-overflow-gzip",
                                                   "record-trailing-gzip",
                                                   "snappy-cut",
                                                   "snappy-flipped",
                                                   "snappy-magic",
                                                   "snappy-nothing",
                                                   "snappy-of-plain",
                                                   "value-length-max-zstd",
                                                   "zstd-cut",
                                                   "zstd-magic",
                                                   "zstd-nothing",
                                                   "zstd-of-plain",
                                                   "zstd-trailing"};

}  // namespace

TEST_CASE("full validation judges every bad batch as Apache Kafka does") {
  for (const golden::BadBatch& bad : golden::bad_batches()) {
    CAPTURE(bad.name);
    golden::Bytes bytes = bytes_of(bad);
    ValidationRules rules;
    rules.compacted = bad.compacted;
    rules.open_compressed = true;
    const BatchVerdict verdict = judge_in_full(bytes, rules, bad.opened);
    if (kRefusedByUsOnly.contains(bad.name)) {
      CHECK(bad.produce_code == 0);
      CHECK(verdict.code == ErrorCode::invalid_record);
    } else if (!kJudgedByCodec.contains(bad.name)) {
      CHECK(static_cast<int>(verdict.code) == expected_code(bad));
      CHECK(indexes_of(verdict) == bad.refused_records);
    }
    CHECK(verdict.message.empty() == (verdict.code == ErrorCode::none));
  }
}

TEST_CASE("what is taken is stored with the attributes and max timestamp that Kafka stores") {
  for (const golden::BadBatch& bad : golden::bad_batches()) {
    CAPTURE(bad.name);
    golden::Bytes bytes = bytes_of(bad);
    const golden::Bytes before = bytes;
    ValidationRules rules;
    rules.compacted = bad.compacted;
    rules.open_compressed = true;
    const BatchVerdict verdict = judge_in_full(bytes, rules, bad.opened);
    if (verdict.code != ErrorCode::none) {
      CHECK(bytes == before);
      continue;
    }
    const auto view = BatchView::at(bytes);
    REQUIRE(view.has_value());
    CHECK(view->size() == verdict.batch_bytes);
    CHECK(view->crc_matches());
    CHECK(static_cast<int16_t>(view->attributes()) == bad.stored_attributes);
    CHECK(view->last_offset_delta() == bad.stored_last_delta);
    CHECK(view->max_timestamp() == TimestampMs(bad.stored_max_timestamp));
    CHECK((bytes == before) == bad.stored_same);
    CHECK(bad.stored_readable);
  }
}

TEST_CASE("header validation lets through exactly the bad batches that the documentation names") {
  std::set<std::string> passed;
  for (const golden::BadBatch& bad : golden::bad_batches()) {
    CAPTURE(bad.name);
    golden::Bytes bytes = bytes_of(bad);
    ValidationRules rules;
    const BatchVerdict verdict = validate_produced_batch(bytes, rules, kNow, kVersion);
    CHECK_FALSE(verdict.needs_opening);
    const bool refused_in_full = expected_code(bad) != 0 || kRefusedByUsOnly.contains(bad.name);
    if (bad.compacted) continue;
    if (verdict.code == ErrorCode::none && refused_in_full) passed.insert(bad.name);
    if (!bad.is_compressed && !kRefusedByUsOnly.contains(bad.name)) {
      CHECK(static_cast<int>(verdict.code) == expected_code(bad));
    }
  }
  CHECK(passed == kPassedByHeaderOnly);
}

TEST_CASE("docs/differences.md names every vector that is judged otherwise than by Kafka") {
  const auto root = std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "..";
  std::ifstream file(root / "docs" / "differences.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  REQUIRE_FALSE(text.empty());
  for (const auto* names : {&kRefusedByUsOnly, &kPassedByHeaderOnly}) {
    for (const std::string& name : *names) {
      CAPTURE(name);
      CHECK(text.find("`" + name + "`") != std::string::npos);
    }
  }
}

TEST_CASE("every golden batch that a client could send is taken unchanged, as it stands") {
  size_t taken = 0;
  for (const golden::GoldenBatch& g : golden::batches()) {
    CAPTURE(g.name);
    const bool gapless = g.last_offset_delta == g.count - 1;
    if (g.control || g.append_time || !gapless || g.count == 0) continue;
    golden::Bytes bytes = g.bytes;
    store_be(bytes.data() + kBaseOffsetAt, int64_t{0});
    const golden::Bytes before = bytes;
    for (bool open : {false, true}) {
      ValidationRules rules;
      rules.open_compressed = open;
      rules.timestamp_after_ms_max = INT64_MAX;  // some golden timestamps are far away
      const BatchVerdict verdict = judge_in_full(bytes, rules, g.opened);
      CHECK(verdict.code == ErrorCode::none);
      CHECK(verdict.batch_bytes == bytes.size());
      CHECK(bytes == before);
    }
    ++taken;
  }
  CHECK(taken > 40);
}

TEST_CASE("batches that only a broker writes are refused from a client") {
  for (const golden::GoldenBatch& g : golden::batches()) {
    if (!g.control && g.count != 0 && g.last_offset_delta == g.count - 1) continue;
    CAPTURE(g.name);
    golden::Bytes bytes = g.bytes;
    store_be(bytes.data() + kBaseOffsetAt, int64_t{0});
    const BatchVerdict verdict = validate_produced_batch(bytes, ValidationRules{}, kNow, kVersion);
    CHECK(verdict.code == ErrorCode::invalid_record);
  }
}

TEST_CASE("log append time is stamped into plain and compressed batches") {
  ValidationRules rules;
  rules.log_append_time = true;
  for (const char* name : {"none-one", "gzip-one", "zstd-one", "lz4-one", "snappy-one"}) {
    CAPTURE(name);
    golden::Bytes bytes = golden::batch(name).bytes;
    CHECK(validate_produced_batch(bytes, rules, kNow, kVersion).code == ErrorCode::none);
    const auto view = BatchView::at(bytes);
    CHECK(view->is_log_append_time());
    CHECK(view->max_timestamp() == kNow);
    CHECK(view->crc_matches());
    CHECK(view->records().size() == golden::batch(name).bytes.size() - kBatchHeaderBytes);
  }
}

TEST_CASE("a topic with log append time takes timestamps of any age, but no append time bit") {
  ValidationRules rules;
  rules.log_append_time = true;
  BatchBuilder old;
  old.append(TimestampMs(5), {}, as_bytes("v"));
  old.append(TimestampMs(INT64_MAX), {}, as_bytes("v"));
  golden::Bytes bytes = old.seal();
  CHECK(validate_produced_batch(bytes, rules, kNow, kVersion).code == ErrorCode::none);
  for (const char* name : {"none-append-time", "gzip-append-time"}) {
    CAPTURE(name);
    golden::Bytes stamped = golden::batch(name).bytes;
    store_be(stamped.data() + kBaseOffsetAt, int64_t{0});
    const BatchVerdict verdict = validate_produced_batch(stamped, rules, kNow, kVersion);
    CHECK(verdict.code == ErrorCode::invalid_timestamp);
  }
}

TEST_CASE("timestamps are judged against both bounds, and every bad record is named") {
  ValidationRules rules;
  rules.timestamp_before_ms_max = 1000;
  rules.timestamp_after_ms_max = 500;
  BatchBuilder builder;
  for (int64_t age : {0, 1000, 1001, -500, -501}) {
    builder.append(kNow - age, as_bytes("k"), as_bytes("v"));
  }
  builder.append(kNoTimestamp, as_bytes("k"), as_bytes("v"));
  golden::Bytes bytes = builder.seal();
  const BatchVerdict verdict = validate_produced_batch(bytes, rules, kNow, kVersion);
  CHECK(verdict.code == ErrorCode::invalid_timestamp);
  CHECK(indexes_of(verdict) == std::vector<int32_t>{2, 4});
  CHECK_FALSE(verdict.faults[0].message.empty());
}

TEST_CASE("one bad timestamp makes the batch's error a timestamp error, as in Kafka") {
  ValidationRules rules;
  rules.compacted = true;
  BatchBuilder builder;
  builder.append(kNow, {}, as_bytes("no key"));
  builder.append(kNow + rules.timestamp_after_ms_max + 1, as_bytes("k"), as_bytes("v"));
  golden::Bytes bytes = builder.seal();
  const BatchVerdict verdict = validate_produced_batch(bytes, rules, kNow, kVersion);
  CHECK(verdict.code == ErrorCode::invalid_timestamp);
  CHECK(indexes_of(verdict) == std::vector<int32_t>{0, 1});
}

TEST_CASE("a verdict lists at most 100 records and counts all") {
  ValidationRules rules;
  rules.compacted = true;
  BatchBuilder builder;
  for (int i = 0; i < 150; ++i) builder.append(kNow, {}, as_bytes("v"));
  golden::Bytes bytes = builder.seal();
  const BatchVerdict verdict = validate_produced_batch(bytes, rules, kNow, kVersion);
  CHECK(verdict.code == ErrorCode::invalid_record);
  CHECK(verdict.faults.size() == kRecordFaultsMax);
  CHECK(verdict.message.starts_with("150 "));
}

TEST_CASE("what needs opening: compacted topics, another codec, full validation") {
  struct Case {
    const char* batch;
    bool compacted;
    int8_t target;
    bool full;
    bool needs_opening;
  };
  const Case cases[] = {
      {"gzip-one", false, -1, false, false}, {"gzip-one", true, -1, false, true},
      {"gzip-one", false, 1, false, false},  {"gzip-one", false, 0, false, true},
      {"gzip-one", false, 4, false, true},   {"gzip-one", false, -1, true, true},
      {"none-one", false, -1, false, false}, {"none-one", true, -1, true, false},
      {"none-one", false, 0, false, false},  {"none-one", false, 4, false, true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.batch);
    CAPTURE(int{c.target});
    golden::Bytes bytes = golden::batch(c.batch).bytes;
    const golden::Bytes before = bytes;
    ValidationRules rules;
    rules.compacted = c.compacted;
    rules.target_codec = c.target;
    rules.open_compressed = c.full;
    rules.log_append_time = true;
    const BatchVerdict verdict = validate_produced_batch(bytes, rules, kNow, kVersion);
    CHECK(verdict.code == ErrorCode::none);
    CHECK(verdict.needs_opening == c.needs_opening);
    CHECK((bytes == before) == c.needs_opening);  // not stamped before it is judged
  }
}

TEST_CASE("a plain batch on its way to another codec is judged before it is opened") {
  ValidationRules rules;
  rules.compacted = true;
  rules.target_codec = 1;
  BatchBuilder builder;
  builder.append(kNow, {}, as_bytes("no key"));
  golden::Bytes bytes = builder.seal();
  const BatchVerdict verdict = validate_produced_batch(bytes, rules, kNow, kVersion);
  CHECK(verdict.code == ErrorCode::invalid_record);
  CHECK_FALSE(verdict.needs_opening);
}

TEST_CASE("an opened batch on a compacted topic is judged record by record and stamped") {
  golden::Bytes bytes = golden::batch("gzip-shapes").bytes;  // some keys are null
  ValidationRules rules;
  rules.compacted = true;
  BatchVerdict verdict = validate_produced_batch(bytes, rules, kNow, kVersion);
  REQUIRE(verdict.needs_opening);
  verdict = validate_opened_batch(bytes, *golden::batch("gzip-shapes").opened, rules, kNow);
  CHECK(verdict.code == ErrorCode::invalid_record);
  CHECK(indexes_of(verdict) == std::vector<int32_t>{1, 5});
  rules.compacted = false;
  store_be(bytes.data() + kMaxTimestampAt, int64_t{1});
  renew_crc(bytes);
  verdict = validate_opened_batch(bytes, *golden::batch("gzip-shapes").opened, rules, kNow);
  CHECK(verdict.code == ErrorCode::none);
  CHECK(BatchView::at(bytes)->max_timestamp() ==
        TimestampMs(golden::batch("gzip-shapes").max_timestamp));
}

TEST_CASE("zstd needs Produce 7") {
  golden::Bytes bytes = golden::batch("zstd-one").bytes;
  const ValidationRules rules;
  CHECK(validate_produced_batch(bytes, rules, kNow, 6).code ==
        ErrorCode::unsupported_compression_type);
  CHECK(validate_produced_batch(bytes, rules, kNow, 7).code == ErrorCode::none);
}

TEST_CASE("max.message.bytes counts the whole batch, header included") {
  golden::Bytes bytes = golden::batch("none-one").bytes;
  ValidationRules rules;
  rules.batch_bytes_max = static_cast<int32_t>(bytes.size());
  CHECK(validate_produced_batch(bytes, rules, kNow, kVersion).code == ErrorCode::none);
  --rules.batch_bytes_max;
  CHECK(validate_produced_batch(bytes, rules, kNow, kVersion).code == ErrorCode::message_too_large);
}

TEST_CASE("every single flipped bit of a batch is noticed, but for the leader epoch's") {
  const golden::Bytes good = golden::batch("none-headers").bytes;
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      golden::Bytes bytes = good;
      store_be(bytes.data() + kBaseOffsetAt, int64_t{0});
      bytes[at] ^= static_cast<uint8_t>(1 << bit);
      const BatchVerdict verdict =
          validate_produced_batch(bytes, ValidationRules{}, kNow, kVersion);
      const bool is_leader_epoch = at >= kLeaderEpochAt && at < kMagicAt;
      REQUIRE((verdict.code == ErrorCode::none) == is_leader_epoch);
    }
  }
}

}  // namespace odradek
