#include "data_path/produce_path.h"

#include <doctest/doctest.h>

#include "batch/batch_stamp.h"
#include "batch/golden.h"
#include "broker_fixture.h"

namespace odradek {
namespace {

// As a producer sends it; the golden one lies somewhere in a log.
Bytes compressed_batch() {
  Bytes batch = golden::batch("gzip-one").bytes;
  store_be<int64_t>(batch.data() + kBaseOffsetAt, 0);
  return batch;
}

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

TEST_CASE("versions that nobody was offered close the connection") {
  BrokerFixture broker;
  broker.host("orders", 0);
  for (int16_t version : {0, 2, 14, -1, 99}) {
    CAPTURE(version);
    auto client = broker.client();
    auto frame = wire::produce(produce_of("orders", 0, make_batch()));
    store_be<int16_t>(frame.data() + 2, version);
    REQUIRE(client.send_frame(frame));
    CHECK(client.is_closed_by_peer());
  }
  CHECK(broker.path->statistics().frames_refused == 5);
}

TEST_CASE("what is wrong with a partition is told for that partition") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  auto internal = std::make_shared<FakeLog>("__meta", 0);
  broker.host_log(internal, 5, true);
  auto client = broker.client();
  BatchProperties transactional;
  transactional.transactional = true;
  transactional.producer_id = ProducerId(1);
  transactional.producer_epoch = ProducerEpoch(0);
  transactional.base_sequence = Sequence(0);
  wire::ProduceSpec spec = produce_of("orders", 0, make_batch());
  spec.parts.push_back({"orders", {}, 1, make_batch()});
  spec.parts.push_back({"nowhere", {}, 0, make_batch()});
  spec.parts.push_back({"__meta", {}, 0, make_batch()});
  spec.parts.push_back({"orders", {}, 0, std::nullopt});
  spec.parts.push_back({"orders", {}, 0, Bytes{}});
  spec.parts.push_back({"orders", {}, 0, make_batch(1, 10, transactional)});
  spec.parts.push_back({"orders", {}, 0, make_batch()});
  const auto answer = call(client, spec);
  REQUIRE(answer);
  REQUIRE(answer->parts.size() == 8);
  CHECK(answer->parts[0].error == 0);
  CHECK(answer->parts[1].error == code(ErrorCode::unknown_topic_or_partition));
  CHECK(answer->parts[2].error == code(ErrorCode::unknown_topic_or_partition));
  CHECK(answer->parts[3].error == code(ErrorCode::invalid_topic_exception));
  CHECK(answer->parts[4].error == code(ErrorCode::unknown_server_error));
  CHECK(answer->parts[5].error == code(ErrorCode::invalid_record));
  CHECK(answer->parts[6].error == code(ErrorCode::transactional_id_authorization_failed));
  CHECK(answer->parts[7].error == 0);
  CHECK(answer->parts[7].base_offset == 1);
  for (int i : {1, 2, 3, 4, 5, 6}) {
    CHECK(answer->parts[static_cast<size_t>(i)].base_offset == -1);
    CHECK(answer->parts[static_cast<size_t>(i)].log_start == -1);
  }
  CHECK(log->log_end_offset() == Offset(2));
  CHECK(internal->log_end_offset() == Offset(0));
}

TEST_CASE("an unknown topic id, a transactional id and impossible acks") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  auto client = broker.client();
  auto by_id = produce_of("orders", 0, make_batch(), -1, 13);
  by_id.parts[0].topic_id = uuid_of(200);
  CHECK(call(client, by_id)->parts[0].error == code(ErrorCode::unknown_topic_id));
  auto transactional = produce_of("orders", 0, make_batch());
  transactional.transactional_id = "mine";
  transactional.parts.push_back(transactional.parts[0]);
  transactional.parts.push_back({"nowhere", {}, 0, make_batch()});
  const auto refused = call(client, transactional);
  for (const auto& part : refused->parts) {
    CHECK(part.error == code(ErrorCode::transactional_id_authorization_failed));
  }
  for (int16_t acks : {2, -2, 100}) {
    CHECK(call(client, produce_of("orders", 0, make_batch(), acks))->parts[0].error ==
          code(ErrorCode::invalid_required_acks));
    CHECK(call(client, produce_of("nowhere", 0, make_batch(), acks))->parts[0].error ==
          code(ErrorCode::unknown_topic_or_partition));
  }
  CHECK(log->log_end_offset() == Offset(0));
}

