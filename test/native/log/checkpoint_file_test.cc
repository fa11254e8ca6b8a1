#include "log/checkpoint_file.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("an offset checkpoint is Kafka's text") {
  OffsetsByPartition offsets;
  CHECK(format_offset_checkpoint(offsets) == "0\n0\n");
  offsets[{"orders", PartitionIndex(10)}] = Offset(1200);
  offsets[{"orders", PartitionIndex(2)}] = Offset(0);
  const std::string text = format_offset_checkpoint(offsets);
  CHECK(text == "0\n2\norders 2 0\norders 10 1200\n");
  CHECK(parse_offset_checkpoint(text) == offsets);
}

TEST_CASE("a broken offset checkpoint is told") {
  for (const char* broken :
       {"", "0", "1\n0\n", "0\n1\n", "0\n1\norders 0\n", "0\n1\norders 0 1 2\n",
        "0\n1\norders -1 1\n", "0\n1\norders 0 -1\n", "0\n1\norders 0 99999999999999999999\n",
        "0\n2\norders 0 1\n", "0\n1\n 0 1\n", "0\nx\n"}) {
    CAPTURE(broken);
    CHECK_FALSE(parse_offset_checkpoint(broken));
  }
}

}  // namespace odradek
