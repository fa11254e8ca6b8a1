#include "data_path/fetch_operation.h"

#include <doctest/doctest.h>

#include "broker_fixture.h"

namespace odradek {
namespace {

using Clock = std::chrono::steady_clock;

int64_t ms_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

TEST_CASE("every version reads what was produced") {
  BrokerFixture broker;
  broker.host("orders", 0);
  auto client = broker.client();
  REQUIRE(call(client, produce_of("orders", 0, make_batch(3, 50)))->parts[0].error == 0);
  for (int16_t version = 4; version <= 18; ++version) {
    CAPTURE(version);
    wire::FetchSpec spec = fetch_of("orders", 0);
    spec.version = version;
    spec.correlation = version;
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
    CHECK(part.log_start == (version >= 5 ? 0 : -2));
    CHECK_FALSE(part.aborted);
    const auto batch = BatchView::at(part.records);
    REQUIRE(batch);
    CHECK(batch->size() == part.records.size());
    CHECK(batch->record_count() == 3);
    CHECK(batch->crc_matches());
  }
}

TEST_CASE("every error is told for its partition, without numbers") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  produce(broker, "orders", 3);
  log->set_log_start(Offset(1));
  auto client = broker.client();
  wire::FetchSpec spec;
  spec.parts = {fetch_part("orders", 0, 0),  fetch_part("orders", 0, 4), fetch_part("orders", 1, 0),
                fetch_part("nowhere", 0, 0), fetch_part("orders", 0, 1), fetch_part("orders", 0, 1),
                fetch_part("orders", 0, -1), fetch_part("orders", 0, 1)};
  spec.parts[4].current_leader_epoch = 4;
  spec.parts[5].current_leader_epoch = 6;
  spec.parts[7].current_leader_epoch = 5;
  const auto answer = call(client, spec);
  REQUIRE(answer);
  CHECK(answer->well_formed);
  REQUIRE(answer->parts.size() == 8);
  const ErrorCode expected[] = {
      ErrorCode::offset_out_of_range,        ErrorCode::offset_out_of_range,
      ErrorCode::unknown_topic_or_partition, ErrorCode::unknown_topic_or_partition,
      ErrorCode::fenced_leader_epoch,        ErrorCode::unknown_leader_epoch,
      ErrorCode::offset_out_of_range,        ErrorCode::none};
  for (size_t i = 0; i < 8; ++i) {
    CAPTURE(i);
    CHECK(answer->parts[i].error == code(expected[i]));
    CHECK((answer->parts[i].high_watermark == -1) == (expected[i] != ErrorCode::none));
    CHECK(answer->parts[i].records.empty() == (expected[i] != ErrorCode::none));
  }
  CHECK(answer->topic_entries == 3);  // neighbours of a topic share an entry
  log->go_offline();
  auto offline = fetch_of("orders", 1);
  CHECK(call(client, offline)->parts[0].error == code(ErrorCode::kafka_storage_error));
  // Whatever the client knows of epochs: the metadata may tell of a newer one already.
  for (int32_t epoch : {4, 6}) {
    offline.parts[0].current_leader_epoch = epoch;
    CHECK(call(client, offline)->parts[0].error == code(ErrorCode::kafka_storage_error));
  }
  auto by_id = fetch_of("orders", 0);
  by_id.version = 13;
  by_id.parts[0].topic_id = uuid_of(250);
  CHECK(call(client, by_id)->parts[0].error == code(ErrorCode::unknown_topic_id));
}

TEST_CASE("a follower is no replica of ours") {
  BrokerFixture broker;
  broker.host("orders", 0);
  auto client = broker.client();
  for (int16_t version : {12, 15}) {
    CAPTURE(version);
    auto spec = fetch_of("orders", 0, 1000);
    spec.version = version;
    spec.replica_id = 7;
    CHECK(call(client, spec)->parts[0].error == code(ErrorCode::not_leader_or_follower));
    spec.parts[0].current_leader_epoch = 5;
    CHECK(call(client, spec)->parts[0].error == code(ErrorCode::unknown_leader_epoch));
  }
}

TEST_CASE("versions that nobody was offered close the connection") {
  BrokerFixture broker;
  broker.host("orders", 0);
  for (int16_t version : {0, 3, 19}) {
    auto client = broker.client();
    auto frame = wire::fetch(fetch_of("orders", 0));
    store_be<int16_t>(frame.data() + 2, version);
    REQUIRE(client.send_frame(frame));
    CHECK(client.is_closed_by_peer());
  }
}

TEST_CASE("consumers read to the high watermark, or to the last stable offset") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0, false);
  produce(broker, "orders", 5);
  log->advance_to(Offset(4));
  log->last_stable_max = 2;
  log->aborted = {{ProducerId(9), Offset(1)}};
  auto client = broker.client();
  auto answer = call(client, fetch_of("orders", 0));
  CHECK(offsets_of(answer->parts[0].records) == std::vector<int64_t>{0, 1, 2, 3});
  CHECK_FALSE(answer->parts[0].aborted);
  auto committed = fetch_of("orders", 0);
  committed.isolation = 1;
  for (int16_t version : {4, 11, 12, 18}) {
    committed.version = version;
    answer = call(client, committed);
    CHECK(answer->well_formed);
    CHECK(offsets_of(answer->parts[0].records) == std::vector<int64_t>{0, 1});
    CHECK(answer->parts[0].high_watermark == 4);
    CHECK(answer->parts[0].last_stable == 2);
    REQUIRE(answer->parts[0].aborted);
    CHECK(*answer->parts[0].aborted == std::vector<std::pair<int64_t, int64_t>>{{9, 1}});
  }
}

