#include <doctest/doctest.h>

#include "broker_fixture.h"

namespace odradek {
namespace {

TEST_CASE("every version reads what was produced") {
  BrokerFixture broker;
  broker.host("orders", 0);
  auto client = broker.client();
  REQUIRE(call(client, produce_of("orders", 0, make_batch(3, 50)))->parts[0].error == 0);
  for (int16_t version = 4; version <= 18; ++version) {
    CAPTURE(version);
    wire::FetchSpec spec;
    spec.version = version;
    spec.correlation = version;
    spec.parts = {fetch_part("orders", 0, 0)};
    const auto answer = call(client, spec);
    REQUIRE(answer);
    CHECK(answer->well_formed);
    CHECK(answer->correlation == version);
    CHECK(answer->error == 0);
    CHECK(answer->session_id == 0);
    REQUIRE(answer->parts.size() == 1);
    const auto& part = answer->parts[0];
    CHECK(part.error == 0);
    CHECK(part.high_watermark == 3);
    CHECK(part.last_stable == 3);
    CHECK_FALSE(part.aborted);
    const auto batch = BatchView::at(part.records);
    REQUIRE(batch);
    CHECK(batch->size() == part.records.size());
    CHECK(batch->record_count() == 3);
    CHECK(batch->crc_matches());
  }
}

}  // namespace
}  // namespace odradek
