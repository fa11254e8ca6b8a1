// Fetches of what lies in files: sent or read, in memory or on the disk, whole or damaged.
#include <atomic>
#include <mutex>
#include <thread>

#include <doctest/doctest.h>

#include "broker_fixture.h"
#include "data_path/fetch_operation.h"

namespace odradek {
namespace {

TEST_CASE("large pieces leave by sendfile, small ones are read: the client sees no difference") {
  BrokerFixture broker;
  for (const char* topic : {"a", "b", "c"}) {
    broker.host(topic, 0)->settings.validation.batch_bytes_max = 10 << 20;
  }
  produce(broker, "a", 1, 200000);
  produce(broker, "b", 2, 100);
  produce(broker, "c", 1, 3000000);
  auto client = broker.client();
  wire::FetchSpec spec;
  spec.bytes_max = 50 << 20;
  spec.parts = {fetch_part("a", 0, 0), fetch_part("b", 0, 0), fetch_part("c", 0, 0),
                fetch_part("a", 0, 1)};
  for (auto& part : spec.parts) part.bytes_max = 10 << 20;
  for (int i = 0; i < 5; ++i) {
    const auto answer = call(client, spec);
    REQUIRE(answer);
    CHECK(answer->well_formed);
    for (size_t p = 0; p < 3; ++p) {
      ByteView records = answer->parts[p].records;
      REQUIRE_FALSE(records.empty());
      while (const auto batch = BatchView::at(records)) {
        REQUIRE(batch->crc_matches());
        records = records.subspan(batch->size());
      }
      CHECK(records.empty());
    }
    CHECK(answer->parts[3].records.empty());
  }
}

TEST_CASE("a file without descriptor is read into the answer") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  log->file().has_descriptor = false;
  produce(broker, "orders", 1, 100000);
  auto client = broker.client();
  const auto answer = call(client, fetch_of("orders", 0));
  REQUIRE(answer);
  CHECK(BatchView::at(answer->parts[0].records)->crc_matches());
}

TEST_CASE("cold bytes are read by a helper, while the reactor serves others") {
  BrokerFixture broker;
  std::mutex mutex;
  std::vector<std::function<void()>> jobs;
  broker.helper = [&](std::function<void()> job) {
    const std::lock_guard lock(mutex);
    jobs.push_back(std::move(job));
  };
  const auto waiting_jobs = [&] {
    const std::lock_guard lock(mutex);
    return jobs.size();
  };
  // Read, and by sendfile; and cold already to whoever looks for their beginning and end.
  for (const auto& [value_bytes, borders_on_disk] :
       {std::pair(100UL, false), std::pair(100000UL, false), std::pair(100000UL, true)}) {
    CAPTURE(value_bytes);
    CAPTURE(borders_on_disk);
    auto log = broker.host("orders", 0);
    log->borders_on_disk = borders_on_disk;
    produce(broker, "orders", 2, value_bytes);
    auto client = broker.client();
    auto other = broker.client();
    log->file().cold = true;
    REQUIRE(client.send_frame(wire::fetch(fetch_of("orders", 0))));
    REQUIRE(eventually([&] { return waiting_jobs() == 1; }));
    CHECK_FALSE(client.readable(10));
    CHECK(log->file().reads == 0);
    REQUIRE(call(other, produce_of("orders", 0, make_batch()))->parts[0].error == 0);
    auto job = std::move(jobs[0]);
    jobs.clear();
    std::thread([&] { job(); }).join();
    const auto frame = client.receive_frame();
    REQUIRE(frame);
    CHECK(log->file().reads > 0);
    // Where the borders had to be brought in, what the other produced meanwhile is there too.
    const auto offsets = offsets_of(wire::read_fetch(*frame, 12).parts[0].records);
    CHECK(offsets.size() == (borders_on_disk ? 3 : 2));
    CHECK(offsets.front() == 0);
    // Evicted again before the next fetch, whose client leaves before the helper is done.
    log->file().cold = true;
    REQUIRE(client.send_frame(wire::fetch(fetch_of("orders", 0))));
    REQUIRE(eventually([&] { return waiting_jobs() == 1; }));
    client.reset();
    job = std::move(jobs[0]);
    jobs.clear();
    job();
    REQUIRE(call(other, produce_of("orders", 0, make_batch()))->parts[0].error == 0);
  }
}

// A partition of two small batches whose borders are on the disk, and a client that fetches from
// its beginning and wants at least 3000 bytes, of at most so many.
struct ColdFetch {
  explicit ColdFetch(int32_t partition_bytes_max) {
    broker.helper = [](std::function<void()> job) { std::thread(job).detach(); };
    log = broker.host("orders", 0);
    log->borders_on_disk = true;
    produce(broker, "orders", 2, 100);
    log->file().cold = true;
    auto spec = fetch_of("orders", 0, 20000);
    spec.bytes_min = 3000;
    spec.parts[0].bytes_max = partition_bytes_max;
    REQUIRE(client.send_frame(wire::fetch(spec)));
  }
  // What it is answered once a batch with such a value was appended.
  wire::FetchedPart answer_after(size_t value_bytes) {
    auto producer = broker.client();
    const auto produced = produce_of("orders", 0, make_batch(1, value_bytes));
    REQUIRE(call(producer, produced)->parts[0].error == 0);
    const auto frame = client.receive_frame();
    REQUIRE(frame);
    return wire::read_fetch(*frame, 12).parts[0];
  }
  BrokerFixture broker;
  std::shared_ptr<FakeLog> log;
  LoopbackClient client = broker.client();
};

TEST_CASE("a fetch of what is cold waits as any other once it is known what there is") {
  ColdFetch fetch(100000);
  REQUIRE(eventually([&] { return !fetch.log->file().cold; }));
  CHECK_FALSE(fetch.client.readable(50));
  CHECK(offsets_of(fetch.answer_after(5000).records).size() == 3);
}

TEST_CASE("what a fetch could not see yet may be deleted while it waits") {
  ColdFetch fetch(1000);
  CHECK_FALSE(fetch.client.readable(50));
  CHECK(fetch.log->file().cold);  // nothing is read for one that waits
  fetch.log->set_log_start(Offset(1));
  CHECK(fetch.answer_after(10).error == static_cast<int16_t>(ErrorCode::offset_out_of_range));
}

TEST_CASE("a fetch of several partitions that wakes up for what is cold waits for its least size") {
  BrokerFixture broker;
  broker.helper = [](std::function<void()> job) { std::thread(job).detach(); };
  broker.host("a", 0);
  const auto log = broker.host("b", 0);
  log->borders_on_disk = true;
  auto client = broker.client();
  wire::FetchSpec spec;
  spec.wait_ms = 20000;
  spec.parts = {fetch_part("a", 0, 0), fetch_part("b", 0, 0)};
  spec.bytes_min = 3000;
  REQUIRE(client.send_frame(wire::fetch(spec)));
  CHECK_FALSE(client.readable(50));
  log->file().cold = true;
  auto producer = broker.client();
  REQUIRE(call(producer, produce_of("b", 0, make_batch(1, 10)))->parts[0].error == 0);
  // What a helper is to look up may be all that was asked for, and is 10 bytes.
  REQUIRE(eventually([&] { return !log->file().cold; }));
  CHECK_FALSE(client.readable(50));
  REQUIRE(call(producer, produce_of("b", 0, make_batch(1, 5000)))->parts[0].error == 0);
  const auto frame = client.receive_frame();
  REQUIRE(frame);
  const auto answer = wire::read_fetch(*frame, 12);
  CHECK(offsets_of(answer.parts[1].records).size() == 2);
}

TEST_CASE("bytes that the disk refuses are an error for their partition, and told to its log") {
  for (const bool by_helper : {false, true}) {
    for (const size_t value_bytes : {100UL, 200000UL}) {
      CAPTURE(by_helper);
      CAPTURE(value_bytes);
      BrokerFixture broker;
      if (by_helper) broker.helper = [](std::function<void()> job) { std::thread(job).detach(); };
      auto log = broker.host("orders", 0);
      broker.host("others", 0);
      produce(broker, "orders", 1, value_bytes);
      produce(broker, "others", 1, 100);
      auto client = broker.client();
      log->file().broken = true;
      log->file().cold = by_helper;
      log->file().has_descriptor = by_helper;  // otherwise what is large would leave by sendfile
      wire::FetchSpec spec;
      spec.parts = {fetch_part("orders", 0, 0), fetch_part("others", 0, 0)};
      const auto answer = call(client, spec);
      REQUIRE(answer);
      CHECK(answer->parts[0].error == code(ErrorCode::kafka_storage_error));
      CHECK(answer->parts[0].records.empty());
      CHECK(answer->parts[1].error == 0);
      CHECK_FALSE(answer->parts[1].records.empty());
      CHECK(log->failed_reads == 1);
      CHECK_FALSE(log->online());
    }
  }
}

// The frame's length is promised by then: the connection must go, and the next answer says why.
TEST_CASE("a file that sendfile cannot read closes the connection, and is told to its log") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  produce(broker, "orders", 1, 200000);
  auto client = broker.client();
  log->file().broken = true;
  REQUIRE(client.send_frame(wire::fetch(fetch_of("orders", 0))));
  CHECK_FALSE(client.receive_frame());
  CHECK(log->failed_reads == 1);
  auto again = broker.client();
  CHECK(call(again, fetch_of("orders", 0))->parts[0].error == code(ErrorCode::kafka_storage_error));
}

