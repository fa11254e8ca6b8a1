#include <memory>
#include <vector>

#include "poller.h"
#include "run.h"
#include "tail_connection.h"

namespace odradek::bench {

namespace {

// All that was acknowledged has arrived, and nothing more will be sent.
bool has_all(const Options& options, const RunState& state,
             const std::vector<std::unique_ptr<TailConnection>>& connections) {
  if (state.producers_running.load() > 0) return false;
  int64_t batches = 0;
  for (const auto& each : connections) batches += each->batches();
  return batches == state.acknowledged.load() * (options.fan_out ? options.consumers : 1);
}

}  // namespace

void run_tail_worker(const Options& options, RunState& state, Counts& counts) {
  std::vector<std::unique_ptr<TailConnection>> connections;
  for (int i = 0; i < options.consumers; i++) {
    connections.push_back(std::make_unique<TailConnection>(options, state, i));
  }
  Poller poller(connections.size(), options.look);
  for (size_t i = 0; i < connections.size(); i++) poller.add(connections[i]->fd(), i);
  for (const auto& connection : connections) connection->issue();

  state.connected.count_down();
  state.begun.wait();
  while (!has_all(options, state, connections)) {
    for (const epoll_event& event : poller.wait()) {
      connections[event.data.u64]->receive(state, counts);
    }
  }
  state.workers_running.fetch_sub(1);
}

}  // namespace odradek::bench
