#include "data_path/topic_traffic.h"

#include <numeric>
#include <thread>

#include <doctest/doctest.h>

#include "broker_fixture.h"

namespace odradek {
namespace {

uint64_t total(const LatencyCounts& counts) {
  return std::accumulate(counts.buckets.begin(), counts.buckets.end(), uint64_t{0});
}

TEST_CASE("reactors count side by side, for the topic and for all") {
  TopicTraffic a(2);
  TopicTraffic b(2);
  TrafficMeter first(0);
  TrafficMeter second(1);
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) second.produced(a, 2, 10);
  });
  for (int i = 0; i < 1000; ++i) first.produced(a, 1, 5);
  first.produce_refused(b, 70);
  first.fetched(b, 33, false);
  first.fetched(b, 0, true);
  other.join();
  const Traffic of_a = a.sum();
  CHECK(of_a.produces == 2000);
  CHECK(of_a.records_in == 3000);
  CHECK(of_a.bytes_in == 15000);
  CHECK(of_a.produces_failed + of_a.fetches == 0);
  const Traffic of_b = b.sum();
  CHECK(of_b.produces == 1);
  CHECK(of_b.produces_failed == 1);
  CHECK(of_b.bytes_rejected == 70);
  CHECK(of_b.fetches == 2);
  CHECK(of_b.fetches_failed == 1);
  CHECK(of_b.bytes_out == 33);
  Traffic all;
  first.all().add_to(&all);
  second.all().add_to(&all);
  CHECK(all.produces == 2001);
  CHECK(all.bytes_in == 15000);
  CHECK(all.bytes_out == 33);
}

TEST_CASE("what is produced and fetched is counted by topic") {
  BrokerFixture broker;
  broker.host("orders", 0);
  broker.host("orders", 1);
  broker.host("other", 0);
  auto client = broker.client();
  const Bytes batch = make_batch(3);
  auto spec = produce_of("orders", 0, batch);
  spec.parts.push_back({"orders", {}, 1, batch});
  spec.parts.push_back({"nowhere", {}, 0, batch});
  REQUIRE(call(client, spec));
  const Traffic in = broker.path->traffic("orders");
  CHECK(in.produces == 2);
  CHECK(in.produces_failed == 0);
  CHECK(in.records_in == 6);
  CHECK(in.bytes_in == 2 * batch.size());
  wire::FetchSpec fetch;
  fetch.parts.push_back(fetch_part("orders", 0, 0));
  fetch.parts.push_back(fetch_part("orders", 1, 99));
  REQUIRE(call(client, fetch));
  const Traffic out = broker.path->traffic("orders");
  CHECK(out.fetches == 2);
  CHECK(out.fetches_failed == 1);
  CHECK(out.bytes_out == batch.size());
  CHECK(broker.path->traffic("other").produces == 0);
  CHECK(broker.path->traffic("nowhere").produces == 0);
}

TEST_CASE("a refused batch is a failure, and one that is too large is counted in bytes") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  auto client = broker.client();
  Bytes broken = make_batch();
  broken.back() ^= 1;
  REQUIRE(call(client, produce_of("orders", 0, broken)));
  auto nothing = produce_of("orders", 0, {});
  nothing.parts[0].records = std::nullopt;
  REQUIRE(call(client, nothing));
  CHECK(broker.path->traffic("orders").produces_failed == 2);
  CHECK(broker.path->traffic("orders").bytes_rejected == 0);
  LogConfig config = log->config();
  config.validation.batch_bytes_max = 50;
  log->configure(config);
  const Bytes large = make_batch(10);
  const auto answer = call(client, produce_of("orders", 0, large));
  REQUIRE(answer);
  CHECK(answer->parts[0].error == static_cast<int16_t>(ErrorCode::message_too_large));
  CHECK(broker.path->traffic("orders").bytes_rejected == large.size());
  CHECK(broker.path->traffic("orders").bytes_in == 0);
}

TEST_CASE("a topic that is gone is in the sum of all, and counts from zero when it is back") {
  BrokerFixture broker;
  broker.host("orders", 0);
  auto client = broker.client();
  REQUIRE(call(client, produce_of("orders", 0, make_batch(3))));
  broker.path->unhost({"orders", PartitionIndex(0)});
  CHECK(broker.path->traffic("orders").records_in == 0);
  CHECK(broker.path->traffic().records_in == 3);
  broker.host("orders", 0);
  REQUIRE(call(client, produce_of("orders", 0, make_batch(2))));
  CHECK(broker.path->traffic("orders").records_in == 2);
  CHECK(broker.path->traffic().records_in == 5);
}

TEST_CASE("a new leader epoch and new partitions keep the counts of a topic") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  auto client = broker.client();
  REQUIRE(call(client, produce_of("orders", 0, make_batch(3))));
  broker.host_log(log, 6);
  broker.host("orders", 1);
  CHECK(broker.path->traffic("orders").records_in == 3);
}

TEST_CASE("every answered produce and fetch is timed once, its wait included") {
  BrokerFixture broker;
  auto slow = broker.host("slow", 0, false);  // its high watermark waits for the test
  broker.host("orders", 0);
  auto client = broker.client();
  for (int16_t acks : {0, 1, -1}) {
    REQUIRE(client.send_frame(wire::produce(produce_of("orders", 0, make_batch(), acks))));
    if (acks != 0) REQUIRE(client.receive_frame());
  }
  CHECK(total(broker.path->latencies().produce) == 3);
  REQUIRE(client.send_frame(wire::produce(produce_of("slow", 0, make_batch()))));
  REQUIRE(eventually([&] { return slow->log_end_offset() == Offset(1); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(total(broker.path->latencies().produce) == 3);
  slow->advance_to_end();
  REQUIRE(client.receive_frame());
  const LatencyCounts produce = broker.path->latencies().produce;
  CHECK(total(produce) == 4);
  CHECK(produce.sum_us >= 20000);
  wire::FetchSpec fetch;
  fetch.wait_ms = 30;
  fetch.bytes_min = 1 << 20;
  fetch.parts.push_back(fetch_part("orders", 0, 0));
  REQUIRE(call(client, fetch));
  const LatencyCounts fetched = broker.path->latencies().fetch;
  CHECK(total(fetched) == 1);
  CHECK(fetched.sum_us >= 25000);
}

}  // namespace
}  // namespace odradek
