#include "log/producer_state.h"

#include "log_fixture.h"

namespace odradek {
namespace {

// A stored batch of producer 7 with `records` records.
BatchHeader batch(int64_t offset, int16_t epoch, int32_t sequence, int records = 1,
                  bool transactional = false, int64_t timestamp = 1000) {
  std::vector<uint8_t> bytes = make_batch({.records = records,
                                           .timestamp = timestamp,
                                           .producer = ProducerId(7),
                                           .epoch = epoch,
                                           .sequence = sequence,
                                           .transactional = transactional});
  assign_offsets(bytes, Offset(offset), LeaderEpoch(0));
  return BatchHeader::of(*BatchView::at(bytes));
}

BatchHeader marker(int64_t offset, int16_t epoch) {
  std::vector<uint8_t> bytes = make_marker(ProducerId(7), epoch, true);
  assign_offsets(bytes, Offset(offset), LeaderEpoch(0));
  return BatchHeader::of(*BatchView::at(bytes));
}

ErrorCode code(const ProducerState& state, const BatchHeader& header, bool client = true) {
  return state.check(header, client).code;
}

}  // namespace

TEST_CASE("an unknown producer may begin anywhere, a known one goes on where it was") {
  ProducerState state;
  CHECK(code(state, batch(0, 0, 42)) == ErrorCode::none);
  state.update(batch(0, 0, 42, 3), {});
  CHECK(code(state, batch(3, 0, 45)) == ErrorCode::none);
  CHECK(code(state, batch(3, 0, 44)) == ErrorCode::out_of_order_sequence_number);
  CHECK(code(state, batch(3, 0, 46)) == ErrorCode::out_of_order_sequence_number);
  CHECK(code(state, batch(3, 0, 0)) == ErrorCode::out_of_order_sequence_number);
  CHECK(code(state, batch(3, 0, 46), false) == ErrorCode::none);
}

TEST_CASE("a new epoch begins at 0 and fences the old one") {
  ProducerState state;
  state.update(batch(0, 3, 0, 5), {});
  CHECK(code(state, batch(5, 4, 0)) == ErrorCode::none);
  CHECK(code(state, batch(5, 4, 5)) == ErrorCode::out_of_order_sequence_number);
  CHECK(code(state, batch(5, 2, 5)) == ErrorCode::invalid_producer_epoch);
  CHECK(code(state, batch(5, 2, 5), false) == ErrorCode::invalid_producer_epoch);
  state.update(batch(5, 4, 0), {});
  CHECK(state.entries().at(ProducerId(7)).batch_count == 1);
}

TEST_CASE("an epoch below none is refused, also of an unknown producer") {
  ProducerState state;
  CHECK(code(state, batch(0, -1, 0)) == ErrorCode::none);
  CHECK(code(state, batch(0, -2, 0)) == ErrorCode::invalid_producer_epoch);
  CHECK(code(state, batch(0, -16640, 0), false) == ErrorCode::invalid_producer_epoch);
  state.update(batch(0, -1, 0), {});
  CHECK(code(state, batch(1, -2, 1)) == ErrorCode::invalid_producer_epoch);
}

TEST_CASE("the last five batches are known again") {
  ProducerState state;
  for (int i = 0; i < 7; ++i) state.update(batch(10 + 2 * i, 0, 2 * i, 2), {});
  for (int i = 0; i < 7; ++i) {
    CAPTURE(i);
    const auto verdict = state.check(batch(0, 0, 2 * i, 2), true);
    CHECK(verdict.duplicate_of.has_value() == (i >= 2));
    if (verdict.duplicate_of) {
      CHECK(verdict.duplicate_of->base_offset() == Offset(10 + 2 * i));
    } else {
      CHECK(verdict.code == ErrorCode::out_of_order_sequence_number);
    }
  }
  // The same first sequence with another length, or in another epoch, is no duplicate.
  CHECK(code(state, batch(0, 0, 12, 1)) == ErrorCode::out_of_order_sequence_number);
  CHECK_FALSE(state.check(batch(0, 1, 12, 2), true).duplicate_of);
}

TEST_CASE("sequences wrap to 0") {
  ProducerState state;
  state.update(batch(0, 0, INT32_MAX - 1, 1), {});
  state.update(batch(1, 0, INT32_MAX, 3), {});  // 2^31-1, 0, 1
  CHECK(state.entries().at(ProducerId(7)).last_sequence() == Sequence(1));
  CHECK(code(state, batch(4, 0, 2)) == ErrorCode::none);
  const auto duplicate = state.check(batch(0, 0, INT32_MAX, 3), true);
  REQUIRE(duplicate.duplicate_of.has_value());
  CHECK(duplicate.duplicate_of->first_sequence() == Sequence(INT32_MAX));
  ProducerState last;
  last.update(batch(0, 0, INT32_MAX, 1), {});
  CHECK(code(last, batch(1, 0, 0)) == ErrorCode::none);
}

TEST_CASE("a transaction is opened by its first batch and ended by its marker") {
  ProducerState state;
  CHECK(state.update(batch(3, 0, 0, 2, true), {}).began_transaction);
  CHECK_FALSE(state.update(batch(5, 0, 2, 2, true), {}).began_transaction);
  CHECK(code(state, batch(7, 0, 4)) == ErrorCode::invalid_txn_state);
  CHECK(code(state, batch(7, 0, 4, 1, true)) == ErrorCode::none);
  const auto change = state.update(marker(7, 0), TransactionMarker{false, 2});
  REQUIRE(change.ended.has_value());
  CHECK(change.ended->first_offset == Offset(3));
  CHECK(change.ended->last_offset == Offset(7));
  CHECK_FALSE(change.ended->committed);
  CHECK(code(state, batch(8, 0, 4)) == ErrorCode::none);
  // A marker of the same epoch keeps the batches, one that raises it forgets them.
  CHECK(state.entries().at(ProducerId(7)).batch_count == 2);
  CHECK_FALSE(state.update(marker(8, 1), TransactionMarker{true, 2}).ended);
  CHECK(state.entries().at(ProducerId(7)).last_sequence() == kNoSequence);
  CHECK(code(state, batch(9, 1, 0)) == ErrorCode::none);
  CHECK(code(state, batch(9, 1, 1)) == ErrorCode::out_of_order_sequence_number);
}

TEST_CASE("a marker of an older producer or coordinator is refused") {
  ProducerState state;
  const BatchHeader second = marker(0, 2);
  CHECK(state.check_marker(second, {true, 5}).code == ErrorCode::none);
  state.update(second, TransactionMarker{true, 5});
  CHECK(state.check_marker(marker(1, 1), {true, 5}).code == ErrorCode::invalid_producer_epoch);
  CHECK(state.check_marker(marker(1, 2), {true, 4}).code ==
        ErrorCode::transaction_coordinator_fenced);
  CHECK(state.check_marker(marker(1, 2), {true, 5}).code == ErrorCode::none);
}

TEST_CASE("idle producers are forgotten, those in a transaction are not") {
  ProducerState state;
  state.update(batch(0, 0, 0, 1, false, 1000), {});
  state.expire(TimestampMs(1999), 1000);
  CHECK(state.entries().size() == 1);
  state.expire(TimestampMs(2000), 1000);
  CHECK(state.entries().empty());
  state.update(batch(1, 0, 0, 1, true, 1000), {});
  state.expire(TimestampMs(900000), 1000);
  CHECK(state.entries().size() == 1);
}

TEST_CASE("batches without a producer leave no trace") {
  std::vector<uint8_t> bytes = make_batch();
  ProducerState state;
  const BatchHeader plain = BatchHeader::of(*BatchView::at(bytes));
  CHECK(code(state, plain) == ErrorCode::none);
  state.update(plain, {});
  CHECK(state.entries().empty());
}

}  // namespace odradek