TEST_CASE("limits: the first batch always comes, the others share what is left") {
  BrokerFixture broker;
  broker.host("a", 0);
  broker.host("b", 0);
  produce(broker, "a", 3, 1000);
  produce(broker, "b", 3, 1000);
  const size_t batch = make_batch(1, 1000).size();
  auto client = broker.client();
  wire::FetchSpec spec;
  spec.parts = {fetch_part("a", 0, 3), fetch_part("a", 0, 0), fetch_part("b", 0, 0)};
  const auto sizes = [&](int32_t bytes_max, int32_t partition_max) {
    spec.bytes_max = bytes_max;
    for (auto& part : spec.parts) part.bytes_max = partition_max;
    const auto answer = call(client, spec);
    REQUIRE(answer);
    std::vector<size_t> counts;
    for (const auto& part : answer->parts) {
      CHECK(part.high_watermark == 3);
      CHECK(part.records.size() % batch == 0);
      counts.push_back(part.records.size() / batch);
    }
    return counts;
  };
  using Counts = std::vector<size_t>;
  const auto b = static_cast<int32_t>(batch);
  CHECK(sizes(1 << 20, 1 << 20) == Counts{0, 3, 3});
  CHECK(sizes(1, 1) == Counts{0, 1, 0});
  CHECK(sizes(0, 0) == Counts{0, 1, 0});
  CHECK(sizes(-5, -5) == Counts{0, 1, 0});
  CHECK(sizes(1 << 20, b) == Counts{0, 1, 1});
  CHECK(sizes(1 << 20, b - 1) == Counts{0, 1, 0});
  CHECK(sizes(4 * b, 1 << 20) == Counts{0, 3, 1});
  CHECK(sizes(4 * b - 1, 1 << 20) == Counts{0, 3, 0});
}

TEST_CASE("fetch.max.bytes caps the answer") {
  DataPathOptions options;
  options.fetch_bytes_max = 3000;
  BrokerFixture broker(options);
  broker.host("orders", 0);
  produce(broker, "orders", 10, 1000);
  auto client = broker.client();
  CHECK(offsets_of(call(client, fetch_of("orders", 0))->parts[0].records).size() == 2);
}

TEST_CASE("a long poll ends when records come, soon after they come") {
  for (int reactors : {1, 2}) {
    CAPTURE(reactors);
    DataPathOptions options;
    options.reactor_threads = reactors;
    BrokerFixture broker(options);
    auto log = broker.host("orders", 0);
    auto consumer = broker.client();
    auto producer = broker.client();  // with two reactors, on the other one
    int64_t worst_us = 0;
    for (int i = 0; i < 50; ++i) {
      REQUIRE(consumer.send_frame(wire::fetch(fetch_of("orders", i, 30000))));
      REQUIRE(eventually([&] {
        return broker.path->statistics().requests_fetch == static_cast<uint64_t>(i + 1);
      }));
      if (i == 0) CHECK_FALSE(consumer.readable(20));
      REQUIRE(call(producer, produce_of("orders", 0, make_batch()))->parts[0].error == 0);
      const auto start = Clock::now();
      const auto frame = consumer.receive_frame();
      worst_us = std::max(
          worst_us,
          std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count());
      REQUIRE(frame);
      REQUIRE(offsets_of(wire::read_fetch(*frame, 12).parts[0].records) == std::vector<int64_t>{i});
    }
    MESSAGE("worst wake-up with ", reactors, " reactors: ", worst_us, " us");
    CHECK(worst_us < 2000000);
    CHECK(log->hinted_reads == 49);  // a sequential reader looks nothing up but the first time
  }
}

TEST_CASE("a long poll ends at its time, with the numbers") {
  BrokerFixture broker;
  broker.host("orders", 0);
  produce(broker, "orders", 2);
  auto client = broker.client();
  const auto start = Clock::now();
  const auto answer = call(client, fetch_of("orders", 2, 80));
  CHECK(ms_since(start) >= 79);
  CHECK(ms_since(start) < 5000);
  CHECK(answer->parts[0].records.empty());
  CHECK(answer->parts[0].high_watermark == 2);
}

