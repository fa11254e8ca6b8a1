// Both pollers against what the sockets themselves say: after any sequence of watching, changing
// and forgetting, exactly the descriptors that are ready are reported, for what they wait for.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <map>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "net/poller.h"
#include "net/socket.h"

namespace odradek {
namespace {

using Random = std::mt19937_64;

// A watched end of a socket pair; the other end makes it ready.
struct Watched {
  Watched() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    for (int fd : ends) ::fcntl(fd, F_SETFL, O_NONBLOCK);
    near = Socket(ends[0]);
    far = Socket(ends[1]);
  }
  void fill() {
    const std::vector<uint8_t> bytes(65536, 1);
    while (::send(near.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) continue;
  }
  static void drain(const Socket& socket) {
    std::vector<uint8_t> bytes(65536);
    while (::recv(socket.fd(), bytes.data(), bytes.size(), 0) > 0) continue;
  }

  Socket near;
  Socket far;
  PollInterest interest;
};

bool ready(const Socket& socket, short events) {
  pollfd asked{socket.fd(), events, 0};
  ::poll(&asked, 1, 0);
  return (asked.revents & events) != 0;
}

class Scenario {
 public:
  Scenario(uint64_t seed, std::unique_ptr<Poller> poller)
      : random_(seed), poller_(std::move(poller)) {
    REQUIRE(poller_ != nullptr);
  }

  void step() {
    const uint64_t kind = random_() % 8;
    if (kind < 2 || watched_.empty()) {
      add();
      return;
    }
    auto chosen = watched_.begin();
    std::advance(chosen, random_() % watched_.size());
    Watched& one = *chosen->second;
    switch (kind) {
      case 2:
        poller_->remove(one.near.fd());
        watched_.erase(chosen);
        break;
      case 3:
        one.interest = any_interest();
        poller_->change(one.near.fd(), &one, one.interest);
        break;
      case 4:
        one.fill();
        break;
      case 5:
        Watched::drain(one.near);
        Watched::drain(one.far);
        break;
      case 6: {
        const uint8_t byte = 1;
        if (one.far.is_open()) ::send(one.far.fd(), &byte, 1, MSG_NOSIGNAL);
        break;
      }
      default:
        if (random_() % 4 == 0) one.far.close();
        break;
    }
  }

  void check() {
    std::array<PollEvent, 64> events;
    const size_t count = poller_->wait(events, 0);
    std::map<void*, PollEvent> reported;
    for (size_t i = 0; i < count; ++i) {
      REQUIRE(watched_.contains(events[i].target));
      REQUIRE(reported.emplace(events[i].target, events[i]).second);  // once each
    }
    for (const auto& [target, one] : watched_) {
      const auto found = reported.find(target);
      const PollEvent event = found == reported.end() ? PollEvent{} : found->second;
      const bool is_broken = !one->far.is_open();
      CHECK(event.broken == is_broken);
      CHECK(event.readable == (is_broken || (one->interest.readable && ready(one->near, POLLIN))));
      if (!is_broken) {
        CHECK(event.writable == (one->interest.writable && ready(one->near, POLLOUT)));
      }
    }
  }

 private:
  PollInterest any_interest() {
    return {.readable = random_() % 2 == 0, .writable = random_() % 2 == 0};
  }
  void add() {
    if (watched_.size() >= 20) return;
    auto one = std::make_unique<Watched>();
    one->interest = any_interest();
    REQUIRE(poller_->add(one->near.fd(), one.get(), one->interest));
    void* target = one.get();
    watched_.emplace(target, std::move(one));
  }

  Random random_;
  std::unique_ptr<Poller> poller_;
  std::map<void*, std::unique_ptr<Watched>> watched_;
};

}  // namespace

TEST_CASE("what is ready is reported, and nothing else") {
  for (const bool portable : {false, true}) {
    CAPTURE(portable);
    for (uint64_t seed = 0; seed < 60; ++seed) {
      CAPTURE(seed);
      Scenario scenario(seed, portable ? make_portable_poller() : make_poller());
      for (int step = 0; step < 80; ++step) {
        CAPTURE(step);
        scenario.step();
        scenario.check();
      }
    }
  }
}

TEST_CASE("with more ready than there is room for, everyone has its turn") {
  for (const bool portable : {false, true}) {
    CAPTURE(portable);
    const auto poller = portable ? make_portable_poller() : make_poller();
    std::vector<std::unique_ptr<Watched>> watched;
    for (int i = 0; i < 30; ++i) {
      watched.push_back(std::make_unique<Watched>());
      REQUIRE(poller->add(watched.back()->near.fd(), watched.back().get(), {.writable = true}));
    }
    std::map<void*, int> reported;
    std::array<PollEvent, 4> events;
    for (int turn = 0; turn < 60; ++turn) {
      const size_t count = poller->wait(events, 0);
      REQUIRE(count == events.size());
      for (const PollEvent& event : events) ++reported[event.target];
    }
    CHECK(reported.size() == watched.size());
    for (const auto& [target, times] : reported) CHECK(times >= 6);
  }
}

TEST_CASE("a wait ends when its time is over, and not before") {
  for (const bool portable : {false, true}) {
    const auto poller = portable ? make_portable_poller() : make_poller();
    Watched quiet;
    REQUIRE(poller->add(quiet.near.fd(), &quiet, {.readable = true}));
    std::array<PollEvent, 4> events;
    timespec before{};
    timespec after{};
    ::clock_gettime(CLOCK_MONOTONIC, &before);
    CHECK(poller->wait(events, 30) == 0);
    ::clock_gettime(CLOCK_MONOTONIC, &after);
    const int64_t waited_ms =
        (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    CHECK(waited_ms >= 29);
  }
}

}  // namespace odradek
