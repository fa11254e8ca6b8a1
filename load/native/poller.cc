#include "poller.h"

#include <sched.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cpu_clock.h"
#include "fatal.h"

namespace odradek::bench {

namespace {

constexpr int kWaitMs = 100;
constexpr int64_t kNsPerMs = 1'000'000;

}  // namespace

Poller::Poller(size_t connections, bool looks)
    : fd_(epoll_create1(EPOLL_CLOEXEC)), looks_(looks), events_(connections + 1) {
  if (fd_ < 0) fatal("epoll_create1 failed: %s", std::strerror(errno));
}

Poller::~Poller() {
  close(fd_);
  if (timer_fd_ >= 0) close(timer_fd_);
}

void Poller::control(int operation, int fd, size_t tag, bool output) {
  epoll_event event{};
  event.events = EPOLLIN | (output ? EPOLLOUT : 0U);
  event.data.u64 = tag;
  if (epoll_ctl(fd_, operation, fd, &event) != 0) fatal("epoll_ctl: %s", std::strerror(errno));
}

void Poller::add(int fd, size_t tag) { control(EPOLL_CTL_ADD, fd, tag, false); }

void Poller::watch_output(int fd, size_t tag, bool on) { control(EPOLL_CTL_MOD, fd, tag, on); }

std::span<const epoll_event> Poller::wait() {
  return looks_ ? look_until(now_ns() + kWaitMs * kNsPerMs) : take(kWaitMs);
}

std::span<const epoll_event> Poller::look_until(int64_t deadline_ns) {
  for (;;) {
    const auto events = take(0);
    if (!events.empty() || now_ns() >= deadline_ns) return events;
    sched_yield();
  }
}

std::span<const epoll_event> Poller::take(int timeout_ms) {
  const int count = epoll_wait(fd_, events_.data(), static_cast<int>(events_.size()), timeout_ms);
  if (count < 0 && errno != EINTR) fatal("epoll_wait: %s", std::strerror(errno));
  return {events_.data(), count < 0 ? 0 : static_cast<size_t>(count)};
}

std::span<const epoll_event> Poller::wait_until(int64_t deadline_ns) {
  if (looks_) return look_until(std::min(deadline_ns, now_ns() + kWaitMs * kNsPerMs));
  if (timer_fd_ < 0) {
    timer_fd_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer_fd_ < 0) fatal("timerfd_create: %s", std::strerror(errno));
    epoll_event event{};
    // An edge needs no read: arming the timer again forgets that it has expired.
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = kTimerTag;
    if (epoll_ctl(fd_, EPOLL_CTL_ADD, timer_fd_, &event) != 0) {
      fatal("epoll_ctl: %s", std::strerror(errno));
    }
  }
  if (deadline_ns != armed_ns_) {
    armed_ns_ = deadline_ns;
    itimerspec at{};
    at.it_value.tv_sec = deadline_ns / 1'000'000'000;
    at.it_value.tv_nsec = deadline_ns % 1'000'000'000;
    if (timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &at, nullptr) != 0) {
      fatal("timerfd_settime: %s", std::strerror(errno));
    }
  }
  return wait();
}

}  // namespace odradek::bench
