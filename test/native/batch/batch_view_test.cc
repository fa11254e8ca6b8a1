#include "batch/batch_view.h"

#include <doctest/doctest.h>

#include "golden.h"

namespace odradek {

TEST_CASE("every header field of every golden batch reads as in Apache Kafka") {
  for (const golden::GoldenBatch& g : golden::batches()) {
    CAPTURE(g.name);
    REQUIRE(batch_frame(g.bytes) == BatchFrame::whole);
    const auto view = BatchView::at(g.bytes);
    REQUIRE(view.has_value());
    CHECK(view->size() == g.bytes.size());
    CHECK(view->size() == static_cast<size_t>(g.length) + kBatchOverheadBytes);
    CHECK(view->base_offset() == Offset(g.base_offset));
    CHECK(view->last_offset_delta() == g.last_offset_delta);
    CHECK(view->last_offset() == Offset(g.last_offset));
    CHECK(view->leader_epoch() == LeaderEpoch(g.leader_epoch));
    CHECK(view->stored_crc() == g.crc);
    CHECK(view->crc_matches());
    CHECK(view->attributes() == g.attributes);
    CHECK(static_cast<int>(view->codec()) == g.codec);
    CHECK(view->is_known_codec());
    CHECK(view->is_compressed() == (g.codec != 0));
    CHECK(view->is_log_append_time() == g.append_time);
    CHECK(view->is_transactional() == g.transactional);
    CHECK(view->is_control() == g.control);
    CHECK(view->has_delete_horizon() == g.delete_horizon);
    CHECK(view->base_timestamp() == TimestampMs(g.base_timestamp));
    CHECK(view->max_timestamp() == TimestampMs(g.max_timestamp));
    CHECK(view->producer_id() == ProducerId(g.producer_id));
    CHECK(view->has_producer() == (g.producer_id >= 0));
    CHECK(view->producer_epoch().value == g.producer_epoch);
    CHECK(view->base_sequence() == Sequence(g.base_sequence));
    CHECK(view->last_sequence() == Sequence(g.last_sequence));
    CHECK(view->record_count() == g.count);
  }
}

TEST_CASE("golden sets of batches are walked one behind the other up to the torn one") {
  for (const golden::GoldenSet& set : golden::sets()) {
    CAPTURE(set.name);
    ByteView rest(set.bytes);
    size_t whole = 0;
    while (auto view = BatchView::at(rest)) {
      CHECK(view->crc_matches());
      rest = rest.subspan(view->size());
      ++whole;
    }
    CHECK(whole == set.batch_count);
    CHECK(set.bytes.size() - rest.size() == set.valid_bytes);
    if (!rest.empty()) CHECK(batch_frame(rest) == BatchFrame::truncated);
  }
}

TEST_CASE("batch_frame says truncated for every proper prefix of a batch") {
  const golden::Bytes& bytes = golden::batch("none-one").bytes;
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK(batch_frame(ByteView(bytes).first(size)) == BatchFrame::truncated);
    CHECK_FALSE(BatchView::at(ByteView(bytes).first(size)).has_value());
  }
}

TEST_CASE("batch_frame says corrupt for an impossible length or another magic") {
  golden::Bytes bytes = golden::batch("none-one").bytes;
  for (int32_t length : {-2147483647 - 1, -1, 0, 14, 48}) {
    store_be(bytes.data() + kLengthAt, length);
    CHECK(batch_frame(bytes) == BatchFrame::corrupt);
    CHECK_FALSE(BatchView::at(bytes).has_value());
  }
  store_be(bytes.data() + kLengthAt, INT32_MAX);
  CHECK(batch_frame(bytes) == BatchFrame::truncated);
  bytes = golden::batch("none-one").bytes;
  for (int magic : {0, 1, 3, 127, 255}) {
    bytes[kMagicAt] = static_cast<uint8_t>(magic);
    CHECK(batch_frame(bytes) == BatchFrame::corrupt);
  }
  // A zeroed, preallocated tail is not a batch.
  CHECK(batch_frame(golden::Bytes(4096, 0)) == BatchFrame::corrupt);
}

TEST_CASE("a view ignores what lies behind its batch") {
  golden::Bytes bytes = golden::batch("none-one").bytes;
  const size_t size = bytes.size();
  bytes.insert(bytes.end(), 100, 0xee);
  const auto view = BatchView::at(bytes);
  REQUIRE(view.has_value());
  CHECK(view->size() == size);
  CHECK(view->crc_matches());
}

TEST_CASE("numbers outside the checksum wrap around instead of overflowing") {
  golden::Bytes bytes = golden::batch("none-many").bytes;
  store_be(bytes.data() + kBaseOffsetAt, INT64_MAX);
  const auto view = BatchView::at(bytes);
  REQUIRE(view.has_value());
  CHECK(view->crc_matches());
  CHECK(view->last_offset() < Offset(0));
  CHECK(view->next_offset() < Offset(0));
}

TEST_CASE("sequences wrap from 2^31-1 to 0") {
  golden::Bytes bytes = golden::batch("none-idempotent").bytes;
  store_be(bytes.data() + kBaseSequenceAt, INT32_MAX);
  CHECK(BatchView::at(bytes)->last_sequence() == Sequence(1));
  store_be(bytes.data() + kBaseSequenceAt, INT32_MAX - 2);
  CHECK(BatchView::at(bytes)->last_sequence() == Sequence(INT32_MAX));
  store_be(bytes.data() + kLastOffsetDeltaAt, INT32_MAX);
  CHECK(BatchView::at(bytes)->last_sequence() == Sequence(INT32_MAX - 3));
}

}  // namespace odradek
