#include "log/producer_snapshot.h"

#include "log_fixture.h"

namespace odradek {
namespace {

ProducerEntry entry(int16_t epoch, int32_t sequence, int64_t offset, int32_t delta,
                    int64_t timestamp, int32_t coordinator_epoch, int64_t first) {
  ProducerEntry made;
  made.epoch = ProducerEpoch(epoch);
  made.coordinator_epoch = coordinator_epoch;
  made.last_timestamp = TimestampMs(timestamp);
  made.transaction_first_offset = Offset(first);
  if (sequence >= 0) {
    made.batches[0] = {Sequence(sequence), Offset(offset), delta, TimestampMs(timestamp)};
    made.batch_count = 1;
  }
  return made;
}

const Offset kEnd(14);

// ledger-0/00000000000000000014.snapshot of Apache Kafka 4.3.1 (test/fixtures/storage).
ProducerState golden_state() {
  ProducerState state;
  state.restore(ProducerId(6), entry(0, 3, 11, 3, 1700000000203, -1, 8));
  state.restore(ProducerId(4), entry(0, 4, 4, 4, 1700000000004, -1, -1));
  state.restore(ProducerId(5), entry(0, 4, 13, 1, 1700000000104, -1, 5));
  return state;
}

}  // namespace

TEST_CASE("a snapshot is what Kafka writes for the same state") {
  const std::vector<uint8_t> bytes = encode_producer_snapshot(golden_state());
  CHECK(bytes.size() == 148);
  CHECK(load_be<uint32_t>(bytes.data() + 2) == 0x813b3168);
  CHECK(load_be<uint32_t>(encode_producer_snapshot(ProducerState()).data() + 2) == 0x48674bc7);
}

TEST_CASE("a snapshot survives its file") {
  ProducerState state = golden_state();
  state.restore(ProducerId(9), entry(2, -1, -1, 0, 1795229969546, 0, -1));
  const std::vector<uint8_t> bytes = encode_producer_snapshot(state);
  const auto decoded = decode_producer_snapshot(bytes, kEnd);
  REQUIRE(decoded.has_value());
  CHECK(encode_producer_snapshot(*decoded) == bytes);
  CHECK(decoded->entries().at(ProducerId(5)).transaction_first_offset == Offset(5));
  CHECK(decoded->entries().at(ProducerId(6)).last_batch()->base_offset() == Offset(8));
  CHECK(decoded->entries().at(ProducerId(9)).batch_count == 0);
}

TEST_CASE("every changed or missing byte of a snapshot is found") {
  const std::vector<uint8_t> bytes = encode_producer_snapshot(golden_state());
  for (size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    std::vector<uint8_t> damaged = bytes;
    damaged[i] ^= 0x40;
    CHECK_FALSE(decode_producer_snapshot(damaged, kEnd));
    CHECK_FALSE(decode_producer_snapshot(ByteView(bytes).first(i), kEnd));
  }
}

TEST_CASE("a snapshot with a state that no log of its offset has is none, whole as it is") {
  CHECK(decode_producer_snapshot(encode_producer_snapshot(golden_state()), kEnd).has_value());
  // The same file under a lower name: a batch of producer 5 ends at 13.
  CHECK_FALSE(decode_producer_snapshot(encode_producer_snapshot(golden_state()), Offset(13)));
  const struct {
    const char* what;
    ProducerEntry entry;
  } impossible[] = {
      {"a transaction that begins at the end", entry(0, 4, 13, 1, 1, -1, 14)},
      {"a transaction behind the end", entry(0, 4, 13, 1, 1, -1, 1000)},
      {"a transaction before all offsets", entry(0, 4, 13, 1, 1, -1, -2)},
      {"two transactions at one offset", entry(0, 4, 13, 1, 1, -1, 8)},
      {"a batch that ends at the end", entry(0, 4, 14, 1, 1, -1, -1)},
      {"a batch that ends before it begins", entry(0, 4, 13, -1, 1, -1, -1)},
      {"a batch that begins before all offsets", entry(0, 4, 3, 4, 1, -1, -1)},
  };
  for (const auto& [what, made] : impossible) {
    CAPTURE(what);
    ProducerState state = golden_state();
    state.restore(ProducerId(70), made);
    CHECK_FALSE(decode_producer_snapshot(encode_producer_snapshot(state), kEnd));
  }
}

// The transaction of another producer that begins there would be the second one at its offset.
TEST_CASE("a start does without a snapshot whose transaction begins behind it") {
  DirectoryFixture f;
  f.open();
  for (int i = 0; i < 3; ++i) append(*f.log());
  f.close();
  ProducerState state;
  state.restore(ProducerId(9), entry(0, -1, -1, 0, 1, -1, 3));
  const std::string file = "/data/orders-0/00000000000000000003.snapshot";
  REQUIRE(replace_file(*f.disk, file, encode_producer_snapshot(state)).ok());
  f.open();
  auto log = f.log();
  CHECK(log->producers().empty());
  CHECK(append(*log, {.producer = ProducerId(8), .transactional = true}).base_offset == Offset(3));
  REQUIRE(log->producers().size() == 1);
  CHECK(log->producers()[0].current_transaction_first_offset == Offset(3));
}

}  // namespace odradek