TEST_CASE("min bytes are waited for, over all partitions") {
  BrokerFixture broker;
  broker.host("a", 0);
  broker.host("b", 0);
  auto client = broker.client();
  wire::FetchSpec spec;
  spec.wait_ms = 30000;
  spec.parts = {fetch_part("a", 0, 0), fetch_part("b", 0, 0)};
  spec.bytes_min = static_cast<int32_t>(3 * make_batch().size());
  REQUIRE(client.send_frame(wire::fetch(spec)));
  produce(broker, "a", 1);
  produce(broker, "b", 1);
  CHECK_FALSE(client.readable(30));
  produce(broker, "a", 1);
  const auto answer = wire::read_fetch(*client.receive_frame(), 12);
  CHECK(offsets_of(answer.parts[0].records).size() == 2);
  CHECK(offsets_of(answer.parts[1].records).size() == 1);
}

TEST_CASE("what cannot get better is answered at once") {
  BrokerFixture broker;
  broker.host("orders", 0);
  auto client = broker.client();
  const auto start = Clock::now();
  CHECK(call(client, fetch_of("nowhere", 0, 30000))->parts[0].error == 3);
  CHECK(call(client, fetch_of("orders", 99, 30000))->parts[0].error == 1);
  wire::FetchSpec nothing;
  nothing.wait_ms = 30000;
  CHECK(call(client, nothing)->parts.empty());
  CHECK(ms_since(start) < 10000);
  // Like Apache Kafka: an unknown partition beside a known one does not end the wait.
  wire::FetchSpec mixed = fetch_of("orders", 0, 60);
  mixed.parts.push_back(fetch_part("nowhere", 0, 0));
  const auto mixed_start = Clock::now();
  const auto answer = call(client, mixed);
  CHECK(ms_since(mixed_start) >= 59);
  CHECK(answer->parts[0].error == 0);
  CHECK(answer->parts[1].error == 3);
}

TEST_CASE("a parked fetch ends when its partition goes, changes leader epoch or loses its disk") {
  BrokerFixture broker;
  auto client = broker.client();
  int16_t expected = 0;
  auto log = broker.host("orders", 0);
  auto spec = fetch_of("orders", 0, 30000);
  spec.parts[0].current_leader_epoch = 5;
  REQUIRE(client.send_frame(wire::fetch(spec)));
  REQUIRE(eventually([&] { return broker.path->statistics().requests_fetch == 1; }));
  CHECK_FALSE(client.readable(20));
  SUBCASE("unhosted") {
    broker.path->unhost({"orders", PartitionIndex(0)});
    expected = 3;
  }
  SUBCASE("new epoch") {
    broker.host_log(log, 6);
    expected = 74;
  }
  SUBCASE("offline") {
    log->go_offline();
    expected = 56;
  }
  const auto frame = client.receive_frame();
  REQUIRE(frame);
  CHECK(wire::read_fetch(*frame, 12).parts[0].error == expected);
}

TEST_CASE("a client whose epoch ended earlier is told where") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  produce(broker, "orders", 5);
  log->diverging_found = LeaderEpoch(3);
  log->diverging_end = Offset(2);
  auto client = broker.client();
  auto spec = fetch_of("orders", 4, 30000);
  spec.parts[0].last_fetched_epoch = 4;
  auto answer = call(client, spec);
  CHECK(answer->well_formed);
  REQUIRE(answer->parts[0].diverging);
  CHECK(*answer->parts[0].diverging == std::pair<int32_t, int64_t>{3, 2});
  CHECK(answer->parts[0].records.empty());
  CHECK(answer->parts[0].error == 0);
  log->diverging_found = LeaderEpoch(4);
  log->diverging_end = Offset(5);
  answer = call(client, spec);
  CHECK_FALSE(answer->parts[0].diverging);
  CHECK(offsets_of(answer->parts[0].records) == std::vector<int64_t>{4});
}

TEST_CASE("a log without records of an epoch knows where it would begin") {
  BrokerFixture broker;
  const auto log = broker.host("orders", 0);
  auto client = broker.client();
  auto spec = fetch_of("orders", 0, 0);
  auto& asked = spec.parts[0];
  const auto ask = [&](int32_t last_fetched_epoch, int64_t offset) {
    asked.last_fetched_epoch = last_fetched_epoch;
    asked.offset = offset;
    return call(client, spec)->parts[0];
  };
  SUBCASE("the current epoch, in an empty log") {
    const auto part = ask(5, 0);
    CHECK(part.error == 0);
    CHECK_FALSE(part.diverging);
  }
  SUBCASE("an earlier one, in an empty log") {
    const auto part = ask(3, 0);
    CHECK(part.error == 0);
    CHECK_FALSE(part.diverging);
  }
  SUBCASE("the current one, behind the end") {
    const auto part = ask(5, 2);
    CHECK(part.error == 0);
    CHECK(part.diverging == std::pair<int32_t, int64_t>{5, 0});
  }
  SUBCASE("one between that of the records and the current one") {
    produce(broker, "orders", 2);
    const auto part = ask(3, 2);
    CHECK(part.error == 0);
    // The fake log's records are of epoch 0.
    CHECK(part.diverging == std::pair<int32_t, int64_t>{0, 2});
  }
  SUBCASE("a later one") {
    CHECK(ask(6, 0).error == 1);
    CHECK(log->log_end_offset() == Offset(0));
  }
}

}  // namespace
}  // namespace odradek
