#include "data_path/broker_data_path.h"

#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "broker_fixture.h"

namespace odradek {
namespace {

TEST_CASE("a second listener on the port is refused with a sentence, another port is fine") {
  BrokerFixture broker;
  const auto taken = broker.path->listen({"127.0.0.1", broker.port});
  REQUIRE_FALSE(taken);
  CHECK(taken.error().find("in use") != std::string::npos);
  const auto other = broker.path->listen({"127.0.0.1", 0});
  REQUIRE(other);
  broker.host("orders", 0);
  LoopbackClient client(other->port);
  CHECK(call(client, produce_of("orders", 0, make_batch()))->parts[0].error == 0);
}

TEST_CASE("who connects before the data path serves is served then, and not told of no partition") {
  FakeControlPlane control;
  const auto path = BrokerDataPath::start({}, system_clock(), control);
  const auto bound = path->listen({"127.0.0.1", 0});
  REQUIRE(bound);
  LoopbackClient early(bound->port);
  REQUIRE(early.connected());
  REQUIRE(early.send_frame(wire::produce(produce_of("orders", 0, make_batch()))));
  CHECK_FALSE(early.readable(100));
  CHECK(path->statistics().connections_total == 0);

  HostedPartition hosted;
  auto log = std::make_shared<FakeLog>("orders", 0, true);
  hosted.topic = "orders";
  hosted.topic_id = uuid_of('s');
  hosted.partition = PartitionIndex(0);
  hosted.leader_epoch = LeaderEpoch(5);
  hosted.log = log;
  path->host(std::move(hosted));
  path->serve();
  path->serve();
  const auto answer = early.receive_frame();
  REQUIRE(answer);
  CHECK(wire::read_produce(*answer, produce_of("orders", 0, make_batch()).version).parts[0].error ==
        0);
  CHECK(log->log_end_offset() == Offset(1));
  path->stop();
}

TEST_CASE("connections beyond the limit wait until others leave") {
  DataPathOptions options;
  options.connections_max = 3;
  BrokerFixture broker(options);
  broker.host("orders", 0);
  std::vector<LoopbackClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(broker.client());
    REQUIRE(call(clients.back(), produce_of("orders", 0, make_batch())));
  }
  auto waiting = broker.client();
  REQUIRE(waiting.send_frame(wire::produce(produce_of("orders", 0, make_batch()))));
  CHECK(broker.path->statistics().connections_total == 3);
  clients.pop_back();
  CHECK(waiting.receive_frame());
  CHECK(broker.path->statistics().connections_total == 4);
}

TEST_CASE("who waits for an answer is not idle, however long it takes") {
  DataPathOptions options;
  options.connections_max_idle_ms = 60;
  BrokerFixture broker(options);
  auto log = broker.host("orders", 0, false);
  auto idle = broker.client();
  auto producer = broker.client();
  auto consumer = broker.client();
  auto controlled = broker.client();
  const Bytes control_frame = {0, 18, 0, 0, 0, 0, 0, 7, 255, 255};
  REQUIRE(controlled.send_frame(control_frame));
  REQUIRE(producer.send_frame(wire::produce(produce_of("orders", 0, make_batch()))));
  REQUIRE(consumer.send_frame(wire::fetch(fetch_of("orders", 0, 60000))));
  REQUIRE(broker.control.wait_for([&] { return broker.control.frames.size() == 1; }));
  CHECK(idle.is_closed_by_peer());
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const ControlFrame& asked = broker.control.frames[0];
  broker.path->respond(asked.connection, asked.sequence, asked.bytes);
  log->advance_to_end();
  CHECK(controlled.receive_frame());
  const auto produced = producer.receive_frame();
  REQUIRE(produced);
  CHECK(wire::read_produce(*produced, 9).parts[0].error == 0);
  const auto fetched = consumer.receive_frame();
  REQUIRE(fetched);
  CHECK(wire::read_fetch(*fetched, 12).parts[0].error == 0);
  for (LoopbackClient* client : {&controlled, &producer, &consumer}) {
    CHECK(client->is_closed_by_peer());
  }
}

TEST_CASE("a partition whose log is not there is told apart from one that nobody has") {
  BrokerFixture broker;
  auto client = broker.client();
  const auto codes = [&](int32_t partition) {
    const auto produced = call(client, produce_of("orders", partition, make_batch()));
    wire::FetchSpec spec;
    spec.parts = {fetch_part("orders", partition, 0)};
    const auto fetched = call(client, spec);
    REQUIRE((produced && fetched));
    return std::pair(produced->parts[0].error, fetched->parts[0].error);
  };
  const auto both = [](ErrorCode error) { return std::pair(code(error), code(error)); };
  broker.host("orders", 0);
  broker.path->host_unavailable({"orders", PartitionIndex(1)}, uuid_of('s'));
  CHECK(codes(0) == both(ErrorCode::none));
  CHECK(codes(1) == both(ErrorCode::kafka_storage_error));
  CHECK(codes(2) == both(ErrorCode::unknown_topic_or_partition));
  broker.host("orders", 1);
  CHECK(codes(1) == both(ErrorCode::none));
  broker.path->host_unavailable({"orders", PartitionIndex(1)}, uuid_of('s'));
  CHECK(codes(1) == both(ErrorCode::kafka_storage_error));
  broker.path->unhost({"orders", PartitionIndex(1)});
  CHECK(codes(1) == both(ErrorCode::unknown_topic_or_partition));
}

TEST_CASE("frames above the limit close their connection") {
  DataPathOptions options;
  options.frame_bytes_max = 10000;
  BrokerFixture broker(options);
  auto log = broker.host("orders", 0);
  auto client = broker.client();
  REQUIRE(call(client, produce_of("orders", 0, make_batch(1, 5000)))->parts[0].error == 0);
  client.send_frame(wire::produce(produce_of("orders", 0, make_batch(1, 11000))));
  CHECK(client.is_closed_by_peer());
  CHECK(log->log_end_offset() == Offset(1));
  CHECK(broker.path->statistics().frames_refused == 1);
}

TEST_CASE("several reactors share connections and partitions") {
  DataPathOptions options;
  options.reactor_threads = 4;
  BrokerFixture broker(options);
  broker.control.echo = broker.path.get();
  auto log = broker.host("orders", 0, true);
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      auto client = broker.client();
      for (int i = 0; i < 200; ++i) {
        const auto answer = call(client, produce_of("orders", 0, make_batch()));
        if (!answer || answer->parts[0].error != 0) ++failures;
        if (i % 10 != t) continue;
        wire::FetchSpec spec;
        spec.parts = {fetch_part("orders", 0, 0)};
        spec.parts[0].bytes_max = 1000;
        const auto fetched = call(client, spec);
        if (!fetched || fetched->parts[0].records.empty()) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(log->log_end_offset() == Offset(1600));
  CHECK(broker.path->statistics().requests_produce == 1600);
  // Ids carry the reactor: all four got some of the eight.
  std::vector<LoopbackClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(broker.client());
    clients.back().send_frame(wire::request_header(18, 0, i, false).take());
    REQUIRE(clients.back().receive_frame());
  }
  std::set<uint64_t> reactors;
  for (const ControlFrame& frame : broker.control.frames) reactors.insert(frame.connection % 64);
  CHECK(reactors.size() == 4);
}

TEST_CASE("partitions come and go under load, and nothing is answered wrongly") {
  DataPathOptions options;
  options.reactor_threads = 2;
  BrokerFixture broker(options);
  broker.host("steady", 0);
  std::atomic<bool> stop{false};
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      auto client = broker.client();
      while (!stop) {
        auto spec = produce_of("steady", 0, make_batch());
        spec.parts.push_back({"fleeting", {}, 0, make_batch()});
        const auto answer = call(client, spec);
        if (!answer || answer->parts[0].error != 0) ++failures;
        if (answer && answer->parts[1].error != 0 && answer->parts[1].error != 3) ++failures;
        wire::FetchSpec fetching;
        fetching.wait_ms = 5;
        fetching.parts = {fetch_part("fleeting", 0, 0)};
        const auto fetched = call(client, fetching);
        if (!fetched || (fetched->parts[0].error != 0 && fetched->parts[0].error != 3)) ++failures;
      }
    });
  }
  for (int i = 0; i < 100; ++i) {
    broker.host("fleeting", 0, i % 2 == 0, i);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    broker.path->unhost({"fleeting", PartitionIndex(0)});
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
}

