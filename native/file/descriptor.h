// An open file descriptor that closes itself, and the loop around interrupted system calls.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace odradek {

// Owns a descriptor; -1 owns nothing. Move only.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  // An interrupted close has closed on Linux; trying again could hit somebody else's descriptor.
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Calls `call` until it is not interrupted by a signal, and returns what it returned.
template <class Call>
auto without_interrupts(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace odradek
