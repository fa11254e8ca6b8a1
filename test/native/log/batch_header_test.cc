#include "log/batch_header.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("a header says what the batch says") {
  std::vector<uint8_t> bytes = make_batch({.records = 3,
                                           .timestamp = 5000,
                                           .producer = ProducerId(9),
                                           .epoch = 2,
                                           .sequence = INT32_MAX,
                                           .transactional = true});
  assign_offsets(bytes, Offset(100), LeaderEpoch(6));
  const auto header = BatchHeader::parse(ByteView(bytes).first(kBatchHeaderBytes));
  REQUIRE(header.has_value());
  CHECK(header->base_offset == Offset(100));
  CHECK(header->last_offset == Offset(102));
  CHECK(header->next_offset() == Offset(103));
  CHECK(header->size_bytes == static_cast<int64_t>(bytes.size()));
  CHECK(header->leader_epoch == LeaderEpoch(6));
  CHECK(header->max_timestamp == TimestampMs(5002));
  CHECK(header->producer_id == ProducerId(9));
  CHECK(header->last_sequence == Sequence(1));
  CHECK(header->is_transactional());
  CHECK_FALSE(header->is_control());
}

TEST_CASE("what cannot be a header is none") {
  std::vector<uint8_t> bytes = make_batch();
  CHECK_FALSE(BatchHeader::parse(ByteView(bytes).first(kBatchHeaderBytes - 1)));
  CHECK_FALSE(BatchHeader::parse(std::vector<uint8_t>(100, 0)));
  auto with = [&](size_t at, auto value) {
    std::vector<uint8_t> changed = bytes;
    store_be(changed.data() + at, value);
    return BatchHeader::parse(changed);
  };
  CHECK_FALSE(with(kMagicAt, uint8_t{1}));
  CHECK_FALSE(with(kLengthAt, int32_t{48}));
  CHECK_FALSE(with(kLengthAt, int32_t{-1}));
  CHECK_FALSE(with(kLastOffsetDeltaAt, int32_t{-1}));
  CHECK_FALSE(with(kBaseOffsetAt, int64_t{-1}));
  CHECK_FALSE(with(kBaseOffsetAt, INT64_MAX));
  CHECK(with(kBaseOffsetAt, int64_t{5}));
}

TEST_CASE("transaction markers are told from other control batches") {
  const auto marker_in = [](const std::vector<uint8_t>& bytes) {
    return transaction_marker(*BatchView::at(bytes));
  };
  const auto abort = marker_in(make_marker(ProducerId(1), 0, false, 17));
  REQUIRE(abort.has_value());
  CHECK_FALSE(abort->commit);
  CHECK(abort->coordinator_epoch == 17);
  CHECK(marker_in(make_marker(ProducerId(1), 0, true))->commit);
  CHECK_FALSE(marker_in(make_batch()));

  BatchProperties control;
  control.control = true;
  BatchBuilder builder(control);
  const uint8_t leader_change[4] = {0, 0, 0, 2};
  builder.append(TimestampMs(1), ByteView(leader_change), as_bytes("whatever"));
  CHECK_FALSE(marker_in(builder.seal()));
  BatchBuilder short_key(control);
  short_key.append(TimestampMs(1), ByteView(leader_change).first(2), as_bytes("value."));
  CHECK_FALSE(marker_in(short_key.seal()));
}

}  // namespace odradek
