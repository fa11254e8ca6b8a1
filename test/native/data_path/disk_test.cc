// Produce and Fetch over real partition logs in a real directory: acknowledgement by the flusher's
// thread, duplicates, cold reads by the directory's helpers.
#include <thread>

#include <doctest/doctest.h>

#include "broker_fixture.h"
#include "file/temporary_directory.h"
#include "log/log_directory.h"

namespace odradek {
namespace {

class DiskFixture {
 public:
  explicit DiskFixture(int64_t flush_messages, int reactors = 1) {
    options_.reactor_threads = reactors;
    LogDirectoryOptions directory;
    directory.path = folder_.path() + "/data";
    directory.file_system = &posix_file_system();
    directory.clock = &system_clock();
    auto opened = LogDirectory::open(directory);
    REQUIRE(opened);
    directory_ = std::move(*opened);
    REQUIRE(directory_->format({"AAAAAAAAAAAAAAAAAAAAAA", 1, "BBBBBBBBBBBBBBBBBBBBBB"}));
    broker = std::make_unique<BrokerFixture>(options_);
    config_.flush_messages = flush_messages;
  }
  ~DiskFixture() {
    broker.reset();
    logs_.clear();
    CHECK(directory_->close());
  }
  std::shared_ptr<PartitionLog> host(const std::string& topic, int32_t partition) {
    const Uuid id = uuid_of(static_cast<uint8_t>(topic.back()));
    auto log = directory_->open_partition({topic, PartitionIndex(partition)}, id, config_);
    REQUIRE(log);
    (*log)->become_leader(LeaderEpoch(0));
    HostedPartition hosted;
    hosted.topic = topic;
    hosted.topic_id = id;
    hosted.partition = PartitionIndex(partition);
    hosted.leader_epoch = LeaderEpoch(0);
    hosted.log = *log;
    hosted.run_on_helper = [this](std::function<void()> job) {
      directory_->run_on_helper(std::move(job));
    };
    broker->path->host(std::move(hosted));
    logs_.push_back(*log);
    return *log;
  }

  std::unique_ptr<BrokerFixture> broker;

 private:
  TemporaryDirectory folder_;
  DataPathOptions options_;
  LogConfig config_;
  std::unique_ptr<LogDirectory> directory_;
  std::vector<std::shared_ptr<PartitionLog>> logs_;
};

BatchProperties idempotent(int64_t producer, int32_t sequence) {
  BatchProperties properties;
  properties.producer_id = ProducerId(producer);
  properties.producer_epoch = ProducerEpoch(0);
  properties.base_sequence = Sequence(sequence);
  return properties;
}

// Reads a partition to its end, by large or small answers, and returns the batches' offsets.
std::vector<int64_t> consume(BrokerFixture& broker, const std::string& topic, int64_t end,
                             int32_t bytes_max) {
  auto client = broker.client();
  std::vector<int64_t> offsets;
  for (int64_t next = 0; next < end;) {
    auto spec = fetch_of(topic, next, 5000);
    spec.parts[0].bytes_max = bytes_max;
    const auto answer = call(client, spec);
    REQUIRE(answer);
    REQUIRE(answer->parts[0].error == 0);
    ByteView records = answer->parts[0].records;
    REQUIRE_FALSE(records.empty());
    while (const auto batch = BatchView::at(records)) {
      REQUIRE(batch->crc_matches());
      REQUIRE(batch->base_offset() == Offset(next));
      offsets.push_back(next);
      next = batch->next_offset().value;
      records = records.subspan(batch->size());
    }
  }
  return offsets;
}

TEST_CASE("acks=all is answered once the batch is durable, and is readable then") {
  for (int64_t flush_messages : {int64_t{1}, INT64_MAX}) {
    CAPTURE(flush_messages);
    DiskFixture disk(flush_messages);
    auto log = disk.host("orders", 0);
    auto client = disk.broker->client();
    for (int i = 0; i < 50; ++i) {
      const auto answer = call(client, produce_of("orders", 0, make_batch(3)));
      REQUIRE(answer);
      REQUIRE(answer->parts[0].error == 0);
      REQUIRE(answer->parts[0].base_offset == 3 * i);
      if (flush_messages == 1) REQUIRE(log->durable_offset() >= Offset(3 * i + 3));
      REQUIRE(log->high_watermark() == Offset(3 * i + 3));
    }
    CHECK(consume(*disk.broker, "orders", 150, 1 << 20).size() == 50);
    CHECK(consume(*disk.broker, "orders", 150, 1).size() == 50);
  }
}

TEST_CASE("an idempotent producer sends ahead: order, duplicates and gaps") {
  DiskFixture disk(1);
  disk.host("orders", 0);
  auto client = disk.broker->client();
  const auto frame = [](int32_t sequence) {
    auto spec = produce_of("orders", 0, make_batch(1, 10, idempotent(7, sequence)));
    spec.correlation = sequence;
    return wire::produce(spec);
  };
  for (int32_t round = 0; round < 20; ++round) {
    for (int32_t i = 0; i < 5; ++i) REQUIRE(client.send_frame(frame(5 * round + i)));
    for (int32_t i = 0; i < 5; ++i) {
      const auto answer = wire::read_produce(*client.receive_frame(), 9);
      REQUIRE(answer.correlation == 5 * round + i);
      REQUIRE(answer.parts[0].error == 0);
      REQUIRE(answer.parts[0].base_offset == 5 * round + i);
    }
  }
  REQUIRE(client.send_frame(frame(97)));  // one of the last five: the first answer again
  CHECK(wire::read_produce(*client.receive_frame(), 9).parts[0].base_offset == 97);
  REQUIRE(client.send_frame(frame(101)));
  CHECK(wire::read_produce(*client.receive_frame(), 9).parts[0].error ==
        code(ErrorCode::out_of_order_sequence_number));
  CHECK(consume(*disk.broker, "orders", 100, 1 << 20).size() == 100);
}

TEST_CASE("producers and long-polling consumers on two reactors: everything once, in order") {
  DiskFixture disk(1, 2);
  for (const char* topic : {"a", "b"}) disk.host(topic, 0);
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (const std::string topic : {"a", "b"}) {
    for (int p = 0; p < 2; ++p) {
      threads.emplace_back([&, topic] {
        auto client = disk.broker->client();
        for (int i = 0; i < 100; ++i) {
          const size_t size = i % 10 == 0 ? 120000 : 100;
          const auto answer = call(client, produce_of(topic, 0, make_batch(1, size)));
          if (!answer || answer->parts[0].error != 0) ++failures;
        }
      });
    }
  }
  CHECK(consume(*disk.broker, "a", 200, 1 << 20).size() == 200);
  CHECK(consume(*disk.broker, "b", 200, 50000).size() == 200);
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
}

TEST_CASE("a batch of another size than the page cache likes, up to the frame's limit") {
  DiskFixture disk(INT64_MAX);
  auto log = disk.host("orders", 0);
  LogConfig config = log->config();
  config.validation.batch_bytes_max = 20 << 20;
  log->configure(config);
  auto client = disk.broker->client();
  int64_t end = 0;
  for (size_t size : {1UL, 4096UL, 65536UL, 98304UL, 1000000UL, 5000000UL, 10UL}) {
    CAPTURE(size);
    const auto answer = call(client, produce_of("orders", 0, make_batch(1, size)));
    REQUIRE(answer);
    REQUIRE(answer->parts[0].error == 0);
    ++end;
  }
  CHECK(consume(*disk.broker, "orders", end, 1 << 20).size() == static_cast<size_t>(end));
}

}  // namespace
}  // namespace odradek
