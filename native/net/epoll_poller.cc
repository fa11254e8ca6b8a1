#if defined(__linux__)

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/assert.h"
#include "net/poller.h"

namespace odradek {
namespace {

constexpr size_t kEventsMax = 256;

uint32_t to_epoll(PollInterest interest) {
  return (interest.readable ? EPOLLIN : 0U) | (interest.writable ? EPOLLOUT : 0U);
}

class EpollPoller final : public Poller {
 public:
  explicit EpollPoller(int fd) : fd_(fd) { ASSERT(fd >= 0); }
  ~EpollPoller() override { ::close(fd_); }

  bool add(int fd, void* target, PollInterest interest) override {
    ASSERT(target != nullptr);
    return control(EPOLL_CTL_ADD, fd, target, interest);
  }
  void change(int fd, void* target, PollInterest interest) override {
    ASSERT(target != nullptr);
    const bool changed = control(EPOLL_CTL_MOD, fd, target, interest);
    ASSERT(changed);
  }
  void remove(int fd) override {
    const int result = ::epoll_ctl(fd_, EPOLL_CTL_DEL, fd, nullptr);
    ASSERT(result == 0);
  }

  size_t wait(std::span<PollEvent> events, int timeout_ms) override {
    ASSERT(!events.empty());
    const int room = static_cast<int>(std::min(events.size(), kEventsMax));
    const int count = ::epoll_wait(fd_, raw_.data(), room, timeout_ms);
    if (count < 0) {
      ASSERT(errno == EINTR);
      return 0;
    }
    ASSERT(count <= room);
    for (int i = 0; i < count; ++i) {
      const uint32_t bits = raw_[i].events;
      const bool broken = (bits & (EPOLLERR | EPOLLHUP)) != 0;
      ASSERT(raw_[i].data.ptr != nullptr);
      events[i] = {raw_[i].data.ptr, (bits & EPOLLIN) != 0 || broken, (bits & EPOLLOUT) != 0,
                   broken};
    }
    return static_cast<size_t>(count);
  }

 private:
  bool control(int operation, int fd, void* target, PollInterest interest) {
    ASSERT(fd >= 0 && fd != fd_);
    epoll_event event{};
    event.events = to_epoll(interest);
    event.data.ptr = target;
    return ::epoll_ctl(fd_, operation, fd, &event) == 0;
  }

  int fd_;
  std::array<epoll_event, kEventsMax> raw_;
};

}  // namespace

std::unique_ptr<Poller> make_poller() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) return nullptr;
  return std::make_unique<EpollPoller>(fd);
}

}  // namespace odradek

#endif
