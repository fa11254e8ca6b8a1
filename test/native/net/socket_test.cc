#include "net/socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

void wait_for(const Socket& socket, short events) {
  pollfd watched{socket.fd(), events, 0};
  REQUIRE(::poll(&watched, 1, 10000) == 1);
}

// A connection over loopback: the accepted end and the client's.
struct Loopback {
  explicit Loopback(const std::string& host = "127.0.0.1", const SocketBuffers& buffers = {}) {
    auto listening = listen_on({host, 0}, 5, buffers);
    REQUIRE_MESSAGE(listening.ok(), (listening.ok() ? std::string() : listening.error()));
    listener = std::move(*listening);
    const Endpoint endpoint = local_endpoint(listener);
    CHECK(endpoint.host == host);
    CHECK(endpoint.port != 0);
    Socket accepted;
    CHECK(accept_on(listener, &accepted) == AcceptOutcome::none_waiting);
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    REQUIRE(::getsockname(listener.fd(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    client = Socket(::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(client.fd(), reinterpret_cast<sockaddr*>(&address), length) == 0);
    ::fcntl(client.fd(), F_SETFL, O_NONBLOCK);
    wait_for(listener, POLLIN);
    REQUIRE(accept_on(listener, &accepted) == AcceptOutcome::accepted);
    server = std::move(accepted);
  }
  Socket listener;
  Socket server;
  Socket client;
};

}  // namespace

TEST_CASE("a socket closes its descriptor once, whoever owns it last") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  {
    Socket first(ends[0]);
    Socket second = std::move(first);
    CHECK_FALSE(first.is_open());  // NOLINT: what it promises
    CHECK(second.fd() == ends[0]);
    Socket third(ends[1]);
    third = std::move(second);
    CHECK(third.fd() == ends[0]);
    third.close();
    CHECK_FALSE(is_open(ends[0]));
    third.close();
    CHECK(is_open(ends[1]));
  }
  CHECK_FALSE(is_open(ends[1]));
  CHECK_FALSE(Socket().is_open());
}

TEST_CASE("an accepted socket does not block, is not inherited and sends at once") {
  Loopback loopback;
  CHECK((::fcntl(loopback.server.fd(), F_GETFL) & O_NONBLOCK) != 0);
  CHECK((::fcntl(loopback.server.fd(), F_GETFD) & FD_CLOEXEC) != 0);
  int no_delay = 0;
  socklen_t length = sizeof no_delay;
  REQUIRE(::getsockopt(loopback.server.fd(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &length) == 0);
  CHECK(no_delay != 0);
  CHECK(peer_endpoint(loopback.server).port == local_endpoint(loopback.client).port);
  CHECK(local_endpoint(loopback.server).port == local_endpoint(loopback.listener).port);
}

TEST_CASE("a port in use, a foreign address and a name are told apart in sentences") {
  Loopback loopback;
  const uint16_t port = local_endpoint(loopback.listener).port;
  const auto taken = listen_on({"127.0.0.1", port}, 5, {});
  REQUIRE_FALSE(taken.ok());
  CHECK(taken.error().find("127.0.0.1:" + std::to_string(port)) != std::string::npos);
  CHECK(taken.error().find("in use") != std::string::npos);
  const auto foreign = listen_on({"192.0.2.1", 0}, 5, {});  // set aside for documentation
  REQUIRE_FALSE(foreign.ok());
  CHECK(foreign.error().find("no such address") != std::string::npos);
  for (const char* name : {"localhost", "", "1.2.3", "::zz"}) {
    const auto named = listen_on({name, 0}, 5, {});
    REQUIRE_FALSE(named.ok());
    CHECK(named.error().find("numeric") != std::string::npos);
  }
}

TEST_CASE("bytes arrive as they were sent, whatever the pieces") {
  Loopback loopback;
  Bytes sent(300000);
  std::iota(sent.begin(), sent.end(), uint8_t{0});
  Bytes received;
  size_t at = 0;
  while (received.size() < sent.size()) {
    std::array<SendPiece, kSendPiecesMax> pieces;
    size_t count = 0;
    for (size_t next = at; next < sent.size() && count < pieces.size(); ++count) {
      const size_t size = std::min<size_t>(sent.size() - next, 1 + count * 37);
      pieces[count] = {sent.data() + next, size};
      next += size;
    }
    if (count > 0) {
      const Transfer out = send_pieces(loopback.server, pieces.data(), count, at % 2 == 0);
      REQUIRE(out.status != TransferStatus::failed);
      at += out.bytes;
    } else {
      wait_for(loopback.client, POLLIN);
    }
    std::array<uint8_t, 7000> piece;
    const Transfer in = receive_from(loopback.client, piece.data(), piece.size());
    REQUIRE(in.status != TransferStatus::failed);
    received.insert(received.end(), piece.begin(),
                    piece.begin() + static_cast<ptrdiff_t>(in.bytes));
  }
  CHECK(received == sent);
  std::array<uint8_t, 10> more;
  CHECK(receive_from(loopback.client, more.data(), more.size()).status == TransferStatus::blocked);
}

TEST_CASE("the end of the stream is seen behind the last byte, and not before") {
  Loopback loopback;
  CHECK_FALSE(at_end_of_stream(loopback.server));
  const uint8_t byte = 7;
  REQUIRE(::send(loopback.client.fd(), &byte, 1, 0) == 1);
  loopback.client.close();
  wait_for(loopback.server, POLLIN);
  CHECK_FALSE(at_end_of_stream(loopback.server));  // a byte is still to be read
  std::array<uint8_t, 10> into;
  const Transfer last = receive_from(loopback.server, into.data(), into.size());
  CHECK(last.status == TransferStatus::done);
  CHECK(last.bytes == 1);
  wait_for(loopback.server, POLLIN);
  CHECK(at_end_of_stream(loopback.server));
  const Transfer end = receive_from(loopback.server, into.data(), into.size());
  CHECK(end.status == TransferStatus::done);
  CHECK(end.bytes == 0);
}

TEST_CASE("sending to a peer that is gone fails, without a signal") {
  Loopback loopback;
  loopback.client.close();
  const Bytes bytes(1000, 1);
  const SendPiece piece{bytes.data(), bytes.size()};
  TransferStatus status = TransferStatus::done;
  for (int i = 0; i < 1000 && status != TransferStatus::failed; ++i) {
    status = send_pieces(loopback.server, &piece, 1, false).status;
    ::usleep(1000);
  }
  CHECK(status == TransferStatus::failed);
}

TEST_CASE("a full socket blocks, and goes on once it is read") {
  Loopback loopback;
  const Bytes bytes(1 << 20, 1);
  const SendPiece piece{bytes.data(), bytes.size()};
  size_t sent = 0;
  for (;;) {
    const Transfer out = send_pieces(loopback.server, &piece, 1, false);
    REQUIRE(out.status != TransferStatus::failed);
    if (out.status == TransferStatus::blocked) break;
    sent += out.bytes;
  }
  Bytes into(1 << 20);
  size_t received = 0;
  while (received < sent) {
    wait_for(loopback.client, POLLIN);
    received += receive_from(loopback.client, into.data(), into.size()).bytes;
  }
  wait_for(loopback.server, POLLOUT);
  CHECK(send_pieces(loopback.server, &piece, 1, false).status == TransferStatus::done);
}

TEST_CASE("an IPv6 address is written as such") {
  if (!listen_on({"::1", 0}, 5, {}).ok()) return;  // this machine has none
  Loopback loopback("::1");
  CHECK(peer_endpoint(loopback.server).host == "::1");
}

TEST_CASE("an IPv4 client of a listener for both is written as IPv4") {
  auto listener = listen_on({"::", 0}, 5, {});
  if (!listener.ok()) return;  // this machine has no IPv6
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(local_endpoint(*listener).port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const Socket client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(client.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  wait_for(*listener, POLLIN);
  Socket server;
  REQUIRE(accept_on(*listener, &server) == AcceptOutcome::accepted);
  CHECK(peer_endpoint(server).host == "127.0.0.1");
  CHECK(local_endpoint(server).host == "127.0.0.1");
  CHECK(peer_endpoint(server).port == local_endpoint(client).port);
}

#if defined(__linux__)
int buffer_bytes(const Socket& socket, int which) {
  int bytes = 0;
  socklen_t length = sizeof bytes;
  REQUIRE(::getsockopt(socket.fd(), SOL_SOCKET, which, &bytes, &length) == 0);
  return bytes;
}

TEST_CASE("an accepted socket has the buffers that its listener was given, or the system's") {
  auto accepted_with = [](const SocketBuffers& buffers) {
    const Loopback loopback("127.0.0.1", buffers);
    return std::array<int, 2>{buffer_bytes(loopback.server, SO_SNDBUF),
                              buffer_bytes(loopback.server, SO_RCVBUF)};
  };
  const auto own = accepted_with({});
  // Twice what was asked for: the system's own bookkeeping is in it.
  CHECK(accepted_with({.send = 102400}) == std::array<int, 2>{204800, own[1]});
  CHECK(accepted_with({.receive = 51200}) == std::array<int, 2>{own[0], 102400});
}
#endif

}  // namespace odradek
