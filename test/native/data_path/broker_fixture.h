// A data path on a loopback port with logs in memory, and clients that speak to it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/assert.h"
#include "batch/batch_builder.h"
#include "batch/batch_view.h"
#include "data_path/broker_data_path.h"
#include "data_path/fake_log.h"
#include "data_path/wire.h"
#include "net/loopback_client.h"

namespace odradek {

// Notes what it is handed; answers only when a test says so, unless `echo` is on: then every frame
// is answered with itself.
class FakeControlPlane final : public ControlPlane {
 public:
  void on_frame(ControlFrame frame) override {
    BrokerDataPath* path = echo.load();
    if (path != nullptr) path->respond(frame.connection, frame.sequence, frame.bytes);
    const std::lock_guard lock(mutex);
    frames.push_back(std::move(frame));
    changed.notify_all();
  }
  void on_open_batch(OpenBatch batch) override {
    const std::lock_guard lock(mutex);
    batches.push_back(std::move(batch));
    changed.notify_all();
  }
  void on_connection_closed(ConnectionId connection) override {
    const std::lock_guard lock(mutex);
    closed.push_back(connection);
    changed.notify_all();
  }
  // Waits until `holds` is true of the noted things; false if the deadline passes.
  template <class Holds>
  bool wait_for(Holds holds) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::milliseconds(kTestDeadlineMs), holds);
  }

  std::atomic<BrokerDataPath*> echo{nullptr};
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<ControlFrame> frames;
  std::vector<OpenBatch> batches;
  std::vector<ConnectionId> closed;
};

inline Uuid uuid_of(uint8_t seed) {
  Uuid id;
  id.bytes.fill(seed);
  return id;
}

class BrokerFixture {
 public:
  explicit BrokerFixture(DataPathOptions options = {}) {
    path = BrokerDataPath::start(options, system_clock(), control);
    auto bound = path->listen({"127.0.0.1", 0});
    port = bound->port;
    path->serve();
  }
  ~BrokerFixture() { path->stop(); }

  std::shared_ptr<FakeLog> host(const std::string& topic, int32_t partition, bool follow = true,
                                int32_t epoch = 5) {
    auto log = std::make_shared<FakeLog>(topic, partition, follow);
    host_log(log, epoch);
    return log;
  }
  void host_log(const std::shared_ptr<FakeLog>& log, int32_t epoch = 5, bool internal = false) {
    HostedPartition hosted;
    hosted.topic = log->topic_partition().topic;
    hosted.topic_id = uuid_of(static_cast<uint8_t>(hosted.topic.back()));
    hosted.partition = log->topic_partition().partition;
    hosted.leader_epoch = LeaderEpoch(epoch);
    hosted.internal = internal;
    hosted.log = log;
    hosted.run_on_helper = helper;
    path->host(std::move(hosted));
  }
  LoopbackClient client(int receive_buffer_bytes = 0) {
    return LoopbackClient(port, receive_buffer_bytes);
  }

  FakeControlPlane control;
  std::function<void(std::function<void()>)> helper;  // for partitions hosted from now on
  std::unique_ptr<BrokerDataPath> path;
  uint16_t port = 0;
};

// One batch of `count` records with values of `value_bytes`.
inline Bytes make_batch(int count = 1, size_t value_bytes = 10, BatchProperties properties = {}) {
  BatchBuilder builder(properties);
  const Bytes value(value_bytes, 'v');
  for (int i = 0; i < count; ++i) {
    builder.append(system_clock().now(), as_bytes("key"), ByteView(value));
  }
  return builder.seal();
}

inline wire::ProduceSpec produce_of(const std::string& topic, int32_t partition, Bytes batch,
                                    int16_t acks = -1, int16_t version = 9) {
  wire::ProduceSpec spec;
  spec.version = version;
  spec.acks = acks;
  spec.parts.push_back(
      {topic, uuid_of(static_cast<uint8_t>(topic.back())), partition, std::move(batch)});
  return spec;
}

inline wire::FetchPart fetch_part(const std::string& topic, int32_t partition, int64_t offset) {
  wire::FetchPart part;
  part.topic = topic;
  part.topic_id = uuid_of(static_cast<uint8_t>(topic.back()));
  part.partition = partition;
  part.offset = offset;
  return part;
}

inline std::optional<wire::ProduceAnswer> call(LoopbackClient& client,
                                               const wire::ProduceSpec& spec) {
  if (!client.send_frame(wire::produce(spec))) return std::nullopt;
  const auto frame = client.receive_frame();
  if (!frame) return std::nullopt;
  return wire::read_produce(*frame, spec.version);
}

inline std::optional<wire::FetchAnswer> call(LoopbackClient& client, const wire::FetchSpec& spec) {
  if (!client.send_frame(wire::fetch(spec))) return std::nullopt;
  const auto frame = client.receive_frame();
  if (!frame) return std::nullopt;
  return wire::read_fetch(*frame, spec.version);
}

inline int16_t code(ErrorCode error) { return static_cast<int16_t>(error); }

inline wire::FetchSpec fetch_of(const std::string& topic, int64_t offset, int32_t wait_ms = 0) {
  wire::FetchSpec spec;
  spec.wait_ms = wait_ms;
  spec.parts = {fetch_part(topic, 0, offset)};
  return spec;
}

// Offsets of the batches in fetched records.
inline std::vector<int64_t> offsets_of(ByteView records) {
  std::vector<int64_t> offsets;
  while (const auto batch = BatchView::at(records)) {
    offsets.push_back(batch->base_offset().value);
    records = records.subspan(batch->size());
  }
  ASSERT(records.empty());  // nothing but whole batches
  return offsets;
}

// Appends batches of one record each, and waits for their answers.
inline void produce(BrokerFixture& broker, const std::string& topic, int batches,
                    size_t value_bytes = 10, int32_t partition = 0) {
  auto client = broker.client();
  for (int i = 0; i < batches; ++i) {
    const auto spec = produce_of(topic, partition, make_batch(1, value_bytes), 1);
    const auto answer = call(client, spec);
    ASSERT(answer && answer->parts[0].error == 0);
  }
}

}  // namespace odradek
