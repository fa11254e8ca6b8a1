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

TEST_CASE("a beginning of partition.metadata is unfinished, and nothing else") {
  const Uuid id = *parse_uuid("Fkuwu63wQQGIJfa-tBjiNw");
  const std::string whole = format_partition_metadata(id);
  for (size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const std::string cut = whole.substr(0, size);
    CHECK(is_unfinished_partition_metadata(cut, id));
    CHECK(is_unfinished_partition_metadata(cut, Uuid()));
    CHECK(is_unfinished_partition_metadata(cut + std::string(whole.size() - size, '\0'), id));
    CHECK_FALSE(is_unfinished_partition_metadata(cut + "x", id));
  }
  CHECK_FALSE(is_unfinished_partition_metadata(whole, id));
  CHECK_FALSE(is_unfinished_partition_metadata(whole, Uuid()));
  CHECK_FALSE(is_unfinished_partition_metadata(std::string(4096, '\0'), id));
  const Uuid other = *parse_uuid("XXXXu63wQQGIJfa-tBjiNw");
  CHECK_FALSE(is_unfinished_partition_metadata(whole.substr(0, 25), other));
  CHECK(is_unfinished_partition_metadata(whole.substr(0, 20), other));
}

}  // namespace odradek
