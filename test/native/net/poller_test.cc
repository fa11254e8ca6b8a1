#include "net/poller.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "net/socket.h"

namespace odradek {
namespace {

struct Pair {
  Pair() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    near = Socket(ends[0]);
    far = Socket(ends[1]);
  }
  void send() { REQUIRE(::write(far.fd(), "x", 1) == 1); }
  Socket near;
  Socket far;
};

void check_poller(Poller& poller) {
  std::array<PollEvent, 8> events;
  Pair pair;
  int target = 0;
  REQUIRE(poller.add(pair.near.fd(), &target, {.readable = true}));
  CHECK(poller.wait(events, 0) == 0);

  pair.send();
  for (int again = 0; again < 2; ++again) {  // level triggered
    REQUIRE(poller.wait(events, 1000) == 1);
    CHECK(events[0].target == &target);
    CHECK(events[0].readable);
    CHECK_FALSE(events[0].writable);
    CHECK_FALSE(events[0].broken);
  }
  poller.change(pair.near.fd(), &target, {.writable = true});
  REQUIRE(poller.wait(events, 1000) == 1);
  CHECK(events[0].writable);
  CHECK_FALSE(events[0].readable);

  poller.change(pair.near.fd(), &target, {});
  CHECK(poller.wait(events, 0) == 0);
  pair.far.close();
  REQUIRE(poller.wait(events, 1000) == 1);  // whatever the interest
  CHECK(events[0].broken);
  poller.remove(pair.near.fd());
  CHECK(poller.wait(events, 0) == 0);
}

void check_fairness(Poller& poller) {
  constexpr size_t kPairs = 20;
  std::vector<Pair> pairs(kPairs);
  std::vector<int> targets(kPairs);
  for (size_t i = 0; i < kPairs; ++i) {
    REQUIRE(poller.add(pairs[i].near.fd(), &targets[i], {.readable = true}));
    pairs[i].send();
  }
  poller.remove(pairs[3].near.fd());
  poller.remove(pairs[19].near.fd());
  std::array<PollEvent, 4> events;
  std::set<void*> seen;
  for (int round = 0; round < 12; ++round) {
    const size_t count = poller.wait(events, 1000);
    REQUIRE(count > 0);
    for (size_t i = 0; i < count; ++i) seen.insert(events[i].target);
  }
  CHECK(seen.size() == kPairs - 2);
  CHECK_FALSE(seen.contains(&targets[3]));
}

TEST_CASE("the platform's poller tells what is ready") {
  check_poller(*make_poller());
  check_fairness(*make_poller());
}

TEST_CASE("so does the portable one") {
  check_poller(*make_portable_poller());
  check_fairness(*make_portable_poller());
}

}  // namespace
}  // namespace odradek