TEST_CASE("the log start comes with what the log itself refuses") {
  BrokerFixture broker;
  broker.host("orders", 0);
  auto client = broker.client();
  const auto answer_to = [&](size_t at, uint8_t value) {
    Bytes batch = make_batch(2);
    batch[at] = value;
    if (at != kMagicAt) renew_crc(batch);  // of an older magic there is none here
    return call(client, produce_of("orders", 0, batch))->parts[0];
  };
  const auto miscounted = answer_to(kLastOffsetDeltaAt + 3, 9);
  CHECK(miscounted.error == code(ErrorCode::invalid_record));
  CHECK(miscounted.log_start == 0);
  const auto of_old_magic = answer_to(kMagicAt, 1);
  CHECK(of_old_magic.error == code(ErrorCode::invalid_record));
  CHECK(of_old_magic.log_start == -1);
}

TEST_CASE("what is too large comes without the log start") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  auto client = broker.client();
  for (ErrorCode refusal : {ErrorCode::message_too_large, ErrorCode::record_list_too_large}) {
    log->fail_appends_with(refusal);
    const auto answer = call(client, produce_of("orders", 0, make_batch()))->parts[0];
    CHECK(answer.error == code(refusal));
    CHECK(answer.log_start == -1);
  }
}

TEST_CASE("a refused record is named from version 8 on") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  log->settings.validation.compacted = true;
  auto client = broker.client();
  BatchBuilder builder;
  builder.append(system_clock().now(), as_bytes("k"), as_bytes("v"));
  builder.append(system_clock().now(), NullableBytes{}, as_bytes("v"));
  const Bytes batch = builder.seal();
  const auto answer = call(client, produce_of("orders", 0, batch, -1, 8));
  REQUIRE(answer);
  CHECK(answer->well_formed);
  CHECK(answer->parts[0].error == code(ErrorCode::invalid_record));
  REQUIRE(answer->parts[0].record_errors.size() == 1);
  CHECK(answer->parts[0].record_errors[0].first == 1);
  CHECK(answer->parts[0].message);
  CHECK(answer->parts[0].log_start == 0);
  CHECK(call(client, produce_of("orders", 0, batch, -1, 7))->parts[0].error ==
        code(ErrorCode::invalid_record));
}

TEST_CASE("acks=0 is not answered, and an error closes the connection") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  auto client = broker.client();
  for (int i = 0; i < 3; ++i) {
    REQUIRE(client.send_frame(wire::produce(produce_of("orders", 0, make_batch(), 0))));
  }
  CHECK(eventually([&] { return log->log_end_offset() == Offset(3); }));
  CHECK_FALSE(client.readable(20));
  const auto answer = call(client, produce_of("orders", 0, make_batch(), 1));
  REQUIRE(answer);
  CHECK(answer->parts[0].base_offset == 3);
  REQUIRE(client.send_frame(wire::produce(produce_of("nowhere", 0, make_batch(), 0))));
  CHECK(client.is_closed_by_peer());
}

TEST_CASE("acks=1 is answered at once, acks=all when the high watermark passes") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0, false);
  auto client = broker.client();
  CHECK(call(client, produce_of("orders", 0, make_batch(), 1))->parts[0].base_offset == 0);
  REQUIRE(client.send_frame(wire::produce(produce_of("orders", 0, make_batch(3), -1))));
  REQUIRE(eventually([&] { return log->log_end_offset() == Offset(4); }));
  CHECK_FALSE(client.readable(20));
  log->advance_to(Offset(3));  // one short
  CHECK_FALSE(client.readable(20));
  log->advance_to(Offset(4));
  const auto frame = client.receive_frame();
  REQUIRE(frame);
  const auto answer = wire::read_produce(*frame, 9);
  CHECK(answer.parts[0].error == 0);
  CHECK(answer.parts[0].base_offset == 1);
}

