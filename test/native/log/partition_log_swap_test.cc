// Segments that are replaced: what readers, restarts and refusals see of it.
#include <map>

#include "log/segment_format.h"
#include "log_fixture.h"

namespace odradek {
namespace {

// Segments of three batches of one record; the last of 11 lies in the active one.
class Fixture : public DirectoryFixture {
 public:
  Fixture() {
    config.segment_bytes = 400;
    config.validation.compacted = true;
    open();
    orders = log();
    for (int i = 0; i < 11; ++i) {
      stored[i] = make_batch({.timestamp = 1000 + i, .value = std::string(40, 'x')});
      const auto outcome = orders->append(stored[i], AppendOrigin::client);
      REQUIRE(outcome.ok());
    }
    directory->run_once();
    REQUIRE(directory->checkpoint().ok());
  }

  // Those of the batches.
  std::vector<uint8_t> bytes_at(std::initializer_list<int> offsets) {
    std::vector<uint8_t> bytes;
    for (const int offset : offsets) {
      bytes.insert(bytes.end(), stored[offset].begin(), stored[offset].end());
    }
    return bytes;
  }
  LogResult<bool> replace(int64_t base, int64_t end, std::initializer_list<int> offsets) {
    auto replacement = orders->replace_segments(Offset(base), Offset(end));
    if (!replacement.ok()) return Err(replacement.error());
    RETURN_IF_ERROR((*replacement)->append(bytes_at(offsets)));
    return (*replacement)->commit();
  }
  // The base offsets of all batches, read one segment after the other.
  std::vector<int64_t> offsets_in(ReadHint* hint = nullptr) {
    std::vector<int64_t> offsets;
    for (Offset at = orders->log_start_offset(); at < orders->log_end_offset();) {
      auto read = orders->read(at, 1 << 20, ReadLimit::high_watermark, true, hint);
      REQUIRE(read.ok());
      if (read->bytes == 0) break;
      const auto bytes = bytes_of(*read);
      for (const BatchView& batch : batches_in(bytes)) {
        offsets.push_back(batch.base_offset().value);
      }
      at = read->next_offset;
    }
    return offsets;
  }
  std::vector<int64_t> bases() {
    std::vector<int64_t> found;
    const auto segments = orders->segments();
    REQUIRE(segments.ok());
    for (const SegmentSummary& segment : *segments) {
      found.push_back(segment.base_offset.value);
    }
    return found;
  }
  bool is_there(const std::string& name) { return disk->status("/data/orders-0/" + name).ok(); }
  ErrorCode refusal(int64_t base, int64_t end) {
    const auto replacement = orders->replace_segments(Offset(base), Offset(end));
    return replacement.ok() ? ErrorCode::none : replacement.error().code;
  }

