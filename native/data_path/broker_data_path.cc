#include "data_path/broker_data_path.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <unordered_map>

#include "base/assert.h"
#include "data_path/connection_directory.h"
#include "data_path/fetch_session_cache.h"
#include "data_path/partition_table.h"
#include "data_path/worker.h"
#include "net/listener.h"

namespace odradek {
namespace {

// How long a stop waits for appended batches to be acknowledged. Normally that takes one flush.
constexpr std::chrono::milliseconds kDrainTimeMax{2000};

// Counts down to zero; one thread waits for that.
class Countdown {
 public:
  explicit Countdown(size_t count) : left_(count) {}
  void done() {
    const std::lock_guard lock(mutex_);
    ASSERT(left_ > 0);
    if (--left_ == 0) zero_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    zero_.wait(lock, [this] { return left_ == 0; });
  }
  void wait_at_most(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    zero_.wait_for(lock, time, [this] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  size_t left_;
};

class DataPath final : public BrokerDataPath {
 public:
  DataPath(const DataPathOptions& options, const Clock& clock, ControlPlane& control)
      : options_(options),
        sessions_(static_cast<size_t>(std::max(options.fetch_session_slots, 0)),
                  std::random_device{}()),
        admission_(options.connections_max),
        clock_(clock),
        shared_{options_,
                clock,
                control,
                sessions_,
                directory_,
                quotas_,
                [this](ConnectionId connection) { connection_closed(connection); }} {}
  ~DataPath() override { stop(); }

  bool start() {
    const auto count = std::clamp<size_t>(
        static_cast<size_t>(std::max(options_.reactor_threads, 1)), 1, kReactorsMax);
    std::vector<PartitionWaker*> wakers;
    for (size_t i = 0; i < count; ++i) {
      workers_.push_back(std::make_unique<Worker>(i, shared_));
      wakers.push_back(workers_.back().get());
    }
    table_ = std::make_unique<PartitionTable>(std::move(wakers));
    if (std::all_of(workers_.begin(), workers_.end(),
                    [this](const auto& worker) { return worker->start(*table_); })) {
      return true;
    }
    for (auto& worker : workers_) worker->stop();
    stopped_ = true;
    return false;
  }

  Result<Endpoint, std::string> listen(const Endpoint& endpoint) override {
    const std::lock_guard lock(mutex_);
    if (stopped_) return Err(std::string("cannot listen: the broker is stopping"));
    auto bound = Listener::bind(endpoint, options_.socket_buffers);
    if (!bound) return Err(bound.error());
    listeners_.push_back(std::move(*bound));
    if (open_listener(*listeners_.back())) return listeners_.back()->endpoint();
    listeners_.pop_back();
    return Err("cannot listen on " + endpoint.host +
               ": the system has no room for one more socket");
  }

  void serve() override {
    const std::lock_guard lock(mutex_);
    if (stopped_ || serving_) return;
    serving_ = true;
    std::vector<Listener*> waiting;
    for (const auto& listener : listeners_) waiting.push_back(listener.get());
    acceptor().post(make_task([waiting = std::move(waiting)] {
      for (Listener* listener : waiting) listener->accept();
    }));
  }

  void host(HostedPartition partition) override { table_->host(std::move(partition)); }
  void host_unavailable(const TopicPartition& id, const Uuid& topic_id) override {
    table_->host_unavailable(id, topic_id);
  }
  void unhost(const TopicPartition& id) override { table_->unhost(id); }

  void respond(ConnectionId connection, uint64_t sequence, std::vector<uint8_t> frame) override {
    Worker* worker = worker_of(connection);
    if (worker == nullptr) return;
    worker->post(make_task([worker, connection, sequence, frame = std::move(frame)]() mutable {
      if (ClientConnection* client = worker->find(connection)) {
        client->respond(sequence, std::move(frame));
      }
    }));
  }

  void batch_opened(uint64_t token, BatchVerdict verdict,
                    std::vector<uint8_t> replacement) override {
    Worker* worker = worker_of(token);
    if (worker == nullptr) return;
    worker->post(make_task([worker, token, verdict = std::move(verdict),
                            replacement = std::move(replacement)]() mutable {
      worker->batch_opened(token, std::move(verdict), std::move(replacement));
    }));
  }

  std::optional<ConnectionInfo> connection_info(ConnectionId connection) const override {
    return directory_.find(connection);
  }

  DataPathStatistics statistics() const override {
    DataPathStatistics sum;
    for (const auto& worker : workers_) {
      const ConnectionCounters& net = worker->connection_counters();
      sum.connections += net.open.load(std::memory_order_relaxed);
      sum.connections_total += net.accepted.load(std::memory_order_relaxed);
      sum.bytes_in += net.bytes_in.load(std::memory_order_relaxed);
      sum.bytes_out += net.bytes_out.load(std::memory_order_relaxed);
      sum.frames_refused += net.frames_refused.load(std::memory_order_relaxed);
      sum.requests_produce += worker->counters().produce.load(std::memory_order_relaxed);
      sum.requests_fetch += worker->counters().fetch.load(std::memory_order_relaxed);
      sum.requests_control += worker->counters().control.load(std::memory_order_relaxed);
    }
    return sum;
  }

  void set_quotas(QuotaTable quotas) override { quotas_.set(std::move(quotas)); }
  void set_connection_limits(ConnectionLimitTable limits) override {
    admission_.set(std::move(limits));
    acceptor().post(make_task([this] {
      if (waits_for_room_.load()) look_again();
    }));
  }
  int32_t charge_request(const std::string& client_id, int64_t busy_ns) override {
    if (!quotas_.active()) return 0;
    return quotas_.charge(QuotaKind::request, client_id, thread_percent(busy_ns),
                          clock_.monotonic_ns() / 1000000);
  }
  void mute(ConnectionId connection, int32_t throttle_ms) override {
    Worker* worker = worker_of(connection);
    if (worker == nullptr) return;
    worker->post(make_task([worker, connection, throttle_ms] {
      if (ClientConnection* client = worker->find(connection)) client->mute(throttle_ms);
    }));
  }

  Traffic traffic(const std::string& topic) const override { return table_->traffic(topic); }

  Traffic traffic() const override {
    Traffic sum;
    for (const auto& worker : workers_) worker->all_traffic().add_to(&sum);
    return sum;
  }

  RequestLatencies latencies() const override {
    RequestLatencies sum;
    for (const auto& worker : workers_) {
      worker->counters().produce_latency.add_to(&sum.produce);
      worker->counters().fetch_latency.add_to(&sum.fetch);
    }
    return sum;
  }

  void stop() override {
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      stopped_ = true;
    }
    acceptor().post(make_task([this] {
      acceptor().reactor().timers().cancel(accept_timer_);
      acceptor().reactor().timers().cancel(close_timer_);
      late_.clear();
      accepting_.clear();
      for (auto& listener : listeners_) listener->close();
    }));
    auto idle = std::make_shared<Countdown>(workers_.size());
    for (auto& worker : workers_) worker->drain([idle] { idle->done(); });
    idle->wait_at_most(kDrainTimeMax);
    for (auto& worker : workers_) worker->stop();
    table_->clear();
  }

 private:
  Worker& acceptor() { return *workers_.front(); }

  // Has the acceptor's reactor watch the listener, and waits for it: whatever can fail does so now,
  // not in serve(). Called on another thread, under mutex_.
  bool open_listener(Listener& listener) {
    ASSERT(!acceptor().reactor().on_thread());
    auto done = std::make_shared<Countdown>(1);
    auto opened = std::make_shared<std::atomic<bool>>(false);
    acceptor().post(make_task([this, &listener, done, opened, accepts = serving_] {
      *opened = listener.open(
          acceptor().reactor(),
          [this, &listener](Socket socket) { admit(listener, std::move(socket)); },
          [this, &listener] { return may_accept(listener); }, accepts);
      if (*opened) accepting_.push_back(&listener);
      done->done();
    }));
    done->wait();
    return *opened;
  }

  // Ids and tokens carry the index of their reactor.
  Worker* worker_of(uint64_t id) const {
    const size_t index = ConnectionDirectory::reactor_of(id);
    return index < workers_.size() ? workers_[index].get() : nullptr;
  }

  // All of these run on the acceptor's thread, up to connection_closed().

  // False: the listener accepts nobody now, and look_again() will tell it when to go on.
  bool may_accept(const Listener& listener) {
    const int64_t now = acceptor().now_ms();
    const auto pause = accept_after_ms_.find(&listener);
    if (pause != accept_after_ms_.end() && now < pause->second) {
      look_again_by(pause->second);
      return false;
    }
    if (admission_.has_room(listener.endpoint())) {
      return true;
    }
    // Said first, then looked again: who closes meanwhile sees it.
    waits_for_room_.store(true);
    return admission_.has_room(listener.endpoint());
  }
  // One timer for all listeners: the pause that ends first sets it, the others set it again then.
  void look_again_by(int64_t due_ms) {
    TimerWheel& timers = acceptor().reactor().timers();
    if (accept_timer_.is_set() && accept_timer_.due_ms() <= due_ms) return;
    timers.cancel(accept_timer_);
    timers.set(accept_timer_, due_ms);
  }
  // There may be room, or the pause is over.
  void look_again() {
    waits_for_room_.store(false);
    for (Listener* listener : accepting_) {
      if (may_accept(*listener)) listener->accept();
    }
  }
  void admit(const Listener& listener, Socket socket) {
    const std::string host = plain_host(peer_endpoint(socket).host);
    const int64_t now = acceptor().now_ms();
    const Admission admission = admission_.admit(listener.endpoint(), host, now);
    if (admission.accept_after_ms > 0) {
      accept_after_ms_[&listener] = now + admission.accept_after_ms;
    }
    switch (admission.verdict) {
      case Admission::Verdict::serve:
        place(std::move(socket), listener.endpoint(), host);
        break;
      case Admission::Verdict::close_later:
        late_.push_back({now + admission.close_after_ms, std::move(socket)});
        if (!close_timer_.is_set()) {
          acceptor().reactor().timers().set(close_timer_, late_.back().due_ms);
        }
        break;
      case Admission::Verdict::close:
        break;
    }
  }
  // Closes what had to wait for it. They are few and short-lived: one pass over all.
  void close_late() {
    const int64_t now = acceptor().now_ms();
    std::erase_if(late_, [now](const Late& late) { return late.due_ms <= now; });
    int64_t next = INT64_MAX;
    for (const Late& late : late_) next = std::min(next, late.due_ms);
    if (!late_.empty()) acceptor().reactor().timers().set(close_timer_, next);
  }

  // Called on the connection's reactor, also for one that could not be opened.
  void connection_closed(ConnectionId connection) {
    Placed placed;
    {
      const std::lock_guard lock(placed_mutex_);
      auto found = placed_connections_.find(connection);
      if (found == placed_connections_.end()) return;
      placed = std::move(found->second);
      placed_connections_.erase(found);
    }
    admission_.closed(placed.listener, placed.host);
    if (waits_for_room_.load()) acceptor().post(make_task([this] { look_again(); }));
  }

  // Gives a new connection to the reactor with the fewest.
  void place(Socket socket, const Endpoint& listener, const std::string& host) {
    size_t best = 0;
    for (size_t i = 0; i < workers_.size(); ++i) {
      if (load_of(i) < load_of(best)) best = i;
    }
    ++placed_[best];
    Worker& worker = *workers_[best];
    const ConnectionId id = ConnectionDirectory::new_id(best);
    {
      const std::lock_guard lock(placed_mutex_);
      placed_connections_.emplace(id, Placed{listener, host});
    }
    if (worker.reactor().on_thread()) {
      worker.adopt(std::move(socket), id);
    } else {
      worker.post(make_task([&worker, id, socket = std::move(socket)]() mutable {
        worker.adopt(std::move(socket), id);
      }));
    }
  }
  // Connections given to the worker that are not closed, those on their way to it included.
  int64_t load_of(size_t worker) const {
    const ConnectionCounters& net = workers_[worker]->connection_counters();
    return static_cast<int64_t>(placed_[worker] - net.closed.load(std::memory_order_relaxed));
  }

  // A connection that is served, as it was admitted.
  struct Placed {
    Endpoint listener;
    std::string host;
  };
  // One that is closed when its time has come.
  struct Late {
    int64_t due_ms;
    Socket socket;
  };
  class AcceptTimer final : public Timer {
   public:
    using Action = void (DataPath::*)();
    AcceptTimer(DataPath& path, Action action) : path_(path), action_(action) {}
    void on_timer() override { (path_.*action_)(); }

   private:
    DataPath& path_;
    const Action action_;
  };

  const DataPathOptions options_;
  ConnectionDirectory directory_;
  FetchSessionCache sessions_;
  ClientQuotas quotas_;
  ConnectionAdmission admission_;
  const Clock& clock_;
  const DataPathShared shared_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<PartitionTable> table_;
  std::array<uint64_t, kReactorsMax> placed_{};  // per worker; the acceptor's thread only
  // Until when listeners accept nobody; the acceptor's thread only, as those below.
  std::unordered_map<const Listener*, int64_t> accept_after_ms_;
  std::vector<Late> late_;
  std::vector<Listener*> accepting_;  // open ones
  AcceptTimer accept_timer_{*this, &DataPath::look_again};
  AcceptTimer close_timer_{*this, &DataPath::close_late};
  std::atomic<bool> waits_for_room_{false};
  std::mutex placed_mutex_;
  std::unordered_map<ConnectionId, Placed> placed_connections_;  // guarded by placed_mutex_
  std::mutex mutex_;
  std::vector<std::unique_ptr<Listener>> listeners_;  // guarded by mutex_ until stopped_
  bool serving_ = false;                              // guarded by mutex_
  bool stopped_ = false;                              // guarded by mutex_
};

}  // namespace

std::unique_ptr<BrokerDataPath> BrokerDataPath::start(const DataPathOptions& options,
                                                      const Clock& clock, ControlPlane& control) {
  auto path = std::make_unique<DataPath>(options, clock, control);
  if (!path->start()) return nullptr;
  return path;
}

}  // namespace odradek
