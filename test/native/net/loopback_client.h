// A plain blocking TCP client for tests over loopback. Every wait has a deadline, so that a test
// fails instead of hanging.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "base/bytes.h"

namespace odradek {

using Bytes = std::vector<uint8_t>;

inline constexpr int kTestDeadlineMs = 10000;

class LoopbackClient {
 public:
  explicit LoopbackClient(uint16_t port, int receive_buffer_bytes = 0) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer_bytes > 0) {
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  LoopbackClient(LoopbackClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  LoopbackClient(const LoopbackClient&) = delete;
  LoopbackClient& operator=(const LoopbackClient&) = delete;
  ~LoopbackClient() { close(); }

  bool connected() const { return connected_; }
  int fd() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void stop_sending() { ::shutdown(fd_, SHUT_WR); }
  // Closes with a reset instead of a farewell.
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
  }

  // False if the connection is gone.
  bool send(ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes = bytes.subspan(static_cast<size_t>(sent));
    }
    return true;
  }
  bool send_frame(ByteView body) {
    Bytes frame(4 + body.size());
    store_be<int32_t>(frame.data(), static_cast<int32_t>(body.size()));
    std::copy(body.begin(), body.end(), frame.begin() + 4);
    return send(frame);
  }

  bool readable(int timeout_ms) {
    pollfd waiting{fd_, POLLIN, 0};
    return ::poll(&waiting, 1, timeout_ms) == 1;
  }
  // Exactly `count` bytes, or nothing if the connection ends or the deadline passes first.
  std::optional<Bytes> receive(size_t count) {
    Bytes bytes(count);
    size_t filled = 0;
    while (filled < count) {
      if (!readable(kTestDeadlineMs)) return std::nullopt;
      const ssize_t got = ::recv(fd_, bytes.data() + filled, count - filled, 0);
      if (got <= 0) return std::nullopt;
      filled += static_cast<size_t>(got);
    }
    return bytes;
  }
  std::optional<Bytes> receive_frame() {
    const auto prefix = receive(4);
    if (!prefix) return std::nullopt;
    return receive(static_cast<size_t>(load_be<int32_t>(prefix->data())));
  }
  // True if the other side closes before the deadline without sending anything.
  bool is_closed_by_peer(int timeout_ms = kTestDeadlineMs) {
    if (!readable(timeout_ms)) return false;
    uint8_t byte;
    return ::recv(fd_, &byte, 1, 0) <= 0;
  }

 private:
  int fd_ = -1;
  bool connected_ = false;
};

// Waits until `condition` holds; false if the deadline passes first.
template <class Condition>
bool eventually(Condition condition, int timeout_ms = kTestDeadlineMs) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace odradek
