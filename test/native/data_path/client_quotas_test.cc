#include "data_path/client_quotas.h"

#include <cmath>

#include <doctest/doctest.h>

#include "broker_fixture.h"
#include "data_path/partition_entry.h"

namespace odradek {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

QuotaRules rules(double produce, double fetch = kNone, double request = kNone,
                 bool shared = false) {
  return {QuotaRule{produce, shared}, QuotaRule{fetch, shared}, QuotaRule{request, shared}};
}

QuotaTable table_of(QuotaRules others, RateWindows windows = {}) {
  QuotaTable table;
  table.windows = windows;
  table.others = others;
  return table;
}

TEST_CASE("without a limit nothing is counted") {
  ClientQuotas quotas;
  CHECK_FALSE(quotas.active());
  CHECK(quotas.charge(QuotaKind::produce, "c", 1e12, 0) == 0);
  CHECK(std::isinf(quotas.most_at_once(QuotaKind::fetch, "c")));
  quotas.set(table_of(rules(kNone)));
  CHECK_FALSE(quotas.active());
}

TEST_CASE("each client has its own limit, unless they share one") {
  ClientQuotas quotas;
  quotas.set(table_of(rules(100)));
  REQUIRE(quotas.active());
  CHECK(quotas.charge(QuotaKind::produce, "a", 1000, 0) == 0);
  CHECK(quotas.charge(QuotaKind::produce, "b", 1000, 0) == 0);
  CHECK(quotas.charge(QuotaKind::produce, "a", 100, 0) == 1000);
  CHECK(quotas.charge(QuotaKind::fetch, "a", 1e9, 0) == 0);
  quotas.set(table_of(rules(100, kNone, kNone, true)));
  CHECK(quotas.charge(QuotaKind::produce, "a", 1000, 20000) == 0);
  CHECK(quotas.charge(QuotaKind::produce, "b", 100, 20000) == 1000);
}

TEST_CASE("a client that is named has its own limit, or none") {
  ClientQuotas quotas;
  QuotaTable table = table_of(rules(100));
  table.clients["free"] = rules(kNone);
  table.clients["slow"] = rules(1);
  quotas.set(table);
  CHECK(quotas.charge(QuotaKind::produce, "free", 1e9, 0) == 0);
  CHECK(quotas.charge(QuotaKind::produce, "slow", 11, 0) == 1000);
  CHECK(quotas.most_at_once(QuotaKind::produce, "slow") == doctest::Approx(10));
}

TEST_CASE("the pause for the use of threads lasts one window at most") {
  ClientQuotas quotas;
  quotas.set(table_of(rules(kNone, kNone, 1)));
  CHECK(quotas.charge(QuotaKind::request, "a", thread_percent(60LL * 1000000000), 0) == 1000);
}

TEST_CASE("clients that went away are forgotten") {
  ClientQuotas quotas;
  quotas.set(table_of(rules(1)));
  for (int i = 0; i < 5000; ++i) {
    quotas.charge(QuotaKind::produce, "c" + std::to_string(i), 1, i * 100);
  }
  CHECK(quotas.charge(QuotaKind::produce, "c4999", 20, 500000) > 0);
}

// Windows of which the first is all that may come at once.
const RateWindows kShort{2, 200};

TEST_CASE("a producer over its quota is answered at once and heard again after its pause") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  auto spec = produce_of("orders", 0, make_batch(1, 2000));
  const double bytes = static_cast<double>(wire::produce(spec).size());
  broker.path->set_quotas(table_of(rules(bytes * 5), kShort));  // one a window
  auto client = broker.client();
  REQUIRE(call(client, spec)->throttle_ms == 0);
  const auto over = call(client, spec);
  REQUIRE(over);
  CHECK(over->parts[0].error == 0);
  CHECK(over->throttle_ms > 100);
  const int64_t before = system_clock().monotonic_ns();
  REQUIRE(call(client, spec));
  const int64_t waited_ms = (system_clock().monotonic_ns() - before) / 1000000;
  CHECK(waited_ms >= over->throttle_ms - 5);
  CHECK(log->log_end_offset() == Offset(3));
  broker.path->set_quotas(QuotaTable{});
  CHECK(eventually([&] { return call(client, spec)->throttle_ms == 0; }));
}

TEST_CASE("every version and every number of acks is charged") {
  BrokerFixture broker;
  broker.host("orders", 0);
  broker.path->set_quotas(table_of(rules(1e-3), kShort));
  for (int16_t version : {3, 9, 13}) {
    for (int16_t acks : {1, -1}) {
      auto client = broker.client();
      const auto answer = call(client, produce_of("orders", 0, make_batch(), acks, version));
      REQUIRE(answer);
      CHECK(answer->well_formed);
      CHECK(answer->throttle_ms > 1000);
    }
  }
}