TEST_CASE("a request of several partitions is answered when the last one is acknowledged") {
  BrokerFixture broker;
  auto a = broker.host("a", 0, false);
  auto b = broker.host("b", 0, false);
  auto client = broker.client();
  auto spec = produce_of("a", 0, make_batch());
  spec.parts.push_back({"nowhere", {}, 0, make_batch()});
  spec.parts.push_back({"b", {}, 0, make_batch()});
  REQUIRE(client.send_frame(wire::produce(spec)));
  REQUIRE(eventually([&] { return b->log_end_offset() == Offset(1); }));
  a->advance_to_end();
  CHECK_FALSE(client.readable(20));
  b->advance_to_end();
  const auto answer = wire::read_produce(*client.receive_frame(), 9);
  REQUIRE(answer.parts.size() == 3);
  CHECK(answer.parts[0].error == 0);
  CHECK(answer.parts[1].error == code(ErrorCode::unknown_topic_or_partition));
  CHECK(answer.parts[2].error == 0);
}

TEST_CASE("without acknowledgement in time the answer is request_timed_out, with the offset") {
  BrokerFixture broker;
  auto a = broker.host("a", 0, false);
  auto b = broker.host("b", 0);
  auto client = broker.client();
  for (int16_t version : {3, 8, 13}) {
    CAPTURE(version);
    auto spec = produce_of("b", 0, make_batch(), -1, version);
    spec.parts.push_back({"a", uuid_of('a'), 0, make_batch()});
    spec.timeout_ms = 60;
    const auto start = std::chrono::steady_clock::now();
    const auto answer = call(client, spec);
    CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(59));
    REQUIRE(answer);
    CHECK(answer->well_formed);
    CHECK(answer->parts[0].error == 0);
    CHECK(answer->parts[1].error == code(ErrorCode::request_timed_out));
    CHECK(answer->parts[1].base_offset == a->log_end_offset().value - 1);
  }
}

TEST_CASE("a partition that goes away, or its disk, ends the wait") {
  BrokerFixture broker;
  auto gone = broker.host("gone", 0, false);
  auto broken = broker.host("broken", 0, false);
  auto client = broker.client();
  auto other = broker.client();
  REQUIRE(client.send_frame(wire::produce(produce_of("gone", 0, make_batch()))));
  REQUIRE(other.send_frame(wire::produce(produce_of("broken", 0, make_batch()))));
  REQUIRE(eventually([&] {
    return gone->log_end_offset() == Offset(1) && broken->log_end_offset() == Offset(1);
  }));
  broker.path->unhost({"gone", PartitionIndex(0)});
  CHECK(wire::read_produce(*client.receive_frame(), 9).parts[0].error ==
        code(ErrorCode::unknown_topic_or_partition));
  broken->go_offline();
  CHECK(wire::read_produce(*other.receive_frame(), 9).parts[0].error ==
        code(ErrorCode::kafka_storage_error));
}

TEST_CASE("an append that the log refuses is told with its code") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  auto client = broker.client();
  for (ErrorCode refused : {ErrorCode::out_of_order_sequence_number,
                            ErrorCode::invalid_producer_epoch, ErrorCode::kafka_storage_error}) {
    log->fail_appends_with(refused);
    CHECK(call(client, produce_of("orders", 0, make_batch()))->parts[0].error == code(refused));
  }
}

TEST_CASE("a torn end behind the batch is not stored") {
  BrokerFixture broker;
  broker.host("orders", 0);
  auto client = broker.client();
  Bytes records = make_batch();
  const size_t whole = records.size();
  records.insert(records.end(), {0, 0, 0, 0, 0});
  REQUIRE(call(client, produce_of("orders", 0, records))->parts[0].error == 0);
  wire::FetchSpec spec;
  spec.parts = {fetch_part("orders", 0, 0)};
  CHECK(call(client, spec)->parts[0].records.size() == whole);
}

