// One accepted connection on its reactor: receives, cuts into frames, offers them to its handler in
// order, and sends what the handler queued.
//
// Back-pressure: a frame that the handler holds, or that comes while more than unsent_bytes_max
// wait to be sent, stays where it is and nothing more is received. So a peer that reads slowly, or
// sends half a frame, costs its own connection only: at most one frame, one scratch buffer and the
// answers of one request.
//
// Threads: belongs to its reactor's thread.
#pragma once

#include <cstdint>
#include <memory>

#include "net/connection_set.h"
#include "net/frame_decoder.h"
#include "net/reactor.h"
#include "net/send_queue.h"
#include "net/socket.h"

namespace odradek {

// What a handler says of a frame.
enum class FrameVerdict : uint8_t {
  taken,  // done with the bytes
  hold,   // offer it again after resume()
  close,  // the connection must go
};

// What a connection serves. Owned by it; destroyed some time after on_closed().
class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  // A whole frame without its length prefix. The bytes may be changed; they are gone afterwards.
  virtual FrameVerdict on_frame(ByteSpan frame) = 0;
  // The connection is gone. Called once; nothing may be sent any more.
  virtual void on_closed() = 0;
  // True while an answer is still owed: such a connection is not idle.
  virtual bool is_busy() const = 0;
};

// Made by its set, destroyed at the end of the turn in which it closed. Every method may close it,
// so whoever goes on afterwards asks is_closed() first.
class Connection final : public PollTarget {
 public:
  Connection(ConnectionSet& set, Socket socket, uint64_t id);
  ~Connection() override;

  uint64_t id() const { return id_; }
  const Socket& socket() const { return socket_; }
  bool is_closed() const { return !socket_.is_open(); }
  ConnectionHandler& handler() { return *handler_; }

  // Where answers go. Whoever adds to it calls flush_soon().
  SendQueue& send_queue() { return send_queue_; }
  // The queue is sent at the end of this event or turn.
  void flush_soon();
  // A held frame may be offered again; happens at the end of this turn.
  void resume_soon();
  // Closes at once: tells the handler, drops what was not sent.
  void close();

 private:
  friend class ConnectionSet;

  class IdleTimer final : public Timer {
   public:
    explicit IdleTimer(Connection& connection) : connection_(connection) {}
    void on_timer() override { connection_.on_idle_timer(); }

   private:
    Connection& connection_;
  };

  // Takes over the handler and starts to watch the socket. False if the poller refuses.
  bool open(std::unique_ptr<ConnectionHandler> handler);
  void on_poll(const PollEvent& event) override;
  void on_idle_timer();
  void receive();
  // Shows whole frames to the handler. False if nothing more may be received now: held or closed.
  bool offer_frames();
  void resume();
  void flush();
  void pause_reading();
  // Changes what the poller reports, if that is a change.
  void watch(PollInterest interest);

  ConnectionSet& set_;
  Socket socket_;
  const uint64_t id_;
  std::unique_ptr<ConnectionHandler> handler_;
  FrameDecoder decoder_;
  SendQueue send_queue_;
  IdleTimer idle_timer_{*this};
  int64_t active_ms_ = 0;  // when bytes last moved in either direction
  PollInterest interest_{};
  bool held_ = false;           // a frame waits in the decoder: nothing is received
  bool flush_queued_ = false;   // in the set's list
  bool resume_queued_ = false;  // in the set's list
};

}  // namespace odradek
