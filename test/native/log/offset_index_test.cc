#include "log/offset_index.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("an offset index finds the last entry at or before an offset or a position") {
  OffsetIndex index(Offset(100));
  CHECK_FALSE(index.last());
  CHECK_FALSE(index.floor(Offset(100)));
  for (int i = 0; i < 500; ++i) index.append(Offset(103 + 4 * i), Position(1000 + 50 * i));
  CHECK_FALSE(index.floor(Offset(102)));
  CHECK(index.floor(Offset(103))->position == Position(1000));
  CHECK(index.floor(Offset(106))->position == Position(1000));
  CHECK(index.floor(Offset(107))->position == Position(1050));
  CHECK(index.floor(Offset(1 << 20))->position == index.last()->position);
  CHECK_FALSE(index.floor(Position(999)));
  CHECK(index.floor(Position(1049))->last_offset == Offset(103));
  CHECK(index.floor(Position(1050))->last_offset == Offset(107));
}

TEST_CASE("an offset index is stored as Kafka's: relative offset and position, big endian") {
  OffsetIndex index(Offset(20));
  index.append(Offset(21), Position(100078));
  index.append(Offset(23), Position(200240));
  const std::vector<uint8_t> bytes = index.encode();
  const std::vector<uint8_t> golden = {0, 0, 0, 1, 0, 1, 0x86, 0xee, 0, 0, 0, 3, 0, 3, 0x0e, 0x30};
  CHECK(bytes == golden);
  CHECK(index.size_bytes() == 16);
  const OffsetIndexEntry entry = decode_offset_index_entry(Offset(20), bytes.data() + 8);
  CHECK(entry.last_offset == Offset(23));
  CHECK(entry.position == Position(200240));
}

}  // namespace odradek
