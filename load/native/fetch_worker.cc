#include <memory>
#include <vector>

#include "fetch_connection.h"
#include "poller.h"
#include "run.h"

namespace odradek::bench {

void run_fetch_worker(const Options& options, int index, RunState& state, Counts& counts) {
  std::vector<std::unique_ptr<FetchConnection>> connections;
  for (int i = index; i < options.connections; i += options.threads) {
    connections.push_back(std::make_unique<FetchConnection>(options, i));
  }
  Poller poller(connections.size(), options.look);
  for (size_t i = 0; i < connections.size(); i++) poller.add(connections[i]->fd(), i);
  std::vector<uint8_t> buffer(FetchConnection::kBufferBytes);

  size_t open = connections.size();
  state.connected.count_down();
  state.begun.wait();
  for (const auto& connection : connections) {
    connection->issue(state);
    if (connection->finished()) open--;
  }
  while (open > 0) {
    for (const epoll_event& event : poller.wait()) {
      FetchConnection& connection = *connections[event.data.u64];
      connection.receive(buffer, state, counts);
      if (connection.finished()) open--;
    }
  }
  state.workers_running.fetch_sub(1);
}

}  // namespace odradek::bench