TEST_CASE("a client that leaves while a file is sent to it is no failure of the file") {
  BrokerFixture broker;
  auto log = broker.host("orders", 0);
  log->settings.validation.batch_bytes_max = 50 << 20;
  produce(broker, "orders", 1, 40 << 20);
  for (int i = 0; i < 5; ++i) {
    auto client = broker.client();
    auto spec = fetch_of("orders", 0);
    spec.bytes_max = spec.parts[0].bytes_max = 50 << 20;
    REQUIRE(client.send_frame(wire::fetch(spec)));
    REQUIRE(client.readable(kTestDeadlineMs));
    client.reset();
  }
  REQUIRE(eventually([&] { return broker.path->statistics().connections == 0; }));
  CHECK(log->failed_reads == 0);
  CHECK(log->online());
}

TEST_CASE("a helper that finishes after the data path is gone finds nobody, and no harm") {
  std::function<void()> late;
  std::atomic<bool> handed_over{false};
  {
    BrokerFixture broker;
    broker.helper = [&](std::function<void()> job) {
      late = std::move(job);
      handed_over = true;
    };
    auto log = broker.host("orders", 0);
    produce(broker, "orders", 1);
    log->file().cold = true;
    auto client = broker.client();
    REQUIRE(client.send_frame(wire::fetch(fetch_of("orders", 0))));
    REQUIRE(eventually([&] { return handed_over.load(); }));
  }
  late();
}

}  // namespace
}  // namespace odradek
