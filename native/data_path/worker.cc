#include "data_path/worker.h"

#include "base/assert.h"

namespace odradek {
namespace {

// So many flushes of one produce in a row, and there is no other producer.
constexpr size_t kTurnsAlone = 4;
// Where so many wait, something comes sooner than a sleeping thread would be woken.
constexpr size_t kManyProduces = 16;
// Of the reactor while a flush is under way whose end is awaited by the next: about as long as a
// good disk takes for one.
constexpr int kLooksForFlush = 250;

ConnectionLimits limits_of(const DataPathOptions& options) {
  ConnectionLimits limits;
  limits.frame_bytes_max = static_cast<size_t>(options.frame_bytes_max);
  limits.idle_ms_max = options.connections_max_idle_ms;
  return limits;
}

}  // namespace

Worker::Worker(size_t index, const DataPathShared& shared)
    : index_(index),
      shared_(shared),
      reactor_("odr-reactor-" + std::to_string(index), shared.clock),
      connections_(reactor_, limits_of(shared.options),
                   [this](Connection& connection) -> std::unique_ptr<ConnectionHandler> {
                     return std::make_unique<ClientConnection>(*this, connection);
                   }),
      gate_(std::make_shared<ReactorGate>(reactor_)),
      traffic_(index) {
  ASSERT(index < kReactorsMax);
}

Worker::~Worker() { ASSERT(connections_.size() == 0 && woken_.empty()); }

bool Worker::start(const PartitionTable& table) {
  partitions_.emplace(table);
  produce_path_.emplace(*partitions_, shared_.clock, flush_turn_, traffic_);
  reactor_.on_turn([this] { end_turn(); });
  return reactor_.start();
}

void Worker::drain(std::function<void()> on_idle) {
  post(make_task([this, on_idle = std::move(on_idle)]() mutable {
    on_idle_ = std::move(on_idle);
    connections_.for_each([](Connection& connection) {
      static_cast<ClientConnection&>(connection.handler()).drain();
    });
  }));
}

void Worker::stop() {
  gate_->close();
  post(make_task([this] {
    connections_.end_turn();  // what is queued gets its chance
    connections_.close_all();
    woken_.clear();
  }));
  reactor_.stop();
}

void Worker::wake(std::shared_ptr<PartitionEntry> entry) {
  if (reactor_.on_thread()) {
    woken_.push_back(std::move(entry));
    return;
  }
  post(make_task(
      [this, entry = std::move(entry)]() mutable { woken_.push_back(std::move(entry)); }));
}

void Worker::adopt(Socket socket, ConnectionId id) {
  shared_.directory.add(id, {local_endpoint(socket), peer_endpoint(socket)});
  connections_.adopt(std::move(socket), id);
  if (on_idle_ == nullptr) return;
  if (ClientConnection* late = find(id)) late->drain();
}

ClientConnection* Worker::find(ConnectionId id) {
  Connection* connection = connections_.find(id);
  return connection == nullptr ? nullptr : static_cast<ClientConnection*>(&connection->handler());
}

void Worker::park(const std::shared_ptr<PartitionEntry>& entry, Waiter& waiter, Offset required) {
  entry->waiters(index_).add(waiter, required);
  entry->arm(index_);
  // After arming: what happened before is seen here, what happens later wakes us.
  const PartitionLog& log = entry->log();
  if (log.high_watermark() >= required || entry->has_change(index_) || entry->is_retired() ||
      !log.online()) {
    woken_.push_back(entry);
  }
}

void Worker::end_turn() {
  do {
    serve_woken();
    connections_.end_turn();
    flush();
  } while (!woken_.empty());
  if (waiting_produces_ >= kManyProduces) {
    reactor_.stay_awake(1);
  } else if (waiting_produces_ > 0 && is_awaited_) {
    reactor_.stay_awake(kLooksForFlush);
  }
  if (on_idle_) note_drained();
}

// A produce that is always alone is committed here, which saves two changes of threads. Where there
// are others, they are taken in while the disk works for the first.
void Worker::flush() {
  if (flush_turn_.empty()) return;
  is_awaited_ = flush_turn_.gathers();
  turns_alone_ = waiting_produces_ == 1 ? turns_alone_ + 1 : 0;
  if (turns_alone_ > kTurnsAlone) {
    flush_turn_.carry_out();
  } else {
    flush_turn_.hand_over();
  }
}

void Worker::serve_woken() {
  while (!woken_.empty()) {
    serving_.swap(woken_);
    for (const std::shared_ptr<PartitionEntry>& entry : serving_) {
      WaiterList& waiters = entry->waiters(index_);
      const PartitionLog& log = entry->log();
      if (entry->take_change(index_) || entry->is_retired() || !log.online()) waiters.wake_all();
      waiters.wake(log.high_watermark());
      if (waiters.empty()) continue;
      entry->arm(index_);
      if (waiters.front_required() <= log.high_watermark()) woken_.push_back(entry);
    }
    serving_.clear();
  }
}

void Worker::note_drained() {
  if (waiting_produces_ > 0) return;
  on_idle_();
  on_idle_ = [] {};  // still draining, told already
}

uint64_t Worker::open_token(ConnectionId connection) {
  const uint64_t token = ++last_token_ * kReactorsMax + index_;
  openings_.emplace(token, connection);
  return token;
}

void Worker::forget_openings(const std::vector<uint64_t>& tokens) {
  for (uint64_t token : tokens) openings_.erase(token);
}

void Worker::batch_opened(uint64_t token, BatchVerdict verdict, std::vector<uint8_t> replacement) {
  auto found = openings_.find(token);
  if (found == openings_.end()) return;
  const ConnectionId id = found->second;
  openings_.erase(found);
  if (ClientConnection* connection = find(id)) {
    connection->batch_opened(token, std::move(verdict), std::move(replacement));
  }
}

std::function<void()> Worker::warmed_task(ConnectionId connection, uint64_t sequence) {
  return [this, gate = gate_, connection, sequence] {
    gate->post(make_task([this, connection, sequence] {
      if (ClientConnection* client = find(connection)) client->fetch_warmed(sequence);
    }));
  };
}

void Worker::connection_closed(ConnectionId connection) {
  shared_.on_closed(connection);
  shared_.directory.remove(connection);
  shared_.control.on_connection_closed(connection);
}

}  // namespace odradek
