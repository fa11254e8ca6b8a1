#include "data_path/produce_path.h"

#include <doctest/doctest.h>

#include "broker_fixture.h"

namespace odradek {
namespace {

TEST_CASE("every version is appended and answered with its fields") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  auto client = broker.client();
  int64_t expected = 0;
  for (int16_t version = 3; version <= 13; ++version) {
    CAPTURE(version);
    auto spec = produce_of("orders", 0, make_batch(2), -1, version);
    spec.correlation = 1000 + version;
    const auto answer = call(client, spec);
    REQUIRE(answer);
    CHECK(answer->well_formed);
    CHECK(answer->correlation == 1000 + version);
    CHECK(answer->throttle_ms == 0);
    REQUIRE(answer->parts.size() == 1);
    const auto& part = answer->parts[0];
    if (version >= 13) {
      CHECK(part.topic_id == uuid_of('s'));
    } else {
      CHECK(part.topic == "orders");
    }
    CHECK(part.error == 0);
    CHECK(part.base_offset == expected);
    CHECK(part.log_append_time == -1);
    CHECK(part.log_start == (version >= 5 ? 0 : -2));
    CHECK(part.record_errors.empty());
    CHECK_FALSE(part.message);
    expected += 2;
  }
  CHECK(log->log_end_offset() == Offset(expected));
}

}  // namespace
}  // namespace odradek
