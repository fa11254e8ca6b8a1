// A TCP connection to the broker under load.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace odradek::bench {

// Owns a descriptor; closes it when it goes.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket();
  Socket(Socket&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Socket& operator=(Socket&& other) noexcept;

  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// Connects with TCP_NODELAY, blocking; a failure ends the process with a sentence.
Socket connect_to(const std::string& host, const std::string& port);

// Makes later calls on the socket return EAGAIN instead of waiting.
void set_nonblocking(const Socket& socket);

// Bounds an answer that is kept whole.
inline constexpr uint32_t kAnswerBytesMax = 64 << 20;

// Sends a whole frame; for blocking sockets.
void send_all(const Socket& socket, const std::vector<uint8_t>& frame);

// Sends one frame and waits for its answer, without the size; for blocking sockets. A closed
// connection or an answer above kAnswerBytesMax ends the process.
std::vector<uint8_t> round_trip(const Socket& socket, const std::vector<uint8_t>& frame);

}  // namespace odradek::bench
