#include "socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "fatal.h"

namespace odradek::bench {

namespace {

void receive_all(int fd, uint8_t* data, size_t size) {
  while (size > 0) {
    const ssize_t got = recv(fd, data, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fatal("receiving from the broker failed: %s", std::strerror(errno));
    if (got == 0) fatal("the broker closed the connection");
    data += got;
    size -= static_cast<size_t>(got);
  }
}

}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Socket connect_to(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) fatal("cannot resolve %s: %s", host.c_str(), gai_strerror(error));
  int last_errno = 0;
  for (const addrinfo* a = found; a != nullptr; a = a->ai_next) {
    Socket socket(::socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol));
    if (socket.fd() >= 0 && connect(socket.fd(), a->ai_addr, a->ai_addrlen) == 0) {
      const int on = 1;
      setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      freeaddrinfo(found);
      return socket;
    }
    last_errno = errno;
  }
  fatal("cannot connect to %s:%s: %s", host.c_str(), port.c_str(), std::strerror(last_errno));
}

void set_nonblocking(const Socket& socket) {
  fcntl(socket.fd(), F_SETFL, fcntl(socket.fd(), F_GETFL) | O_NONBLOCK);
}

void send_all(const Socket& socket, const std::vector<uint8_t>& frame) {
  for (size_t done = 0; done < frame.size();) {
    const ssize_t sent = send(socket.fd(), frame.data() + done, frame.size() - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) fatal("sending to the broker failed: %s", std::strerror(errno));
    done += static_cast<size_t>(sent);
  }
}

std::vector<uint8_t> round_trip(const Socket& socket, const std::vector<uint8_t>& frame) {
  send_all(socket, frame);
  uint8_t size_bytes[4];
  receive_all(socket.fd(), size_bytes, sizeof(size_bytes));
  const auto size = load_be<uint32_t>(size_bytes);
  if (size < 4 || size > kAnswerBytesMax) fatal("the broker sent an answer of %u bytes", size);
  std::vector<uint8_t> answer(size);
  receive_all(socket.fd(), answer.data(), answer.size());
  return answer;
}

}  // namespace odradek::bench
