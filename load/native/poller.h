// One epoll set for one worker's connections.
#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace odradek::bench {

class Poller {
 public:
  // `connections` is how many descriptors it will watch at most. One that looks never sleeps: it
  // only gives way to other threads of its processor.
  Poller(size_t connections, bool looks);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // Watches a descriptor for input; `tag` comes back with its events.
  void add(int fd, size_t tag);
  // Also wakes up when there is room to send, or no longer.
  void watch_output(int fd, size_t tag, bool on);
  // Waits at most 100 ms; the events are valid until the next call. data.u64 is the tag.
  std::span<const epoll_event> wait();
  // The same, and no longer than until a time of now_ns(): then an event has kTimerTag.
  std::span<const epoll_event> wait_until(int64_t deadline_ns);
  static constexpr uint64_t kTimerTag = UINT64_MAX;

 private:
  std::span<const epoll_event> take(int timeout_ms);
  std::span<const epoll_event> look_until(int64_t deadline_ns);
  void control(int operation, int fd, size_t tag, bool output);

  int fd_;
  const bool looks_;
  // Wakes up to the nanosecond where epoll_wait counts milliseconds. Made at its first use.
  int timer_fd_ = -1;
  int64_t armed_ns_ = 0;
  std::vector<epoll_event> events_;
};

}  // namespace odradek::bench
