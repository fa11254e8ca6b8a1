// The connections of one reactor, and what they share: the scratch buffer that small frames are
// received into, the pool for large ones, limits and counters.
//
// Threads: counters may be read from any thread; everything else belongs to the reactor's thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "net/buffer_pool.h"
#include "net/reactor.h"
#include "net/socket.h"

namespace odradek {

class Connection;
class ConnectionHandler;

// What one connection may cost.
struct ConnectionLimits {
  size_t frame_bytes_max = 100U << 20;   // longer frames close their connection
  int64_t idle_ms_max = 600000;          // without bytes in either direction; <= 0: for ever
  size_t unsent_bytes_max = 256U << 10;  // above it no further frame is taken
};

// Written by the reactor's thread alone, read by any.
struct ConnectionCounters {
  std::atomic<uint64_t> open{0};
  std::atomic<uint64_t> accepted{0};
  std::atomic<uint64_t> closed{0};  // adopted and closed, or refused
  std::atomic<uint64_t> bytes_in{0};
  std::atomic<uint64_t> bytes_out{0};
  std::atomic<uint64_t> frames_refused{0};

  // Cheaper than an atomic addition, and enough with one writer.
  static void add(std::atomic<uint64_t>& counter, uint64_t amount) {
    counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
};

// Owns the connections. One that closes is handed to the reactor, which destroys it at the end of
// the turn: lists and events may still name it until then.
class ConnectionSet {
 public:
  // Makes the handler of a new connection; never null.
  using HandlerFactory = std::function<std::unique_ptr<ConnectionHandler>(Connection&)>;

  // `reactor` must outlive the set. The owner calls end_turn() at the end of each turn.
  ConnectionSet(Reactor& reactor, const ConnectionLimits& limits, HandlerFactory factory);
  ~ConnectionSet();  // close_all() comes first

  // Serves a connected socket from now on. `id` must be new.
  void adopt(Socket socket, uint64_t id);
  // Null if it is closed or never was.
  Connection* find(uint64_t id);
  size_t size() const { return connections_.size(); }
  // Sends what is queued, resumes what may go on. Repeats until nothing is left to do.
  void end_turn();
  void close_all();
  // Calls `visit` for each open connection, which it may close.
  void for_each(const std::function<void(Connection&)>& visit);

  const ConnectionCounters& counters() const { return counters_; }
  const BufferPool& buffers() const { return buffers_; }

 private:
  friend class Connection;

  class TrimTimer final : public Timer {
   public:
    explicit TrimTimer(ConnectionSet& set) : set_(set) {}
    void on_timer() override { set_.trim(); }

   private:
    ConnectionSet& set_;
  };

  // The connection has closed.
  void forget(Connection& connection);
  // Gives idle frame buffers back to the system.
  void trim();

  Reactor& reactor_;
  const ConnectionLimits limits_;
  const HandlerFactory factory_;
  ConnectionCounters counters_;
  BufferPool buffers_;
  std::unique_ptr<uint8_t[]> scratch_;
  ByteSpan scratch_span_;
  TrimTimer trim_timer_{*this};
  std::unordered_map<uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> to_flush_;
  std::vector<Connection*> to_resume_;
  std::vector<Connection*> at_work_;  // the list being worked off by end_turn()
};

}  // namespace odradek
