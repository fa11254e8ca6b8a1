#include "log/partition_metadata.h"

#include "log/uuid_text.h"
#include "log_fixture.h"

namespace odradek {

TEST_CASE("partition.metadata is Kafka's text, and another one is refused") {
  const Uuid id = *parse_uuid("Fkuwu63wQQGIJfa-tBjiNw");
  CHECK(format_partition_metadata(id) == "version: 0\ntopic_id: Fkuwu63wQQGIJfa-tBjiNw");
  CHECK(parse_partition_metadata(format_partition_metadata(id)) == id);
  CHECK(parse_partition_metadata(format_partition_metadata(id) + "\n") == id);
  for (const char* broken : {"", "version: 0", "version: 1\ntopic_id: Fkuwu63wQQGIJfa-tBjiNw",
                             "version: 0\ntopic_id: short", "topic_id: Fkuwu63wQQGIJfa-tBjiNw"}) {
    CAPTURE(broken);
    CHECK_FALSE(parse_partition_metadata(broken));
  }
}

}  // namespace odradek
