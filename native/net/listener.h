// Accepts connections on a reactor and passes them on.
//
// Out of descriptors, a waiting connection would keep the poller awake for ever and its peer in the
// dark: a spare descriptor is given up, the connection accepted and closed, the spare taken again.
//
// Threads: bind() may be called from any thread; the rest belongs to the reactor's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/reactor.h"
#include "net/socket.h"

namespace odradek {

// One listening socket.
class Listener final : public PollTarget {
 public:
  using OnAccepted = std::function<void(Socket)>;
  // Asked before each connection is accepted. False: none is, until accept() is called again.
  using MayAccept = std::function<bool()>;

  // Binds and listens, see listen_on(); nothing is accepted yet, but peers can already connect, and
  // what they send waits in the system.
  static Result<std::unique_ptr<Listener>, std::string> bind(const Endpoint& endpoint,
                                                             const SocketBuffers& buffers = {});
  explicit Listener(Socket socket);
  ~Listener() override;

  // As bound, with the port that the system chose.
  const Endpoint& endpoint() const { return endpoint_; }
  // Ties it to `reactor`, which must outlive the listener; accepts from now on, or where `accepts`
  // is false after accept(). False if its poller refuses.
  bool open(Reactor& reactor, OnAccepted on_accepted, MayAccept may_accept, bool accepts);
  // Starts to accept, or goes on, first with those who have waited. It must be open.
  void accept();
  // Stops listening. The listener must then be buried or its reactor stopped.
  void close();

  // Connections that were closed for want of a descriptor.
  uint64_t turned_away() const { return turned_away_; }

 private:
  void on_poll(const PollEvent& event) override;
  void turn_one_away();

  Socket socket_;
  Socket spare_;
  Endpoint endpoint_;
  Reactor* reactor_ = nullptr;  // null until open() and after close()
  OnAccepted on_accepted_;
  MayAccept may_accept_;
  uint64_t turned_away_ = 0;
};

}  // namespace odradek
