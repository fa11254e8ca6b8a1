#include "data_path/connection_admission.h"

#include <doctest/doctest.h>

#include "broker_fixture.h"

namespace odradek {
namespace {

using Verdict = Admission::Verdict;

const Endpoint kFirst{"127.0.0.1", 9092};
const Endpoint kSecond{"127.0.0.1", 9093};
const Endpoint kSecondToo{"::1", 9093};

ConnectionLimitTable two_listeners(int64_t first, int64_t second, bool exempt = false) {
  ConnectionLimitTable table;
  table.listeners.push_back({{kFirst}, {first, kNoRate}, exempt});
  table.listeners.push_back({{kSecond, kSecondToo}, {second, kNoRate}, false});
  return table;
}

TEST_CASE("there is room for as many as the broker takes, and again when one leaves") {
  ConnectionAdmission admission(2);
  for (int i = 0; i < 2; ++i) {
    CHECK(admission.has_room(kFirst));
    CHECK(admission.admit(kFirst, "a", 0).verdict == Verdict::serve);
  }
  CHECK_FALSE(admission.has_room(kFirst));
  admission.closed(kFirst, "a");
  CHECK(admission.has_room(kFirst));
}

TEST_CASE("the addresses of a listener share its limit") {
  ConnectionAdmission admission(100);
  admission.set(two_listeners(100, 1));
  REQUIRE(admission.admit(kSecondToo, "a", 0).verdict == Verdict::serve);
  CHECK_FALSE(admission.has_room(kSecond));
  CHECK(admission.has_room(kFirst));
  admission.closed(kSecondToo, "a");
  CHECK(admission.has_room(kSecond));
}

TEST_CASE("the listener of brokers has room where clients have none") {
  ConnectionAdmission admission(1);
  auto table = two_listeners(10, 10, true);
  table.broker.connections_max = 1;
  admission.set(table);
  REQUIRE(admission.admit(kSecond, "a", 0).verdict == Verdict::serve);
  CHECK_FALSE(admission.has_room(kSecond));
  CHECK(admission.has_room(kFirst));
}

TEST_CASE("an address has its number, its override, and is closed beyond it") {
  ConnectionAdmission admission(100);
  ConnectionLimitTable table;
  table.per_ip_max = 1;
  table.per_ip["b"] = 2;
  table.per_ip["nobody"] = 0;
  admission.set(table);
  CHECK(admission.admit(kFirst, "a", 0).verdict == Verdict::serve);
  CHECK(admission.admit(kFirst, "a", 0).verdict == Verdict::close);
  CHECK(admission.admit(kFirst, "b", 0).verdict == Verdict::serve);
  CHECK(admission.admit(kFirst, "b", 0).verdict == Verdict::serve);
  CHECK(admission.admit(kFirst, "b", 0).verdict == Verdict::close);
  CHECK(admission.admit(kFirst, "nobody", 0).verdict == Verdict::close);
  admission.closed(kFirst, "a");
  CHECK(admission.admit(kFirst, "a", 0).verdict == Verdict::serve);
}

TEST_CASE("an address that comes too often is closed after a while, and not counted") {
  ConnectionAdmission admission(100);
  ConnectionLimitTable table;
  table.windows = {2, 1000};
  table.ip_rate_max = 2;
  table.ip_rates["often"] = 1000;
  admission.set(table);
  for (int i = 0; i < 2; ++i) CHECK(admission.admit(kFirst, "a", 0).verdict == Verdict::serve);
  const Admission late = admission.admit(kFirst, "a", 0);
  CHECK(late.verdict == Verdict::close_later);
  CHECK(late.close_after_ms > 0);
  CHECK(late.close_after_ms <= 1000);
  CHECK(admission.admit(kFirst, "often", 0).verdict == Verdict::serve);
  CHECK(admission.admit(kFirst, "a", 600).verdict == Verdict::serve);
}

TEST_CASE("beyond the broker's rate nobody is accepted for a while") {
  ConnectionAdmission admission(100);
  ConnectionLimitTable table;
  table.windows = {2, 1000};
  table.broker.rate_max = 1;
  admission.set(table);
  CHECK(admission.admit(kFirst, "a", 0).accept_after_ms == 0);
  const Admission second = admission.admit(kFirst, "b", 0);
  CHECK(second.verdict == Verdict::serve);
  CHECK(second.accept_after_ms == 1000);
}

TEST_CASE("IPv4 over a socket of both families is told plainly") {
  CHECK(plain_host("::ffff:10.0.0.1") == "10.0.0.1");
  CHECK(plain_host("::1") == "::1");
  CHECK(plain_host("::ffff:1") == "::ffff:1");
}

// True if the broker answers on the connection within its time.
bool is_served(LoopbackClient& client) {
  return call(client, produce_of("orders", 0, make_batch())).has_value();
}

TEST_CASE("over the sockets: an address is closed beyond its number, also when that changes") {
  BrokerFixture broker;
  broker.host("orders", 0);
  ConnectionLimitTable table;
  table.per_ip["127.0.0.1"] = 1;
  broker.path->set_connection_limits(table);
  auto first = broker.client();
  REQUIRE(is_served(first));
  CHECK(broker.client().is_closed_by_peer());
  broker.path->set_connection_limits(ConnectionLimitTable{});
  auto second = broker.client();
  CHECK(is_served(second));
}

TEST_CASE("over the sockets: a limit that is raised lets those in who wait") {
  DataPathOptions options;
  options.connections_max = 0;
  BrokerFixture broker(options);
  broker.host("orders", 0);
  auto client = broker.client();
  REQUIRE(client.send_frame(wire::produce(produce_of("orders", 0, make_batch()))));
  CHECK(broker.path->statistics().connections_total == 0);
  broker.path->set_connection_limits(ConnectionLimitTable{});
  CHECK(client.receive_frame());
}

TEST_CASE("over the sockets: a rate makes who comes wait, and an address's rate closes it") {
  BrokerFixture broker;
  broker.host("orders", 0);
  ConnectionLimitTable table;
  table.windows = {2, 300};
  table.broker.rate_max = 4;
  broker.path->set_connection_limits(table);
  const int64_t before = system_clock().monotonic_ns();
  for (int i = 0; i < 4; ++i) {
    auto client = broker.client();
    REQUIRE(is_served(client));
  }
  CHECK((system_clock().monotonic_ns() - before) / 1000000 >= 250);
  table.broker.rate_max = kNoRate;
  table.ip_rate_max = 1e-3;
  broker.path->set_connection_limits(table);
  CHECK(eventually([&] { return broker.client().is_closed_by_peer(); }));
}

TEST_CASE("a broker stops while connections wait to be accepted and to be closed") {
  DataPathOptions options;
  options.connections_max = 1;
  BrokerFixture broker(options);
  broker.host("orders", 0);
  ConnectionLimitTable table;
  table.broker.connections_max = 2;
  table.ip_rates["127.0.0.1"] = 1e-3;
  broker.path->set_connection_limits(table);
  std::vector<LoopbackClient> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(broker.client());
  broker.path->stop();
}

}  // namespace
}  // namespace odradek
