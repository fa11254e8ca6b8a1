#include "log/uuid_text.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("UUIDs read and print as Kafka's") {
  for (const char* text :
       {"uwSoqIjGSyubxNe3U9eC7w", "DZy79DGRS4WFeyfHuGA19A", "lJaqRZyoQ_y_biQ5m6sOVA",
        "Fkuwu63wQQGIJfa-tBjiNw", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAQ"}) {
    const auto uuid = parse_uuid(text);
    REQUIRE(uuid.has_value());
    CHECK(format_uuid(*uuid) == text);
  }
  CHECK(parse_uuid("AAAAAAAAAAAAAAAAAAAAAQ")->bytes[15] == 1);
  CHECK(uuid_hex(*parse_uuid("AAAAAAAAAAAAAAAAAAAAAQ")) == "00000000000000000000000000000001");
  CHECK_FALSE(parse_uuid("AAAAAAAAAAAAAAAAAAAAA"));
  CHECK_FALSE(parse_uuid("AAAAAAAAAAAAAAAAAAAAAAA"));
  CHECK_FALSE(parse_uuid("AAAAAAAAAAAAAAAAAAAA+/"));
}

}  // namespace odradek
