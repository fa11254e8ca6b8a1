#include "poller.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fatal.h"

namespace odradek::bench {

Poller::Poller(size_t connections) : fd_(epoll_create1(EPOLL_CLOEXEC)), events_(connections) {
  if (fd_ < 0) fatal("epoll_create1 failed: %s", std::strerror(errno));
}

Poller::~Poller() { close(fd_); }

void Poller::control(int operation, int fd, size_t tag, bool output) {
  epoll_event event{};
  event.events = EPOLLIN | (output ? EPOLLOUT : 0U);
  event.data.u64 = tag;
  if (epoll_ctl(fd_, operation, fd, &event) != 0) fatal("epoll_ctl: %s", std::strerror(errno));
}

void Poller::add(int fd, size_t tag) { control(EPOLL_CTL_ADD, fd, tag, false); }

void Poller::watch_output(int fd, size_t tag, bool on) { control(EPOLL_CTL_MOD, fd, tag, on); }

std::span<const epoll_event> Poller::wait() {
  const int count = epoll_wait(fd_, events_.data(), static_cast<int>(events_.size()), 100);
  if (count < 0 && errno != EINTR) fatal("epoll_wait: %s", std::strerror(errno));
  return {events_.data(), count < 0 ? 0 : static_cast<size_t>(count)};
}

}  // namespace odradek::bench
