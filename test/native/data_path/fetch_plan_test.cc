#include "data_path/fetch_plan.h"

#include <thread>

#include <doctest/doctest.h>

#include "broker_fixture.h"

namespace odradek {
namespace {

struct SessionClient {
  explicit SessionClient(BrokerFixture& broker) : client(broker.client()) {}

  wire::FetchAnswer fetch(std::vector<wire::FetchPart> parts,
                          std::vector<wire::FetchPart> forgotten = {}) {
    wire::FetchSpec spec;
    spec.version = version;
    spec.session_id = id;
    spec.session_epoch = epoch;
    spec.wait_ms = wait_ms;
    spec.bytes_max = bytes_max;
    spec.parts = std::move(parts);
    spec.forgotten = std::move(forgotten);
    const auto answer = call(client, spec);
    REQUIRE(answer);
    CHECK(answer->well_formed);
    if (answer->error == 0) {
      id = answer->session_id;
      ++epoch;
    }
    return *answer;
  }
  LoopbackClient client;
  int16_t version = 12;
  int32_t id = 0;
  int32_t epoch = 0;
  int32_t wait_ms = 0;
  int32_t bytes_max = 50 << 20;
};

std::vector<std::string> topics_of(const wire::FetchAnswer& answer) {
  std::vector<std::string> topics;
  for (const auto& part : answer.parts) topics.push_back(part.topic);
  return topics;
}

using Topics = std::vector<std::string>;

TEST_CASE("a session names what changed and answers what is new") {
  BrokerFixture broker;
  auto a = broker.host("a", 0);
  broker.host("b", 0);
  broker.host("c", 0);
  SessionClient session(broker);
  auto answer = session.fetch({fetch_part("a", 0, 0), fetch_part("b", 0, 0)});
  CHECK(session.id > 0);
  CHECK(topics_of(answer) == Topics{"a", "b"});  // a full answer names all
  CHECK(session.fetch({}).parts.empty());        // nothing new
  produce(broker, "b", 1);
  answer = session.fetch({});
  CHECK(topics_of(answer) == Topics{"b"});
  CHECK(answer.parts[0].records.size() > 0);
  CHECK(topics_of(session.fetch({})) == Topics{"b"});  // not moved on: the same again
  CHECK(session.fetch({fetch_part("b", 0, 1)}).parts.empty());
  CHECK(topics_of(session.fetch({fetch_part("c", 0, 0)})) == Topics{"c"});
  a->set_log_start(Offset(0));
  CHECK(session.fetch({}, {fetch_part("c", 0, 0)}).parts.empty());
  produce(broker, "c", 1);
  CHECK(session.fetch({}).parts.empty());  // forgotten
  // A new log start offset is news, without records.
  produce(broker, "a", 1);
  session.fetch({fetch_part("a", 0, 1)});
  a->set_log_start(Offset(1));
  answer = session.fetch({});
  CHECK(topics_of(answer) == Topics{"a"});
  CHECK(answer.parts[0].log_start == 1);
  CHECK(session.fetch({}).parts.empty());
}

TEST_CASE("an error in a session is repeated until it is gone, and its end is news") {
  BrokerFixture broker;
  broker.host("a", 0);
  SessionClient session(broker);
  CHECK(session.fetch({fetch_part("a", 0, 0), fetch_part("b", 0, 0)}).parts[1].error == 3);
  auto answer = session.fetch({});
  CHECK(topics_of(answer) == Topics{"b"});
  CHECK(answer.parts[0].error == 3);
  broker.host("b", 0);
  answer = session.fetch({});
  CHECK(topics_of(answer) == Topics{"b"});
  CHECK(answer.parts[0].error == 0);
  CHECK(session.fetch({}).parts.empty());
  broker.path->unhost({"b", PartitionIndex(0)});
  CHECK(session.fetch({}).parts[0].error == 3);
}

TEST_CASE("a partition that got records goes to the end of a session") {
  BrokerFixture broker;
  for (const char* topic : {"a", "b", "c"}) {
    broker.host(topic, 0);
    produce(broker, topic, 10, 1000);
  }
  SessionClient session(broker);
  session.bytes_max = 500;  // less than a batch: one partition an answer
  std::vector<std::string> served;
  std::vector<wire::FetchPart> parts = {fetch_part("a", 0, 0), fetch_part("b", 0, 0),
                                        fetch_part("c", 0, 0)};
  for (int i = 0; i < 7; ++i) {
    const auto answer = session.fetch(i == 0 ? parts : std::vector<wire::FetchPart>{});
    for (const auto& part : answer.parts) {
      if (!part.records.empty()) served.push_back(part.topic);
    }
  }
  // The answer that creates the session moves nothing, as in Apache Kafka.
  CHECK(served == Topics{"a", "a", "b", "c", "a", "b", "c"});
}

TEST_CASE("wrong session ids, epochs and kinds of topic names are told apart") {
  BrokerFixture broker;
  broker.host("a", 0);
  SessionClient session(broker);
  session.fetch({fetch_part("a", 0, 0)});
  const int32_t id = session.id;

  session.id = id + 1;
  CHECK(session.fetch({}).error == code(ErrorCode::fetch_session_id_not_found));
  session.id = id;
  session.epoch = 2;
  auto answer = session.fetch({});
  CHECK(answer.error == code(ErrorCode::invalid_fetch_session_epoch));
  CHECK(answer.session_id == 0);
  session.epoch = 1;
  session.version = 13;
  CHECK(session.fetch({}).error == code(ErrorCode::fetch_session_topic_id_error));
  session.version = 12;
  CHECK(session.fetch({}).error == 0);  // none of that has hurt it
  CHECK(session.epoch == 2);

  // The last epoch closes it; a full request with its id replaces it.
  session.epoch = -1;
  CHECK(session.fetch({fetch_part("a", 0, 0)}).session_id == 0);
  session.id = id;
  session.epoch = 2;
  CHECK(session.fetch({}).error == code(ErrorCode::fetch_session_id_not_found));
}

TEST_CASE("a session of topic ids, one that becomes empty, and one without a slot") {
  DataPathOptions options;
  options.fetch_session_slots = 1;
  BrokerFixture broker(options);
  broker.host("a", 0);
  SessionClient by_id(broker);
  by_id.version = 15;
  auto answer = by_id.fetch({fetch_part("a", 0, 0)});
  REQUIRE(answer.session_id != 0);
  produce(broker, "a", 1);
  answer = by_id.fetch({});
  REQUIRE(answer.parts.size() == 1);
  CHECK(answer.parts[0].topic_id == uuid_of('a'));
  SessionClient second(broker);
  CHECK(second.fetch({fetch_part("a", 0, 0)}).session_id == 0);  // served all the same
  answer = by_id.fetch({}, {fetch_part("a", 0, 0)});
  CHECK(answer.session_id == 0);
  SessionClient third(broker);
  CHECK(third.fetch({fetch_part("a", 0, 0)}).session_id != 0);  // the slot is free again
}

TEST_CASE("a session's long poll wakes up, and its next request goes on") {
  BrokerFixture broker;
  broker.host("a", 0);
  broker.host("b", 0);
  SessionClient session(broker);
  session.fetch({fetch_part("a", 0, 0), fetch_part("b", 0, 0)});
  session.wait_ms = 30000;
  for (int i = 0; i < 20; ++i) {
    std::thread producer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      produce(broker, i % 2 == 0 ? "a" : "b", 1);
    });
    const auto moved =
        i == 0 ? std::vector<wire::FetchPart>{}
               : std::vector<wire::FetchPart>{fetch_part(i % 2 == 0 ? "b" : "a", 0, (i + 1) / 2)};
    const auto answer = session.fetch(moved);
    producer.join();
    REQUIRE(answer.parts.size() == 1);
    REQUIRE(answer.parts[0].topic == (i % 2 == 0 ? "a" : "b"));
    REQUIRE(offsets_of(answer.parts[0].records) == std::vector<int64_t>{i / 2});
  }
}

TEST_CASE("two connections that use one session at once: one of them is told") {
  BrokerFixture broker;
  broker.host("a", 0);
  SessionClient first(broker);
  first.fetch({fetch_part("a", 0, 0)});
  wire::FetchSpec parked;
  parked.session_id = first.id;
  parked.session_epoch = first.epoch;
  parked.wait_ms = 30000;
  REQUIRE(first.client.send_frame(wire::fetch(parked)));
  REQUIRE(eventually([&] { return broker.path->statistics().requests_fetch == 2; }));
  SessionClient second(broker);
  second.id = first.id;
  second.epoch = first.epoch + 1;
  CHECK(second.fetch({}, {fetch_part("a", 0, 0)}).error == 0);  // empties it under the first
  produce(broker, "a", 1);
  const auto frame = first.client.receive_frame();
  REQUIRE(frame);
  const auto answer = wire::read_fetch(*frame, 12);
  CHECK(answer.well_formed);
  CHECK(answer.error == code(ErrorCode::invalid_fetch_session_epoch));
  CHECK(answer.parts.empty());
}

}  // namespace
}  // namespace odradek
