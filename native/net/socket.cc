#include "net/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/sendfile.h>
#endif

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include "base/assert.h"

namespace odradek {
namespace {

#if defined(__linux__)
constexpr int kSendFlags = MSG_NOSIGNAL;
constexpr int kMoreFlag = MSG_MORE;
#else
constexpr int kSendFlags = 0;  // SO_NOSIGPIPE is set on the socket
constexpr int kMoreFlag = 0;
#endif

struct Address {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

bool parse(const Endpoint& endpoint, Address* address) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address->storage);
  if (inet_pton(AF_INET, endpoint.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint.port);
    address->length = sizeof(sockaddr_in);
    return true;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address->storage);
  if (inet_pton(AF_INET6, endpoint.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint.port);
    address->length = sizeof(sockaddr_in6);
    return true;
  }
  return false;
}

Endpoint to_endpoint(Address* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address->storage);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    return {text, ntohs(v4->sin_port)};
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address->storage);
  if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
    inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, sizeof text);
  } else {
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  }
  return {text, ntohs(v6->sin6_port)};
}

#if defined(__linux__)
int new_stream_socket(int family) {
  return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
#else
// Linux sets the flags with the call that makes the socket; elsewhere there is a moment between.
int prepare(int fd) {
  if (fd < 0) return fd;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
  return fd;
}

int new_stream_socket(int family) { return prepare(::socket(family, SOCK_STREAM, 0)); }
#endif

std::string listen_failure(const Endpoint& endpoint, int error) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  std::string where =
      (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
  std::string start = "cannot listen on " + where + ": ";
  switch (error) {
    case EADDRINUSE:
      return start + "the port is in use; stop the process that holds it or choose another port";
    case EACCES:
    case EPERM:
      return start + "not permitted; choose a port above 1023 or run with the right to bind it";
    case EADDRNOTAVAIL:
      return start + "this machine has no such address; choose one of its own addresses";
    case EAFNOSUPPORT:
      return start + "this machine does not speak that address family; choose another address";
    case EMFILE:
    case ENFILE:
      return start + "too many open files; raise the limit (ulimit -n)";
    default:
      return start + std::strerror(error);
  }
}

static_assert(kSendPiecesMax <= IOV_MAX);

Transfer outcome_of(ssize_t moved, size_t size) {
  ASSERT(moved < 0 || static_cast<size_t>(moved) <= size);
  if (moved >= 0) return {TransferStatus::done, static_cast<size_t>(moved)};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
    return {TransferStatus::blocked, 0};
  }
  return {TransferStatus::failed, 0};
}

}  // namespace

void Socket::close() {
  // An interrupted close has closed on Linux; trying again could hit somebody else's descriptor.
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<Socket, std::string> listen_on(const Endpoint& endpoint, int backlog,
                                      const SocketBuffers& buffers) {
  ASSERT(backlog > 0);
  ASSERT(buffers.send == -1 || buffers.send > 0);
  ASSERT(buffers.receive == -1 || buffers.receive > 0);
  Address address;
  if (!parse(endpoint, &address)) {
    return Err("cannot listen on " + endpoint.host + ": not a numeric address");
  }
  Socket socket(new_stream_socket(address.storage.ss_family));
  if (!socket.is_open()) return Err(listen_failure(endpoint, errno));
  const int on = 1;
  const int off = 0;
  setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.storage.ss_family == AF_INET6) {
    setsockopt(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  // Before it listens: accepted sockets inherit them, and the handshake tells the window.
  if (buffers.send > 0) {
    setsockopt(socket.fd(), SOL_SOCKET, SO_SNDBUF, &buffers.send, sizeof buffers.send);
  }
  if (buffers.receive > 0) {
    setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUF, &buffers.receive, sizeof buffers.receive);
  }
  if (::bind(socket.fd(), address.get(), address.length) != 0) {
    return Err(listen_failure(endpoint, errno));
  }
  if (::listen(socket.fd(), backlog) != 0) return Err(listen_failure(endpoint, errno));
  return socket;
}

Socket spare_descriptor() { return Socket(new_stream_socket(AF_UNIX)); }

Endpoint local_endpoint(const Socket& socket) {
  Address address;
  if (::getsockname(socket.fd(), address.get(), &address.length) != 0) return {};
  return to_endpoint(&address);
}

Endpoint peer_endpoint(const Socket& socket) {
  Address address;
  if (::getpeername(socket.fd(), address.get(), &address.length) != 0) return {};
  return to_endpoint(&address);
}

AcceptOutcome accept_on(const Socket& listener, Socket* accepted) {
  ASSERT(listener.is_open() && accepted != nullptr && !accepted->is_open());
#if defined(__linux__)
  const int fd = ::accept4(listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
  const int fd = prepare(::accept(listener.fd(), nullptr, nullptr));
#endif
  if (fd >= 0) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *accepted = Socket(fd);
    return AcceptOutcome::accepted;
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK) return AcceptOutcome::none_waiting;
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
    return AcceptOutcome::out_of_descriptors;
  }
  return AcceptOutcome::failed;
}