TEST_CASE("a stop answers what gets acknowledged, ends parked fetches, and closes the rest") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0, false);
  auto producer = broker.client();
  auto consumer = broker.client();
  auto idle = broker.client();
  REQUIRE(producer.send_frame(wire::produce(produce_of("orders", 0, make_batch()))));
  wire::FetchSpec spec;
  spec.wait_ms = 60000;
  spec.parts = {fetch_part("orders", 0, 0)};
  REQUIRE(consumer.send_frame(wire::fetch(spec)));
  REQUIRE(eventually([&] {
    return log->log_end_offset() == Offset(1) && broker.path->statistics().requests_fetch == 1;
  }));
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    log->advance_to_end();
  });
  broker.path->stop();
  later.join();
  const auto produced = producer.receive_frame();
  REQUIRE(produced);
  CHECK(wire::read_produce(*produced, 9).parts[0].error == 0);
  CHECK(producer.is_closed_by_peer());
  const auto fetched = consumer.receive_frame();
  REQUIRE(fetched);
  CHECK(wire::read_fetch(*fetched, 12).parts[0].error == 0);
  CHECK(consumer.is_closed_by_peer());
  CHECK(idle.is_closed_by_peer());
  CHECK_FALSE(LoopbackClient(broker.port).connected());
  CHECK(log->observer_count() == 0);
  broker.path->stop();
  CHECK_FALSE(broker.path->listen({"127.0.0.1", 0}));
}

TEST_CASE("a stop does not wait for ever for a high watermark that never comes") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0, false);
  auto producer = broker.client();
  REQUIRE(producer.send_frame(wire::produce(produce_of("orders", 0, make_batch()))));
  REQUIRE(eventually([&] { return log->log_end_offset() == Offset(1); }));
  const auto start = std::chrono::steady_clock::now();
  broker.path->stop();
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  CHECK(producer.is_closed_by_peer());  // without an answer: it was not acknowledged
}

}  // namespace
}  // namespace odradek
