#include "log/partition_name.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("partition folders are told from others") {
  const auto id = parse_partition_folder_name("my-topic.v_1-12");
  REQUIRE(id.has_value());
  CHECK(id->topic == "my-topic.v_1");
  CHECK(id->partition == PartitionIndex(12));
  CHECK(partition_folder_name(*id) == "my-topic.v_1-12");
  for (const char* other :
       {"", "orders", "-1", "orders-", "orders-x", "orders-01", "orders-+1", "orders--",
        "orders-99999999999", "orders-0.0123456789abcdef0123456789abcdef-delete",
        "orders-0.0123456789abcdef0123456789abcdef-stray", "orders-0-future", "a b-0", "ä-0"}) {
    CAPTURE(other);
    CHECK_FALSE(parse_partition_folder_name(other));
  }
}

TEST_CASE("a marked folder's name is never longer than a file name may be") {
  const std::string unique(32, 'f');
  CHECK(marked_folder_name({"orders", PartitionIndex(3)}, unique, kDeleteSuffix) ==
        "orders-3." + unique + "-delete");
  const std::string longest =
      marked_folder_name({std::string(249, 't'), PartitionIndex(100)}, unique, kStraySuffix);
  CHECK(longest.size() == kFolderNameMax);
  CHECK(longest.ends_with("." + unique + "-stray"));
  CHECK_FALSE(parse_partition_folder_name(longest));
}

}  // namespace odradek