  std::shared_ptr<PartitionLog> orders;
  std::map<int, std::vector<uint8_t>> stored;
};

using Offsets = std::vector<int64_t>;

}  // namespace

TEST_CASE("a cleaned segment takes the place of others, now and after every restart") {
  Fixture f;
  REQUIRE(f.bases() == Offsets{0, 3, 6, 9});
  REQUIRE(f.offsets_in() == Offsets{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const int64_t batch_bytes = f.orders->size_bytes() / 11;
  const auto replaced = f.replace(0, 6, {1, 5});
  REQUIRE_MESSAGE(replaced.ok(), (replaced.ok() ? std::string() : replaced.error().detail));
  CHECK(*replaced);
  const Offsets left{1, 5, 6, 7, 8, 9, 10};
  const auto check = [&] {
    CHECK(f.offsets_in() == left);
    CHECK(f.bases() == Offsets{0, 6, 9});
    CHECK(f.orders->size_bytes() == 7 * batch_bytes);
    CHECK(f.orders->log_start_offset() == Offset(0));
    const auto found = f.orders->lookup_timestamp(TimestampMs(1002), ReadLimit::high_watermark);
    REQUIRE(found.ok());
    CHECK(found->offset == Offset(5));
  };
  check();
  CHECK_FALSE(f.is_there("00000000000000000003.log"));
  CHECK_FALSE(f.is_there("00000000000000000003.snapshot"));
  CHECK(f.is_there("00000000000000000000.index"));
  f.orders = nullptr;
  f.power_cut(CrashKind::lost);
  f.open();
  f.orders = f.log();
  check();
  f.orders = nullptr;
  f.close();
  f.open();
  CHECK(f.directory->recovery_report().clean);
  f.orders = f.log();
  check();
  CHECK(append(*f.orders).base_offset == Offset(11));
}

TEST_CASE("who read before reads on, and finds the way in the new segment") {
  Fixture f;
  ReadHint hint;
  auto held = f.orders->read(Offset(0), 1 << 20, ReadLimit::high_watermark, true, nullptr);
  REQUIRE(held.ok());
  auto first = f.orders->read(Offset(0), 150, ReadLimit::high_watermark, true, &hint);
  REQUIRE(first.ok());
  REQUIRE(first->next_offset == Offset(1));
  REQUIRE(*f.replace(0, 3, {1, 2}));  // where 1 was, 2 is now
  f.directory->run_once();
  f.clock.advance(120000);
  f.directory->run_once();
  CHECK(batches_in(bytes_of(*held)).size() == 3);
  auto next = f.orders->read(Offset(1), 150, ReadLimit::high_watermark, true, &hint);
  REQUIRE(next.ok());
  const auto bytes = bytes_of(*next);
  CHECK(batches_in(bytes).front().base_offset() == Offset(1));
}

TEST_CASE("a high watermark at the end of what is replaced stands behind the new segment") {
  Fixture f;
  REQUIRE(f.orders->roll().ok());
  f.directory->run_once();
  REQUIRE(f.directory->checkpoint().ok());
  // The log ends where the last sealed segment does.
  REQUIRE(*f.replace(9, 11, {9}));
  CHECK(f.offsets_in() == Offsets{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(append(*f.orders).base_offset == Offset(11));
  f.directory->run_once();
  CHECK(f.offsets_in().back() == 11);
  CHECK(f.orders->durable_offset() == Offset(12));
}

TEST_CASE("what was compacted is compacted again, down to nothing") {
  Fixture f;
  REQUIRE(*f.replace(0, 3, {0, 2}));
  REQUIRE(*f.replace(0, 6, {2, 4}));
  REQUIRE(*f.replace(0, 6, {}));
  CHECK(f.offsets_in() == Offsets{6, 7, 8, 9, 10});
  CHECK(f.bases() == Offsets{0, 6, 9});
  f.orders = nullptr;
  f.kill();
  f.open();
  f.orders = f.log();
  CHECK(f.offsets_in() == Offsets{6, 7, 8, 9, 10});
  CHECK(f.orders->log_start_offset() == Offset(0));
}

TEST_CASE("only sealed segments below the last stable offset are replaced, one group at a time") {
  Fixture f;
  CHECK(f.refusal(1, 3) == ErrorCode::invalid_request);
  CHECK(f.refusal(3, 3) == ErrorCode::invalid_request);
  CHECK(f.refusal(6, 3) == ErrorCode::invalid_request);
  CHECK(f.refusal(9, 11) == ErrorCode::invalid_request);  // the active one
  auto one = f.orders->replace_segments(Offset(0), Offset(3));
  REQUIRE(one.ok());
  CHECK(f.refusal(3, 6) == ErrorCode::invalid_request);
  *one = nullptr;
  CHECK_FALSE(f.is_there("00000000000000000000.log.cleaned"));
  CHECK(f.refusal(3, 6) == ErrorCode::none);
  append(*f.orders, {.producer = ProducerId(5), .transactional = true});
  REQUIRE(f.orders->roll().ok());
  f.directory->run_once();
  CHECK(f.refusal(9, 12) == ErrorCode::invalid_request);  // nobody knows yet how it ends
}

TEST_CASE("before the checkpoint nothing is replaced, after it the same call goes through") {
  Fixture f;
  append(*f.orders);
  REQUIRE(f.orders->roll().ok());
  f.directory->run_once();
  auto replacement = f.orders->replace_segments(Offset(9), Offset(12));
  REQUIRE(replacement.ok());
  const auto early = (*replacement)->commit();
  REQUIRE_FALSE(early.ok());
  CHECK(early.error().code == ErrorCode::invalid_request);
  CHECK(f.offsets_in().back() == 11);
  REQUIRE(f.directory->checkpoint().ok());
  CHECK(*(*replacement)->commit());
  CHECK(f.offsets_in().back() == 8);
}

TEST_CASE("a segment that is gone or cut meanwhile ends the replacement") {
  Fixture f;
  auto replacement = f.orders->replace_segments(Offset(0), Offset(6));
  REQUIRE(replacement.ok());
  REQUIRE(f.orders->delete_up_to(Offset(3)).ok());
  CHECK_FALSE(*(*replacement)->commit());
  *replacement = nullptr;
  replacement = f.orders->replace_segments(Offset(3), Offset(6));
  REQUIRE(replacement.ok());
  REQUIRE(f.orders->truncate_to(Offset(4)).ok());
  const auto cut = (*replacement)->commit();
  CHECK((!cut.ok() || !*cut));
  CHECK(f.offsets_in() == Offsets{3});
}

TEST_CASE("aborted transactions stay hidden by the entries that the cleaner keeps") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  append(*log, {.producer = ProducerId(5), .transactional = true});
  auto marker = make_marker(ProducerId(5), 0, false);
  REQUIRE(log->append(marker, AppendOrigin::coordinator).ok());
  REQUIRE(log->roll().ok());
  f.directory->run_once();
  REQUIRE(f.directory->checkpoint().ok());
  const auto entries = log->aborted_entries(Offset(0), Offset(2));
  REQUIRE(entries.size() == 1);
  CHECK(log->aborted_entries(Offset(2), Offset(9)).empty());
  auto all = log->read(Offset(0), 1 << 20, ReadLimit::log_end_offset, true, nullptr);
  REQUIRE(all.ok());
  const std::vector<uint8_t> bytes = bytes_of(*all);
  auto replacement = log->replace_segments(Offset(0), Offset(2));
  REQUIRE(replacement.ok());
  REQUIRE((*replacement)->append(bytes).ok());
  for (const AbortedIndexEntry& entry : entries) (*replacement)->append_aborted(entry);
  REQUIRE(*(*replacement)->commit());
  const auto check = [&] {
    auto read = log->read(Offset(0), 1 << 20, ReadLimit::last_stable_offset, true, nullptr);
    REQUIRE(read.ok());
    REQUIRE(read->aborted.size() == 1);
    CHECK(read->aborted[0].producer_id == ProducerId(5));
  };
  check();
  replacement->reset();
  log = nullptr;
  f.close();
  f.open();
  log = f.log();
  check();
}

TEST_CASE("a full disk ends a replacement, not the directory") {
  Fixture f;
  auto replacement = f.orders->replace_segments(Offset(0), Offset(3));
  REQUIRE(replacement.ok());
  f.disk->before_each_change([](const FileCall& call) {
    return call.kind == FileCallKind::write ? FaultDecision::fail(FileErrorKind::no_space)
                                            : FaultDecision::proceed();
  });
  const auto appended = (*replacement)->append(f.bytes_at({1}));
  REQUIRE_FALSE(appended.ok());
  CHECK(appended.error().code == ErrorCode::kafka_storage_error);
  f.disk->before_each_change(nullptr);
  *replacement = nullptr;
  CHECK(f.orders->online());
  CHECK(f.offsets_in().size() == 11);
  CHECK(*f.replace(0, 3, {1}));
}

TEST_CASE("without room for index files a new segment is read by those in memory") {
  Fixture f;
  f.disk->before_each_change([](const FileCall& call) {
    return call.path.ends_with("index.tmp") ? FaultDecision::fail(FileErrorKind::no_space)
                                            : FaultDecision::proceed();
  });
  CHECK(*f.replace(0, 3, {1, 2}));
  CHECK(f.orders->online());
  CHECK_FALSE(f.is_there("00000000000000000000.index"));
  CHECK(f.offsets_in().front() == 1);
  f.disk->before_each_change(nullptr);
  f.clock.advance(1000);
  f.directory->run_once();
  CHECK(f.is_there("00000000000000000000.index"));
  CHECK(f.offsets_in().front() == 1);
}

}  // namespace odradek
