#include "log/time_index.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("a time index takes only timestamps above the last one") {
  TimeIndex index(Offset(10));
  index.offer({kNoTimestamp, Offset(10)});
  CHECK(index.size() == 0);
  index.offer({TimestampMs(5), Offset(11)});
  index.offer({TimestampMs(5), Offset(12)});
  index.offer({TimestampMs(4), Offset(13)});
  index.offer({TimestampMs(9), Offset(14)});
  CHECK(index.size() == 2);
  CHECK_FALSE(index.below(TimestampMs(5)));
  CHECK(index.below(TimestampMs(6))->offset == Offset(11));
  CHECK(index.below(TimestampMs(9))->offset == Offset(11));
  CHECK(index.below(TimestampMs(10))->offset == Offset(14));
  CHECK(index.last()->timestamp == TimestampMs(9));
}

TEST_CASE("a time index is stored as Kafka's: timestamp and relative offset, big endian") {
  TimeIndex index(Offset(14));
  index.offer({TimestampMs(1795229969546), Offset(23)});
  const std::vector<uint8_t> bytes = index.encode();
  const std::vector<uint8_t> golden = {0, 0, 1, 0xa1, 0xfc, 0x0b, 0x6c, 0x8a, 0, 0, 0, 9};
  CHECK(bytes == golden);
  CHECK(decode_time_index_entry(Offset(14), bytes.data()).offset == Offset(23));
}

}  // namespace odradek