Transfer receive_from(const Socket& socket, uint8_t* to, size_t size) {
  ASSERT(socket.is_open());
  ASSERT(to != nullptr && size > 0);
  ssize_t moved;
  do {
    moved = ::recv(socket.fd(), to, size, 0);
  } while (moved < 0 && errno == EINTR);
  return outcome_of(moved, size);
}

bool at_end_of_stream(const Socket& socket) {
  ASSERT(socket.is_open());
  uint8_t byte;
  return ::recv(socket.fd(), &byte, 1, MSG_PEEK) == 0;
}

Transfer send_pieces(const Socket& socket, const SendPiece* pieces, size_t count, bool more) {
  ASSERT(socket.is_open());
  ASSERT(count > 0 && count <= kSendPiecesMax);
  const int flags = kSendFlags | (more ? kMoreFlag : 0);
  ssize_t moved;
  if (count == 1) {
    do {
      moved = ::send(socket.fd(), pieces->data, pieces->size, flags);
    } while (moved < 0 && errno == EINTR);
    return outcome_of(moved, pieces->size);
  }
  std::array<iovec, kSendPiecesMax> vectors;
  size_t size = 0;
  for (size_t i = 0; i < count; ++i) {
    ASSERT(pieces[i].data != nullptr && pieces[i].size > 0);
    size += pieces[i].size;
    vectors[i] = {const_cast<uint8_t*>(pieces[i].data), pieces[i].size};
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  do {
    moved = ::sendmsg(socket.fd(), &message, flags);
  } while (moved < 0 && errno == EINTR);
  return outcome_of(moved, size);
}

Transfer send_file(const Socket& socket, int file_descriptor, int64_t position, size_t size) {
  ASSERT(file_descriptor >= 0 && size > 0);
  ASSERT(socket.is_open() && position >= 0);
#if defined(__linux__)
  off_t at = position;
  ssize_t moved;
  do {
    moved = ::sendfile(socket.fd(), file_descriptor, &at, size);
  } while (moved < 0 && errno == EINTR);
  // A file that ends early was cut under us: what was promised in the frame cannot follow.
  if (moved == 0) return {TransferStatus::failed, 0};
  return outcome_of(moved, size);
#else
  off_t length = static_cast<off_t>(size);
  const int result = ::sendfile(file_descriptor, socket.fd(), position, &length, nullptr, 0);
  if (result == 0 && length == 0) return {TransferStatus::failed, 0};
  if (result == 0 || length > 0) return {TransferStatus::done, static_cast<size_t>(length)};
  return outcome_of(errno == EINTR ? (errno = EAGAIN, -1) : -1, size);
#endif
}

}  // namespace odradek
