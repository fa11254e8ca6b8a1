// Waits for sockets to become readable or writable: the one thing that every platform does in its
// own way. Level triggered: what is not taken is reported again.
//
// Threads: a poller belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace odradek {

// What a descriptor waits for. An error or hang-up is always reported, as `readable`.
struct PollInterest {
  bool readable = false;
  bool writable = false;
  bool operator==(const PollInterest&) const = default;
};

// A descriptor that is ready.
struct PollEvent {
  void* target = nullptr;  // as given to add()
  bool readable = false;   // bytes, a connection, the end of the stream or an error wait
  bool writable = false;
  bool broken = false;  // error or hang-up: reported whatever the interest
};

// A set of watched descriptors.
class Poller {
 public:
  virtual ~Poller() = default;
  // Watches `fd`; events carry `target`, never null. False if the system refuses (no memory or
  // descriptors left).
  virtual bool add(int fd, void* target, PollInterest interest) = 0;
  // `fd` must be watched.
  virtual void change(int fd, void* target, PollInterest interest) = 0;
  // `fd` must be watched and still open.
  virtual void remove(int fd) = 0;
  // Waits at most timeout_ms (-1: for ever, 0: not at all) and fills `events` from the front;
  // returns how many.
  virtual size_t wait(std::span<PollEvent> events, int timeout_ms) = 0;
};

// The best poller of this platform; null if the system refuses to make one.
std::unique_ptr<Poller> make_poller();
// The one by poll(2), which works everywhere and costs more with many connections.
std::unique_ptr<Poller> make_portable_poller();

}  // namespace odradek