// The cases in which we refuse what Apache Kafka stores (docs/differences.md) are the validator's
// to test; here it matters that its verdict reaches the client.
TEST_CASE("bad batches get the code of the judge, over the wire") {
  BrokerFixture broker;
  auto plain = broker.host("plain", 0);
  auto compacted = broker.host("compacted", 0);
  compacted->settings.validation.compacted = true;
  auto client = broker.client();
  int sent = 0;
  for (const golden::BadBatch& bad : golden::bad_batches()) {
    if (!bad.bytes || (bad.compacted && bad.is_compressed)) continue;
    CAPTURE(bad.name);
    ++sent;
    const auto answer =
        call(client, produce_of(bad.compacted ? "compacted" : "plain", 0, *bad.bytes, -1, 12));
    REQUIRE(answer);
    Bytes copy = *bad.bytes;
    const auto view = BatchView::at(copy);
    const auto verdict = validate_produced_batch(
        copy, (bad.compacted ? compacted : plain)->settings.validation, system_clock().now(), 12);
    const ErrorCode expected = view && view->is_transactional()
                                   ? ErrorCode::transactional_id_authorization_failed
                                   : verdict.code;
    CHECK(answer->parts[0].error == code(expected));
    CHECK(answer->parts[0].record_errors.size() == verdict.faults.size());
  }
  CHECK(sent > 80);
}

TEST_CASE("a batch that must be opened waits for its verdict, and so does what follows") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  auto other = broker.host("other", 0);
  log->settings.validation.compacted = true;
  const Bytes compressed = compressed_batch();
  auto client = broker.client();
  auto spec = produce_of("orders", 0, compressed, -1, 9);
  spec.correlation = 5;
  spec.parts.push_back({"other", {}, 0, make_batch()});
  REQUIRE(client.send_frame(wire::produce(spec)));
  auto next = produce_of("orders", 0, make_batch(), -1, 9);
  next.correlation = 6;
  REQUIRE(client.send_frame(wire::produce(next)));
  REQUIRE(broker.control.wait_for([&] { return broker.control.batches.size() == 1; }));
  const OpenBatch open = broker.control.batches[0];
  CHECK(open.bytes == compressed);
  CHECK(open.rules.compacted);
  CHECK(open.api_version == 9);
  CHECK(other->log_end_offset() == Offset(1));
  CHECK_FALSE(client.readable(20));
  CHECK(log->log_end_offset() == Offset(0));

  broker.path->batch_opened(open.token + 64, {}, {});  // somebody else's: ignored
  SUBCASE("passed") { broker.path->batch_opened(open.token, {}, {}); }
  SUBCASE("passed, rewritten") { broker.path->batch_opened(open.token, {}, make_batch(7)); }
  SUBCASE("refused") {
    BatchVerdict verdict;
    verdict.code = ErrorCode::invalid_record;
    verdict.message = "no key";
    verdict.faults = {{4, "record four"}};
    broker.path->batch_opened(open.token, verdict, {});
  }
  const auto first = wire::read_produce(*client.receive_frame(), 9);
  const auto second = wire::read_produce(*client.receive_frame(), 9);
  CHECK(first.correlation == 5);
  CHECK(second.correlation == 6);
  CHECK(first.parts[1].error == 0);
  if (first.parts[0].error == 0) {
    CHECK(first.parts[0].base_offset == 0);
    CHECK(second.parts[0].base_offset > 0);
  } else {
    CHECK(first.parts[0].message == "no key");
    CHECK(first.parts[0].record_errors[0].first == 4);
    CHECK(first.parts[0].record_errors[0].second == "record four");
    CHECK(second.parts[0].base_offset == 0);
  }
}

TEST_CASE("a client that leaves while its batch is opened leaves nothing behind") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  log->settings.validation.compacted = true;
  auto client = broker.client();
  REQUIRE(client.send_frame(wire::produce(produce_of("orders", 0, compressed_batch()))));
  REQUIRE(broker.control.wait_for([&] { return broker.control.batches.size() == 1; }));
  client.close();
  REQUIRE(broker.control.wait_for([&] { return broker.control.closed.size() == 1; }));
  broker.path->batch_opened(broker.control.batches[0].token, {}, {});
  auto next = broker.client();
  log->settings.validation.compacted = false;
  CHECK(call(next, produce_of("orders", 0, make_batch()))->parts[0].base_offset == 0);
}

}  // namespace
}  // namespace odradek
