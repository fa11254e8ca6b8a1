#include "net/listener.h"

#include "base/assert.h"

namespace odradek {
namespace {

constexpr int kBacklog = 511;
// Connections taken in one event, before established ones have their turn.
constexpr int kAcceptsPerEvent = 64;
static_assert(kAcceptsPerEvent > 0 && kAcceptsPerEvent <= kBacklog);

}  // namespace

Result<std::unique_ptr<Listener>, std::string> Listener::bind(const Endpoint& endpoint,
                                                              const SocketBuffers& buffers) {
  auto socket = listen_on(endpoint, kBacklog, buffers);
  if (!socket) return Err(socket.error());
  return std::make_unique<Listener>(std::move(*socket));
}

Listener::Listener(Socket socket)
    : socket_(std::move(socket)), spare_(spare_descriptor()), endpoint_(local_endpoint(socket_)) {
  ASSERT(socket_.is_open());
}

Listener::~Listener() { ASSERT(reactor_ == nullptr); }

bool Listener::open(Reactor& reactor, OnAccepted on_accepted, MayAccept may_accept, bool accepts) {
  ASSERT(reactor_ == nullptr && socket_.is_open());
  if (!reactor.poller().add(socket_.fd(), this, {.readable = accepts})) return false;
  reactor_ = &reactor;
  on_accepted_ = std::move(on_accepted);
  may_accept_ = std::move(may_accept);
  return true;
}

void Listener::accept() {
  ASSERT(reactor_ != nullptr && socket_.is_open());
  reactor_->poller().change(socket_.fd(), this, {.readable = true});
}

void Listener::close() {
  if (reactor_ != nullptr) reactor_->poller().remove(socket_.fd());
  reactor_ = nullptr;
  socket_.close();
}

void Listener::on_poll(const PollEvent&) {
  ASSERT(reactor_ == nullptr || reactor_->on_thread());
  for (int i = 0; i < kAcceptsPerEvent && reactor_ != nullptr; ++i) {
    if (!may_accept_()) {
      reactor_->poller().change(socket_.fd(), this, {.readable = false});
      return;
    }
    Socket accepted;
    switch (accept_on(socket_, &accepted)) {
      case AcceptOutcome::accepted:
        on_accepted_(std::move(accepted));
        break;
      case AcceptOutcome::none_waiting:
        return;
      case AcceptOutcome::out_of_descriptors:
        turn_one_away();
        break;
      case AcceptOutcome::failed:
        break;
    }
  }
}

void Listener::turn_one_away() {
  ASSERT(socket_.is_open());
  spare_.close();
  Socket accepted;
  if (accept_on(socket_, &accepted) == AcceptOutcome::accepted) ++turned_away_;
  accepted.close();
  spare_ = spare_descriptor();
}

}  // namespace odradek
