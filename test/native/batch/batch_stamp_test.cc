#include "batch/batch_stamp.h"

#include <doctest/doctest.h>

#include "batch/batch_view.h"
#include "golden.h"

namespace odradek {

TEST_CASE("assigned offsets move the batch and leave the checksum right") {
  for (const golden::GoldenBatch& g : golden::batches()) {
    CAPTURE(g.name);
    golden::Bytes bytes = g.bytes;
    assign_offsets(bytes, Offset(123456789012), LeaderEpoch(7));
    const BatchView view = *BatchView::at(bytes);
    CHECK(view.base_offset() == Offset(123456789012));
    CHECK(view.last_offset() == Offset(123456789012 + g.last_offset_delta));
    CHECK(view.next_offset() == view.last_offset() + 1);
    CHECK(view.leader_epoch() == LeaderEpoch(7));
    CHECK(view.stored_crc() == g.crc);
    CHECK(view.crc_matches());
    assign_offsets(bytes, Offset(g.base_offset), LeaderEpoch(g.leader_epoch));
    CHECK(bytes == g.bytes);
  }
}

TEST_CASE("a max timestamp that is there already changes nothing, reserved bits included") {
  golden::Bytes bytes = golden::batch("none-one").bytes;
  store_be(bytes.data() + kAttributesAt, uint16_t{0x8080});
  renew_crc(bytes);
  const golden::Bytes before = bytes;
  const TimestampMs max_timestamp = BatchView::at(bytes)->max_timestamp();
  set_max_timestamp(bytes, TimestampType::create_time, max_timestamp);
  CHECK(bytes == before);
  set_max_timestamp(bytes, TimestampType::create_time, max_timestamp + 1);
  CHECK(BatchView::at(bytes)->attributes() == 0);  // Kafka writes only the bits that it knows
}

TEST_CASE("setting the append time and back keeps codec and flags") {
  for (const char* name : {"zstd-transactional", "none-idempotent", "delete-horizon-zstd"}) {
    CAPTURE(name);
    const golden::Bytes original = golden::batch(name).bytes;
    golden::Bytes bytes = original;
    const TimestampMs max_timestamp = BatchView::at(bytes)->max_timestamp();
    set_max_timestamp(bytes, TimestampType::log_append_time, TimestampMs(42));
    const BatchView view = *BatchView::at(bytes);
    CHECK(view.is_log_append_time());
    CHECK(view.max_timestamp() == TimestampMs(42));
    CHECK(view.crc_matches());
    CHECK(view.codec() == BatchView::at(original)->codec());
    CHECK(view.is_transactional() == BatchView::at(original)->is_transactional());
    CHECK(view.has_delete_horizon() == BatchView::at(original)->has_delete_horizon());
    set_max_timestamp(bytes, TimestampType::create_time, max_timestamp);
    CHECK(bytes == original);
  }
}

TEST_CASE("the append time bit alone is a change") {
  golden::Bytes bytes = golden::batch("none-one").bytes;
  const TimestampMs max_timestamp = BatchView::at(bytes)->max_timestamp();
  set_max_timestamp(bytes, TimestampType::log_append_time, max_timestamp);
  CHECK(BatchView::at(bytes)->is_log_append_time());
  CHECK(BatchView::at(bytes)->crc_matches());
}

}  // namespace odradek
