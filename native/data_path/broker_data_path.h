// The data plane of one broker: reactors that own the sockets, Produce and Fetch served on them,
// every other frame handed to the control plane. The control plane tells it, as plain numbers,
// which partitions exist and which log serves each.
//
// Threads: all methods may be called from any thread. Callbacks of ControlPlane run on reactor
// threads; they must only hand over.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "data_path/client_quotas.h"
#include "data_path/connection_admission.h"
#include "data_path/latency_histogram.h"
#include "data_path/topic_traffic.h"
#include "log/partition_log.h"
#include "net/endpoint.h"
#include "net/socket.h"

namespace odradek {

using ConnectionId = uint64_t;  // unique for the life of the process, never 0

// A whole request frame without its length prefix, for the control plane.
struct ControlFrame {
  ConnectionId connection;
  uint64_t sequence;           // of the request on its connection: the answer's address
  std::vector<uint8_t> bytes;  // request header and body
};

// A compressed or recompressed batch that must be opened before it may be appended. Answered by
// BrokerDataPath::batch_opened with the same token.
struct OpenBatch {
  uint64_t token;
  std::vector<uint8_t> bytes;  // the batch as produced, header already judged
  ValidationRules rules;
  int16_t api_version;
};

// Implemented by the addon. Called on reactor threads.
class ControlPlane {
 public:
  virtual ~ControlPlane() = default;
  virtual void on_frame(ControlFrame frame) = 0;
  virtual void on_open_batch(OpenBatch batch) = 0;
  virtual void on_connection_closed(ConnectionId connection) = 0;
};

// Both ends of a connection, as numeric addresses.
struct ConnectionInfo {
  Endpoint local;
  Endpoint peer;
};

// Settings of the data path, fixed at its start; each names its Kafka config.
struct DataPathOptions {
  int reactor_threads = 1;                   // num.network.threads
  int64_t frame_bytes_max = 104857600;       // socket.request.max.bytes
  int64_t fetch_bytes_max = 57671680;        // fetch.max.bytes
  int32_t fetch_session_slots = 1000;        // max.incremental.fetch.session.cache.slots
  int64_t connections_max_idle_ms = 600000;  // connections.max.idle.ms
  int32_t connections_max = 2147483647;      // max.connections
  // socket.send.buffer.bytes and socket.receive.buffer.bytes. A larger send buffer lets a fetch run
  // ahead of its reader by megabytes, whose bookkeeping then misses the processor's caches.
  SocketBuffers socket_buffers;
};

// One hosted partition as Produce and Fetch see it.
struct HostedPartition {
  std::string topic;
  Uuid topic_id;
  PartitionIndex partition;
  LeaderEpoch leader_epoch;
  bool internal = false;  // produce by clients is refused, as for __cluster_metadata
  std::shared_ptr<PartitionLog> log;
  // Runs a job on another thread, for reads that would wait for the disk (the addon passes the log
  // directory's run_on_helper). Empty: such reads wait on the reactor.
  std::function<void(std::function<void()>)> run_on_helper;
};

// Counts since the start, except `connections`. Each is exact, but not all are of one moment.
struct DataPathStatistics {
  uint64_t connections = 0;  // open now
  uint64_t connections_total = 0;
  uint64_t requests_produce = 0;
  uint64_t requests_fetch = 0;
  uint64_t requests_control = 0;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t frames_refused = 0;  // too large or malformed: the connection was closed
};

// From a request that is whole to its answer in the send queue, waits included.
struct RequestLatencies {
  LatencyCounts produce;
  LatencyCounts fetch;
};

// Owned by the addon, one per broker. What is hosted stays observed until unhost() or stop(): a log
// must live until then.
class BrokerDataPath {
 public:
  // `clock` and `control` must outlive the data path. Starts the reactors, listens on nothing yet.
  // Null if the system has no thread or descriptor left for them.
  static std::unique_ptr<BrokerDataPath> start(const DataPathOptions& options, const Clock& clock,
                                               ControlPlane& control);
  virtual ~BrokerDataPath() = default;  // stops if stop() was not called

  // Binds a numeric address; port 0 takes a free one. Returns the bound endpoint, or an error
  // sentence that names address and cause (in use, not permitted, not available). Who connects
  // waits in the system until serve().
  virtual Result<Endpoint, std::string> listen(const Endpoint& endpoint) = 0;

  // Takes connections from now on, first those that wait. Called once what they may ask for is
  // hosted: an unknown partition is answered as such. Idempotent.
  virtual void serve() = 0;

  // Adds or replaces a partition (a new leader epoch replaces). Fetches and produces see it at
  // once.
  virtual void host(HostedPartition partition) = 0;
  // A partition whose log cannot be opened: answered with kafka_storage_error until it is hosted.
  virtual void host_unavailable(const TopicPartition& id, const Uuid& topic_id) = 0;
  // Removes it: parked requests on it are answered with unknown_topic_or_partition.
  virtual void unhost(const TopicPartition& id) = 0;

  // The answer's frame without length prefix (response header and body). Emitted in request order.
  // Unknown or closed connections are ignored. An empty answer closes the connection.
  virtual void respond(ConnectionId connection, uint64_t sequence, std::vector<uint8_t> frame) = 0;
  // Verdict on an OpenBatch: with code none, `replacement` (or the original if it is empty) is
  // appended.
  virtual void batch_opened(uint64_t token, BatchVerdict verdict,
                            std::vector<uint8_t> replacement) = 0;
  virtual std::optional<ConnectionInfo> connection_info(ConnectionId connection) const = 0;
  virtual DataPathStatistics statistics() const = 0;
  // What a hosted topic moved, zeros for another; and all topics, those included that are gone.
  virtual Traffic traffic(const std::string& topic) const = 0;
  virtual Traffic traffic() const = 0;
  // How long the requests took that the data path serves itself.
  virtual RequestLatencies latencies() const = 0;

  // Replaces what clients may use; it holds from the next request on.
  virtual void set_quotas(QuotaTable quotas) = 0;
  // Replaces how many may connect. Connections that are there stay.
  virtual void set_connection_limits(ConnectionLimitTable limits) = 0;
  // Counts the time that the control plane took for a request; for how many ms the client has to
  // pause. 0 while there are no quotas.
  virtual int32_t charge_request(const std::string& client_id, int64_t busy_ns) = 0;
  // Takes no request of the connection for so long. What the control plane is at is answered.
  virtual void mute(ConnectionId connection, int32_t throttle_ms) = 0;

  // Stops accepting; answers what is appended, closes parked fetches, ends the reactors.
  // Idempotent.
  virtual void stop() = 0;
};

}  // namespace odradek
