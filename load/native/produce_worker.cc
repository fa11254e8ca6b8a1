#include <algorithm>
#include <ctime>
#include <memory>
#include <vector>

#include "poller.h"
#include "produce_connection.h"
#include "record_batch.h"
#include "run.h"

namespace odradek::bench {

namespace {

int64_t next_due_ns(const std::vector<std::unique_ptr<ProduceConnection>>& connections) {
  int64_t next = INT64_MAX;
  for (const auto& each : connections) next = std::min(next, each->next_due_ns());
  return next;
}

}  // namespace

void run_produce_worker(const Options& options, int index, RunState& state, Counts& counts) {
  std::vector<uint8_t> body =
      make_record_batch(options.records, options.record_bytes, int64_t{time(nullptr)} * 1000);
  body.resize(body.size() + kProduceTailBytes, 0);

  std::vector<std::unique_ptr<ProduceConnection>> connections;
  for (int i = index; i < options.connections; i += options.threads) {
    connections.push_back(std::make_unique<ProduceConnection>(options, i, body));
  }
  Poller poller(connections.size(), options.look);
  for (size_t i = 0; i < connections.size(); i++) poller.add(connections[i]->fd(), i);

  size_t open = connections.size();
  std::vector<bool> ended(connections.size());
  auto drive = [&](size_t i) {
    ProduceConnection& connection = *connections[i];
    connection.issue_and_send(state, counts);
    if (connection.wants_output() != connection.watching_output) {
      connection.watching_output = connection.wants_output();
      poller.watch_output(connection.fd(), i, connection.watching_output);
    }
    if (connection.finished() && !ended[i]) {
      ended[i] = true;
      open--;
    }
  };
  state.connected.count_down();
  state.begun.wait();
  for (const auto& connection : connections) connection->start_schedule(state.begun_ns.load());
  for (size_t i = 0; i < connections.size(); i++) drive(i);
  while (open > 0) {
    const int64_t due = options.rate == 0 ? INT64_MAX : next_due_ns(connections);
    for (const epoll_event& event : due == INT64_MAX ? poller.wait() : poller.wait_until(due)) {
      const size_t i = event.data.u64;
      if (i == Poller::kTimerTag) continue;
      if ((event.events & ~EPOLLOUT) != 0) connections[i]->receive(state, counts);
      drive(i);
    }
    // What is due now, and the end of the run, come without an event of a connection.
    for (size_t i = 0; options.rate != 0 && i < connections.size(); i++) drive(i);
  }
  for (const auto& connection : connections) state.acknowledged += connection->answered();
  state.producers_running.fetch_sub(1);
  state.workers_running.fetch_sub(1);
}

}  // namespace odradek::bench
