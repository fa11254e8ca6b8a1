// One reactor's share of the data path: its connections, its look at the partitions, the requests
// that wait on it, and the memory that requests reuse.
//
// Threads: wake(), post() and the counters may be used from any thread, everything else belongs to
// the reactor's thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "data_path/broker_data_path.h"
#include "data_path/client_connection.h"
#include "data_path/client_quotas.h"
#include "data_path/connection_directory.h"
#include "data_path/fetch_request.h"
#include "data_path/fetch_session_cache.h"
#include "data_path/latency_histogram.h"
#include "data_path/partition_table.h"
#include "data_path/produce_path.h"
#include "data_path/topic_traffic.h"
#include "log/flush_turn.h"
#include "net/connection_set.h"
#include "net/reactor.h"

namespace odradek {

// What the workers share. All of it outlives them.
struct DataPathShared {
  const DataPathOptions& options;
  const Clock& clock;
  ControlPlane& control;
  FetchSessionCache& sessions;
  ConnectionDirectory& directory;
  ClientQuotas& quotas;
  // Told of every connection that closed, on its reactor's thread.
  std::function<void(ConnectionId)> on_closed;
};

// Requests served. Written by the reactor's thread alone.
struct WorkerCounters {
  std::atomic<uint64_t> produce{0};
  std::atomic<uint64_t> fetch{0};
  std::atomic<uint64_t> control{0};
  // From a request that is whole to its answer in the send queue.
  LatencyHistogram produce_latency;
  LatencyHistogram fetch_latency;
};

// Posts to a reactor that may be gone. Helpers hold it, so that a late one meets a closed gate.
// Safe from any thread.
class ReactorGate {
 public:
  explicit ReactorGate(Reactor& reactor) : reactor_(&reactor) {}
  void post(std::unique_ptr<ReactorTask> task) {
    const std::lock_guard lock(mutex_);
    if (reactor_ != nullptr) reactor_->post(std::move(task));
  }
  void close() {
    const std::lock_guard lock(mutex_);
    reactor_ = nullptr;
  }

 private:
  std::mutex mutex_;
  Reactor* reactor_;  // guarded by mutex_; null once closed
};

// See above. Owned by the data path.
class Worker final : public PartitionWaker {
 public:
  // `index` is below kReactorsMax.
  Worker(size_t index, const DataPathShared& shared);
  ~Worker() override;  // stop() comes first if start() succeeded

  // False if the system has no thread for it. `table` must outlive stop().
  bool start(const PartitionTable& table);
  // Takes no more requests and answers parked fetches. Calls on_idle, once, on the reactor's
  // thread, when no appended batch waits to be acknowledged any more. Any thread.
  void drain(std::function<void()> on_idle);
  // Closes every connection and ends the thread. Any thread but the reactor's.
  void stop();

  // Any thread. Tasks run in the order of one thread's posts; after stop() they are dropped.
  Reactor& reactor() { return reactor_; }
  void post(std::unique_ptr<ReactorTask> task) { reactor_.post(std::move(task)); }
  // Called by appends on this reactor, by appends on others, and by the log's flusher. The entry's
  // waiters are looked at before the reactor's turn ends, once for any number of wakes before that.
  void wake(std::shared_ptr<PartitionEntry> entry) override;
  const WorkerCounters& counters() const { return counters_; }
  const TrafficCounter& all_traffic() const { return traffic_.all(); }
  const ConnectionCounters& connection_counters() const { return connections_.counters(); }

  // Serves an accepted socket under this id, which names this reactor. The addresses are entered in
  // the directory first, so that the control plane can ask for them with the first frame.
  void adopt(Socket socket, ConnectionId id);
  // Null if it is closed.
  ClientConnection* find(ConnectionId id);

  // For the requests of this reactor.
  int64_t now_ms() const { return reactor_.now_ms(); }
  TimerWheel& timers() { return reactor_.timers(); }
  const DataPathOptions& options() const { return shared_.options; }
  const Clock& clock() const { return shared_.clock; }
  ControlPlane& control() { return shared_.control; }
  ClientQuotas& quotas() { return shared_.quotas; }
  FetchSessionCache& sessions() { return shared_.sessions; }
  PartitionView& partitions() { return *partitions_; }
  ProducePath& produce_path() { return *produce_path_; }
  // Has `waiter` woken when the entry reaches `required`, or changes. If that has happened already,
  // it is woken before this turn ends.
  void park(const std::shared_ptr<PartitionEntry>& entry, Waiter& waiter, Offset required);
  // A produce began or ended to wait for acknowledgement.
  void produce_waits() { ++waiting_produces_; }
  void produce_settled() { --waiting_produces_; }
  // A fresh token for a batch of that connection that must be opened.
  uint64_t open_token(ConnectionId connection);
  // The connection is gone: verdicts on these are not waited for any more.
  void forget_openings(const std::vector<uint64_t>& tokens);
  // The verdict on an opened batch; an unknown token is ignored.
  void batch_opened(uint64_t token, BatchVerdict verdict, std::vector<uint8_t> replacement);
  // A callable for a helper's thread: tells the connection's fetch that its bytes are in memory.
  std::function<void()> warmed_task(ConnectionId connection, uint64_t sequence);
  // Tells the directory and the control plane.
  void connection_closed(ConnectionId connection);

  // Reused from request to request, so that one of the usual size allocates nothing. A request must
  // not touch them after it returned to the connection.
  ProduceRequest& produce_request() { return produce_request_; }
  ProduceWork& produce_work() { return produce_work_; }
  FetchRequest& fetch_request() { return fetch_request_; }
  std::vector<uint32_t>& error_positions() { return error_positions_; }

  int64_t now_ns() const { return shared_.clock.monotonic_ns(); }
  void time_produce(int64_t began_ns) { counters_.produce_latency.observe(now_ns() - began_ns); }
  void time_fetch(int64_t began_ns) { counters_.fetch_latency.observe(now_ns() - began_ns); }
  TrafficMeter& traffic() { return traffic_; }
  void count_produce() { ConnectionCounters::add(counters_.produce, 1); }
  void count_fetch() { ConnectionCounters::add(counters_.fetch, 1); }
  void count_control() { ConnectionCounters::add(counters_.control, 1); }

 private:
  // What a turn leaves to do: wake, send, resume; in turn, until nothing is left.
  void end_turn();
  void serve_woken();
  void flush();
  void note_drained();

  const size_t index_;
  const DataPathShared shared_;
  Reactor reactor_;
  ConnectionSet connections_;
  std::shared_ptr<ReactorGate> gate_;
  std::optional<PartitionView> partitions_;  // from start() on
  std::optional<ProducePath> produce_path_;
  WorkerCounters counters_;
  TrafficMeter traffic_;
  FlushTurn flush_turn_;
  size_t waiting_produces_ = 0;
  size_t turns_alone_ = 0;   // flushes in a row with one produce that waited
  bool is_awaited_ = false;  // the last flush that was asked for will be followed at once by others

  std::vector<std::shared_ptr<PartitionEntry>> woken_;  // to look at before the turn ends
  std::vector<std::shared_ptr<PartitionEntry>> serving_;
  std::unordered_map<uint64_t, ConnectionId> openings_;  // token -> connection
  uint64_t last_token_ = 0;
  std::function<void()> on_idle_;  // set while draining

  ProduceRequest produce_request_;
  ProduceWork produce_work_;
  FetchRequest fetch_request_;
  std::vector<uint32_t> error_positions_;
};

}  // namespace odradek
