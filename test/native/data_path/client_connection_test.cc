#include "data_path/client_connection.h"

#include <thread>

#include <doctest/doctest.h>

#include "broker_fixture.h"
#include "mutation.h"

namespace odradek {
namespace {

Bytes control_frame(int32_t correlation, size_t padding = 0, int16_t key = 18) {
  wire::Writer writer = wire::request_header(key, 0, correlation, false);
  return writer.raw(Bytes(padding, 'p')).take();
}

int32_t correlation_of(const Bytes& answer) { return load_be<int32_t>(answer.data()); }

TEST_CASE("every other API goes to the control plane as a whole frame, and back") {
  BrokerFixture broker;
  auto client = broker.client();
  const Bytes frame = control_frame(31, 300);
  REQUIRE(client.send_frame(frame));
  REQUIRE(broker.control.wait_for([&] { return broker.control.frames.size() == 1; }));
  const ControlFrame received = broker.control.frames[0];
  CHECK(received.bytes == frame);
  CHECK(received.connection != 0);
  const auto info = broker.path->connection_info(received.connection);
  REQUIRE(info);
  CHECK(info->local.host == "127.0.0.1");
  CHECK(info->local.port == broker.port);
  CHECK(info->peer.host == "127.0.0.1");
  CHECK(info->peer.port != 0);
  broker.path->respond(received.connection, received.sequence + 1, {1, 2, 3});  // not its answer
  broker.path->respond(received.connection + 64, received.sequence, {1, 2, 3});
  broker.path->respond(received.connection, received.sequence, {9, 8, 7});
  CHECK(client.receive_frame() == Bytes{9, 8, 7});
  broker.path->respond(received.connection, received.sequence, {1, 2, 3});  // once is enough
  CHECK_FALSE(client.readable(20));
  CHECK(broker.path->statistics().requests_control == 1);
}

TEST_CASE("an empty answer closes the connection, and the control plane hears of it") {
  BrokerFixture broker;
  auto client = broker.client();
  REQUIRE(client.send_frame(control_frame(1)));
  REQUIRE(broker.control.wait_for([&] { return broker.control.frames.size() == 1; }));
  const ConnectionId id = broker.control.frames[0].connection;
  broker.path->respond(id, broker.control.frames[0].sequence, {});
  CHECK(client.is_closed_by_peer());
  REQUIRE(broker.control.wait_for([&] { return broker.control.closed.size() == 1; }));
  CHECK(broker.control.closed[0] == id);
  CHECK_FALSE(broker.path->connection_info(id));
}

TEST_CASE("a frame too short for a header closes the connection") {
  BrokerFixture broker;
  for (size_t size : {0UL, 1UL, 7UL, 9UL}) {
    CAPTURE(size);
    auto client = broker.client();
    REQUIRE(client.send_frame(Bytes(size, 0)));
    CHECK(client.is_closed_by_peer());
  }
  auto client = broker.client();
  Bytes client_id_too_long = control_frame(1);
  store_be<int16_t>(client_id_too_long.data() + 8, 5000);
  REQUIRE(client.send_frame(client_id_too_long));
  CHECK(client.is_closed_by_peer());
  CHECK(eventually([&] { return broker.path->statistics().frames_refused == 5; }));
}

TEST_CASE("control requests wait for each other, and are handed over one at a time") {
  BrokerFixture broker;
  auto client = broker.client();
  for (int i = 0; i < 50; ++i) REQUIRE(client.send_frame(control_frame(i, 5000)));
  for (size_t i = 0; i < 50; ++i) {
    REQUIRE(broker.control.wait_for([&] { return broker.control.frames.size() == i + 1; }));
    if (i % 10 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ControlFrame frame;
    {
      const std::lock_guard lock(broker.control.mutex);
      REQUIRE(broker.control.frames.size() == i + 1);
      frame = broker.control.frames[i];
    }
    CHECK(load_be<int32_t>(frame.bytes.data() + 4) == static_cast<int32_t>(i));
    broker.path->respond(frame.connection, frame.sequence, frame.bytes);
    REQUIRE(client.receive_frame() == frame.bytes);
  }
}

// A hundred MiB in a hundred thousand requests: a join that waits, or a client that reads no
// answer, must not make the broker hold them.
constexpr int kFloodRequests = 100000;
constexpr size_t kFloodPadding = 1000;
// A scratch buffer of frames taken from the socket, and the answers that may wait to be sent.
constexpr uint64_t kFloodBytesHeldMax = (128U << 10) + (256U << 10) + (64U << 10);

TEST_CASE("behind a control request that is not answered nothing is read") {
  BrokerFixture broker;
  auto client = broker.client();
  std::thread flood([&client] {
    for (int i = 0; i < kFloodRequests; ++i) {
      if (!client.send_frame(control_frame(i, kFloodPadding))) return;
    }
  });
  REQUIRE(broker.control.wait_for([&] { return broker.control.frames.size() == 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(broker.path->statistics().requests_control == 1);
  CHECK(broker.path->statistics().bytes_in <= kFloodBytesHeldMax);
  // Answered, the others follow, each and in order.
  broker.control.echo = broker.path.get();
  ControlFrame first;
  {
    const std::lock_guard lock(broker.control.mutex);
    first = broker.control.frames[0];
  }
  broker.path->respond(first.connection, first.sequence, first.bytes);
  int wrong = 0;
  for (int i = 0; i < kFloodRequests; ++i) {
    const auto answer = client.receive_frame();
    REQUIRE(answer);
    wrong += load_be<int32_t>(answer->data() + 4) == i ? 0 : 1;
  }
  CHECK(wrong == 0);
  flood.join();
}

TEST_CASE("a client that reads no answer is not read from") {
  BrokerFixture broker;
  broker.control.echo = broker.path.get();
  auto client = broker.client(64 << 10);
  std::thread flood([&client] {
    for (int i = 0; i < kFloodRequests; ++i) {
      if (!client.send_frame(control_frame(i, kFloodPadding))) return;
    }
  });
  // Until both directions are full.
  uint64_t before = 0;
  REQUIRE(eventually([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    const uint64_t now = broker.path->statistics().bytes_in;
    return now > 0 && now == std::exchange(before, now);
  }));
  const DataPathStatistics stuck = broker.path->statistics();
  CHECK(stuck.requests_control < kFloodRequests / 2);
  // What was taken in and not sent on: as many bytes come out as went in.
  CHECK(stuck.bytes_in - stuck.bytes_out <= kFloodBytesHeldMax);
  int wrong = 0;
  for (int i = 0; i < kFloodRequests; ++i) {
    const auto answer = client.receive_frame();
    REQUIRE(answer);
    wrong += load_be<int32_t>(answer->data() + 4) == i ? 0 : 1;
  }
  CHECK(wrong == 0);
  flood.join();
}

TEST_CASE("answers keep the order of the requests, whatever finishes first") {
  BrokerFixture broker;
  broker.control.echo = broker.path.get();
  auto slow = broker.host("slow", 0, false);
  auto fast = broker.host("fast", 0, true);
  auto client = broker.client();
  auto first = produce_of("slow", 0, make_batch());
  first.correlation = 1;
  auto second = produce_of("fast", 0, make_batch());
  second.correlation = 2;
  auto third = produce_of("nowhere", 0, make_batch());
  third.correlation = 3;
  wire::FetchSpec fourth;
  fourth.correlation = 4;
  fourth.parts = {fetch_part("fast", 0, 0)};
  auto sixth = produce_of("fast", 0, make_batch(), 1);
  sixth.correlation = 6;
  REQUIRE(client.send_frame(wire::produce(first)));
  REQUIRE(client.send_frame(wire::produce(second)));
  REQUIRE(client.send_frame(wire::produce(third)));
  REQUIRE(client.send_frame(wire::fetch(fourth)));
  REQUIRE(client.send_frame(control_frame(5)));
  REQUIRE(client.send_frame(wire::produce(sixth)));
  // The second overlaps the first; what is not a produce waits.
  REQUIRE(eventually([&] { return fast->log_end_offset() == Offset(1); }));
  CHECK_FALSE(client.readable(30));
  CHECK(broker.path->statistics().requests_fetch == 0);
  slow->advance_to_end();
  for (int32_t expected : {1, 2, 3, 4}) {
    const auto frame = client.receive_frame();
    REQUIRE(frame);
    CHECK(correlation_of(*frame) == expected);
  }
  CHECK(client.receive_frame() == control_frame(5));
  CHECK(correlation_of(*client.receive_frame()) == 6);
}

TEST_CASE("five hundred produces in flight are acknowledged in order") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0, false);
  auto client = broker.client();
  std::thread sender([&] {
    for (int i = 0; i < 500; ++i) {
      auto spec = produce_of("orders", 0, make_batch());
      spec.correlation = i;
      client.send_frame(wire::produce(spec));
    }
  });
  REQUIRE(eventually([&] { return log->log_end_offset() == Offset(500); }));
  sender.join();
  std::thread advancing([&] {
    for (int64_t i = 1; i <= 500; i += 7) log->advance_to(Offset(i));
    log->advance_to_end();
  });
  for (int i = 0; i < 500; ++i) {
    const auto frame = client.receive_frame();
    REQUIRE(frame);
    const auto answer = wire::read_produce(*frame, 9);
    REQUIRE(answer.correlation == i);
    REQUIRE(answer.parts[0].base_offset == i);
    REQUIRE(answer.parts[0].error == 0);
  }
  advancing.join();
}

TEST_CASE("more produces than may wait stay in the socket") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0, false);
  auto client = broker.client();
  std::thread sender([&] {
    for (int i = 0; i < 3000; ++i) {
      client.send_frame(wire::produce(produce_of("orders", 0, make_batch())));
    }
  });
  REQUIRE(eventually([&] { return log->log_end_offset() >= Offset(1024); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(log->log_end_offset() == Offset(1024));
  std::atomic<bool> stop{false};
  std::thread advancing([&] {
    while (!stop) {
      log->advance_to_end();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  for (int i = 0; i < 3000; ++i) REQUIRE(client.receive_frame());
  stop = true;
  advancing.join();
  sender.join();
}

TEST_CASE("so do more bytes than may wait") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0, false);
  auto client = broker.client();
  const Bytes frame = wire::produce(produce_of("orders", 0, make_batch(1, 1000000)));
  std::thread sender([&] {
    for (int i = 0; i < 100; ++i) client.send_frame(frame);
  });
  const auto most = Offset((64 << 20) / static_cast<int64_t>(frame.size()) + 1);
  REQUIRE(eventually([&] { return log->log_end_offset() >= most; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(log->log_end_offset() == most);
  for (int64_t answered = 0; answered < 100; ++answered) {
    REQUIRE(eventually([&] { return log->log_end_offset() > Offset(answered); }));
    log->advance_to(Offset(answered + 1));
    REQUIRE(client.receive_frame());
  }
  sender.join();
}

TEST_CASE("a client that leaves with everything in flight harms nobody") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0, false);
  for (int round = 0; round < 20; ++round) {
    auto leaver = broker.client();
    for (int i = 0; i < 5; ++i) {
      leaver.send_frame(wire::produce(produce_of("orders", 0, make_batch())));
    }
    auto waiter = broker.client();
    wire::FetchSpec spec;
    spec.wait_ms = 60000;
    spec.parts = {fetch_part("orders", 0, 0)};
    waiter.send_frame(wire::fetch(spec));
    REQUIRE(eventually([&] { return log->log_end_offset() == Offset(5 * (round + 1)); }));
    if (round % 2 == 0) {
      leaver.reset();
    } else {
      waiter.reset();
    }
  }
  REQUIRE(eventually([&] { return broker.path->statistics().connections == 0; }));
  log->advance_to_end();
  auto client = broker.client();
  CHECK(call(client, produce_of("orders", 0, make_batch(), 1))->parts[0].base_offset == 100);
}

// What a hostile peer may send: the broker answers or closes, and serves the others throughout.
TEST_CASE("20,000 mutated frames: a canary is served throughout") {
  BrokerFixture broker;
  broker.control.echo = broker.path.get();
  broker.host("orders", 0);
  std::mt19937_64 random(77);
  auto canary = broker.client();
  auto victim = std::make_unique<LoopbackClient>(broker.port);
  wire::FetchSpec fetching;
  for (int i = 0; i < 20000; ++i) {
    Bytes frame;
    if (random() % 2 == 0) {
      frame =
          wire::produce(produce_of("orders", 0, make_batch(2), static_cast<int16_t>(random() % 2),
                                   static_cast<int16_t>(3 + random() % 11)));
    } else {
      fetching.version = static_cast<int16_t>(4 + random() % 15);
      fetching.session_epoch = static_cast<int32_t>(random() % 3) - 1;
      fetching.session_id = static_cast<int32_t>(random() % 2);
      fetching.parts = {fetch_part("orders", 0, static_cast<int64_t>(random() % 100))};
      frame = wire::fetch(fetching);
    }
    frame = mutate(std::move(frame), random);
    // A parked fetch would be the end of this connection's use.
    if (!victim->send_frame(frame) || random() % 50 == 0) {
      victim = std::make_unique<LoopbackClient>(broker.port);
    }
    while (victim->readable(0)) {
      uint8_t sink[4096];
      if (::recv(victim->fd(), sink, sizeof sink, 0) <= 0) {
        victim = std::make_unique<LoopbackClient>(broker.port);
      }
    }
    if (i % 100 == 0)
      REQUIRE(call(canary, produce_of("orders", 0, make_batch()))->parts[0].error == 0);
  }
}

}  // namespace
}  // namespace odradek
