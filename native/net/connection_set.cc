#include "net/connection_set.h"

#include "base/assert.h"
#include "base/limits.h"
#include "net/connection.h"

namespace odradek {
namespace {

// Small frames are received into this and served where they lie. Frames that do not fit get a
// buffer of the pool.
constexpr size_t kScratchBytes = 128U << 10;
// Idle frame buffers kept for the next large frame.
constexpr size_t kIdleBufferBytesMax = 16U << 20;
constexpr int64_t kTrimIntervalMs = 1000;
static_assert(kScratchBytes > kFramePrefixBytes && kScratchBytes <= kIdleBufferBytesMax);

}  // namespace

ConnectionSet::ConnectionSet(Reactor& reactor, const ConnectionLimits& limits,
                             HandlerFactory factory)
    : reactor_(reactor),
      limits_(limits),
      factory_(std::move(factory)),
      buffers_(kIdleBufferBytesMax),
      scratch_(new uint8_t[kScratchBytes]),
      scratch_span_(scratch_.get(), kScratchBytes) {
  ASSERT(limits.frame_bytes_max > 0 && limits.unsent_bytes_max > 0);
  ASSERT(limits.frame_bytes_max <= kFrameBytesMax && factory_ != nullptr);
}

ConnectionSet::~ConnectionSet() {
  ASSERT(connections_.empty() && at_work_.empty());
  reactor_.timers().cancel(trim_timer_);
}

void ConnectionSet::adopt(Socket socket, uint64_t id) {
  ASSERT(reactor_.on_thread());
  ASSERT(!connections_.contains(id));
  auto connection = std::make_unique<Connection>(*this, std::move(socket), id);
  Connection& opened = *connection;
  if (!opened.open(factory_(opened))) {
    opened.handler_->on_closed();
    ConnectionCounters::add(counters_.closed, 1);
    return;
  }
  const bool added = connections_.emplace(id, std::move(connection)).second;
  ASSERT(added && !opened.is_closed());
  counters_.open.store(connections_.size(), std::memory_order_relaxed);
  ConnectionCounters::add(counters_.accepted, 1);
}

Connection* ConnectionSet::find(uint64_t id) {
  auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

void ConnectionSet::end_turn() {
  ASSERT(reactor_.on_thread() && at_work_.empty());
  while (!to_flush_.empty() || !to_resume_.empty()) {
    at_work_.swap(to_flush_);
    for (Connection* connection : at_work_) {
      if (connection->flush_queued_) connection->flush();
    }
    at_work_.clear();
    at_work_.swap(to_resume_);
    for (Connection* connection : at_work_) connection->resume();
    at_work_.clear();
  }
  if (buffers_.idle_bytes() > 0 && !trim_timer_.is_set()) {
    reactor_.timers().set(trim_timer_, reactor_.now_ms() + kTrimIntervalMs);
  }
}

void ConnectionSet::close_all() {
  for_each([](Connection& connection) { connection.close(); });
  ASSERT(connections_.empty());
}

void ConnectionSet::for_each(const std::function<void(Connection&)>& visit) {
  std::vector<uint64_t> ids;
  ids.reserve(connections_.size());
  for (const auto& entry : connections_) ids.push_back(entry.first);
  for (uint64_t id : ids) {
    if (Connection* connection = find(id)) visit(*connection);
  }
}

// The lists may still name it: it stays alive, closed, to the end of the turn.
void ConnectionSet::forget(Connection& connection) {
  auto found = connections_.find(connection.id());
  ASSERT(found != connections_.end() && found->second.get() == &connection);
  ASSERT(connection.is_closed());
  reactor_.bury(std::move(found->second));
  connections_.erase(found);
  counters_.open.store(connections_.size(), std::memory_order_relaxed);
  ConnectionCounters::add(counters_.closed, 1);
}

void ConnectionSet::trim() {
  ASSERT(reactor_.on_thread());
  buffers_.trim();
}

}  // namespace odradek
