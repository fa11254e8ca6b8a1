// Produce on a disk that makes nothing durable: what is taken in stays bounded, and goes on.
#include <doctest/doctest.h>

#include "broker_fixture.h"
#include "log/log_fixture.h"

namespace odradek {
namespace {

constexpr int64_t kBound = 64LL << 20;
constexpr size_t kValueBytes = 900000;

// A directory whose flusher runs only when the test says so.
class StalledDisk {
 public:
  StalledDisk() {
    files.config.flush_messages = 1000000;  // acks=1 and 0 wait for nothing
    files.open();
    host("orders");
    host("others");
  }
  ~StalledDisk() { broker.path->stop(); }

  void host(const std::string& topic) {
    HostedPartition hosted;
    hosted.topic = topic;
    hosted.topic_id = uuid_of(static_cast<uint8_t>(topic.back()));
    hosted.partition = PartitionIndex(0);
    hosted.leader_epoch = LeaderEpoch(0);
    hosted.log = files.log(topic);
    broker.path->host(std::move(hosted));
  }
  uint64_t taken() const { return broker.path->statistics().requests_produce; }

  DirectoryFixture files;
  BrokerFixture broker;
};

// Sends until nobody listens any more.
class Flood {
 public:
  Flood(StalledDisk& disk, const std::string& topic, int16_t acks)
      : client_(disk.broker.client()), frame_(wire::produce(spec(topic, acks))), acks_(acks) {
    sender_ = std::thread([this] {
      for (int i = 0; i < kRequests; ++i) client_.send_frame(frame_);
    });
  }
  ~Flood() { sender_.join(); }
  // Takes all answers there will be.
  void receive_all() {
    for (int i = 0; acks_ != 0 && i < kRequests; ++i) CHECK(client_.receive_frame());
  }

  static constexpr int kRequests = 100;

 private:
  static wire::ProduceSpec spec(const std::string& topic, int16_t acks) {
    return produce_of(topic, 0, make_batch(1, kValueBytes), acks);
  }

  LoopbackClient client_;
  const Bytes frame_;
  const int16_t acks_;
  std::thread sender_;
};

// Waits until `taken` has not changed for a while.
uint64_t settled(const StalledDisk& disk) {
  uint64_t before = 0;
  for (uint64_t now = disk.taken(); now != before || now == 0; now = disk.taken()) {
    before = now;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return before;
}

TEST_CASE("no more than 64 MiB and a request of each connection wait to be durable") {
  StalledDisk disk;
  Flood first(disk, "orders", 1);
  Flood second(disk, "others", 0);
  // The first request may take long where everything does, as with a sanitizer.
  CHECK(eventually([&] { return disk.files.directory->unflushed_bytes() >= kBound; }));
  settled(disk);
  const int64_t stalled = disk.files.directory->unflushed_bytes();
  CHECK(stalled <= kBound + 2 * static_cast<int64_t>(kValueBytes + 1000));
  // The disk goes on: everybody is served, without anybody asking.
  const auto all = 2ULL * Flood::kRequests;
  CHECK(eventually([&] {
    disk.files.directory->run_once();
    CHECK(disk.files.directory->unflushed_bytes() <= stalled + 2 * int64_t{1000000});
    return disk.taken() == all;
  }));
  first.receive_all();
}

TEST_CASE("a disk that fails lets nobody wait for it") {
  StalledDisk disk;
  {
    Flood flood(disk, "orders", 1);
    settled(disk);
    disk.files.disk->before_each_change(
        [](const FileCall&) { return FaultDecision::fail(FileErrorKind::io); });
    disk.files.directory->run_once();
    CHECK(eventually([&] { return disk.taken() == Flood::kRequests; }));
    flood.receive_all();
  }
}

TEST_CASE("who is paused can leave, and the broker can stop") {
  StalledDisk disk;
  auto client = disk.broker.client();
  const Bytes frame = wire::produce(produce_of("orders", 0, make_batch(1, kValueBytes), 1));
  for (int i = 0; i < 90 && disk.files.directory->unflushed_bytes() < kBound; ++i) {
    REQUIRE(client.send_frame(frame));
    REQUIRE(client.receive_frame());
  }
  auto other = disk.broker.client();
  REQUIRE(other.send_frame(frame));
  REQUIRE(other.receive_frame());
  {
    auto leaves = disk.broker.client();
    REQUIRE(leaves.send_frame(frame));
    REQUIRE(leaves.receive_frame());
  }
  CHECK(eventually([&] { return disk.broker.path->statistics().connections == 2; }));
  disk.broker.path->stop();
}

}  // namespace
}  // namespace odradek