TEST_CASE("a connection that is muted can be closed, by its peer and with the broker") {
  BrokerFixture broker;
  broker.host("orders", 0);
  broker.path->set_quotas(table_of(rules(1e-3), kShort));
  {
    auto gone = broker.client();
    REQUIRE(call(gone, produce_of("orders", 0, make_batch())));
    REQUIRE(gone.send_frame(wire::produce(produce_of("orders", 0, make_batch()))));
  }
  CHECK(eventually([&] { return broker.path->statistics().connections == 0; }));
  auto muted = broker.client();
  REQUIRE(call(muted, produce_of("orders", 0, make_batch())));
  broker.path->stop();
}

TEST_CASE("a fetch over its quota is answered empty, and its session is not begun") {
  BrokerFixture broker;
  broker.host("orders", 0);
  auto producer = broker.client();
  REQUIRE(call(producer, produce_of("orders", 0, make_batch(1, 5000))));
  broker.path->set_quotas(table_of(rules(kNone, 10000), kShort));
  auto client = broker.client();
  auto spec = fetch_of("orders", 0);
  spec.session_epoch = 0;
  const auto answer = call(client, spec);
  REQUIRE(answer);
  CHECK(answer->well_formed);
  CHECK(answer->error == 0);
  CHECK(answer->session_id == 0);
  CHECK(answer->parts.empty());
  CHECK(answer->throttle_ms > 0);
  broker.path->set_quotas(QuotaTable{});
  const auto again = call(client, spec);
  REQUIRE(again);
  CHECK(again->session_id != 0);
  CHECK(again->parts.size() == 1);
}

TEST_CASE("a session outlives a pause") {
  BrokerFixture broker;
  broker.host("orders", 0);
  auto client = broker.client();
  auto spec = fetch_of("orders", 0);
  spec.session_epoch = 0;
  const auto begun = call(client, spec);
  REQUIRE(begun);
  REQUIRE(begun->session_id != 0);
  auto producer = broker.client();
  REQUIRE(call(producer, produce_of("orders", 0, make_batch(1, 5000))));
  broker.path->set_quotas(table_of(rules(kNone, 10000), kShort));
  spec.session_id = begun->session_id;
  spec.session_epoch = 1;
  spec.parts.clear();
  const auto paused = call(client, spec);
  REQUIRE(paused);
  CHECK(paused->session_id == begun->session_id);
  CHECK(paused->throttle_ms > 0);
  CHECK(paused->parts.empty());
  broker.path->set_quotas(QuotaTable{});
  spec.session_epoch = 2;
  const auto news = call(client, spec);
  REQUIRE(news);
  CHECK(news->error == 0);
  REQUIRE(news->parts.size() == 1);
  CHECK_FALSE(news->parts[0].records.empty());
}

TEST_CASE("time is charged, of the control plane's requests too") {
  BrokerFixture broker;
  broker.host("orders", 0);
  CHECK(broker.path->charge_request("c", 1000000000) == 0);
  broker.path->set_quotas(table_of(rules(kNone, kNone, 1e-6), kShort));
  CHECK(broker.path->charge_request("c", 1000000000) == kShort.length_ms);
  auto client = broker.client();
  const auto answer = call(client, produce_of("orders", 0, make_batch()));
  REQUIRE(answer);
  CHECK(answer->throttle_ms > 0);
  auto reader = broker.client();
  const auto fetched = call(reader, fetch_of("orders", 0, 10));
  REQUIRE(fetched);
  CHECK(fetched->throttle_ms > 0);
}

TEST_CASE("a muted connection hears nothing until its pause is over") {
  BrokerFixture broker;
  broker.control.echo = broker.path.get();
  auto client = broker.client();
  const Bytes frame = wire::request_header(18, 0, 1, false).bytes();
  REQUIRE(client.send_frame(frame));
  REQUIRE(client.receive_frame());
  const ConnectionId id = broker.control.frames.front().connection;
  const int64_t before = system_clock().monotonic_ns();
  broker.path->mute(id, 150);
  broker.path->mute(id + kReactorsMax, 150);  // nobody
  REQUIRE(client.send_frame(frame));
  REQUIRE(client.receive_frame());
  CHECK((system_clock().monotonic_ns() - before) / 1000000 >= 149);
}

}  // namespace
}  // namespace odradek
