#include "net/reactor.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "net/loopback_client.h"

namespace odradek {
namespace {

TEST_CASE("tasks run in the order of the posts, on the reactor's thread") {
  Reactor reactor("test-reactor", system_clock());
  REQUIRE(reactor.start());
  std::vector<int> order;
  std::atomic<bool> done{false};
  std::atomic<bool> elsewhere{false};
  for (int i = 0; i < 1000; ++i) {
    reactor.post(make_task([&, i] {
      order.push_back(i);
      if (!reactor.on_thread()) elsewhere = true;
      if (i == 999) done = true;
    }));
  }
  REQUIRE(eventually([&] { return done.load(); }));
  for (int i = 0; i < 1000; ++i) REQUIRE(order[static_cast<size_t>(i)] == i);
  CHECK_FALSE(elsewhere);
  CHECK_FALSE(reactor.on_thread());
}

TEST_CASE("no post is slept over, from four threads") {
  Reactor reactor("test-reactor", system_clock());
  REQUIRE(reactor.start());
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        const int before = ran.load();
        reactor.post(make_task([&] { ++ran; }));
        // Now and then let it fall asleep first.
        if (i % 100 == 0) REQUIRE(eventually([&] { return ran.load() > before; }));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(eventually([&] { return ran.load() == 20000; }));
}

// Counts how often somebody looked without waiting, and how often somebody waited.
class CountingPoller final : public Poller {
 public:
  bool add(int fd, void* target, PollInterest interest) override {
    return poller_->add(fd, target, interest);
  }
  void change(int fd, void* target, PollInterest interest) override {
    poller_->change(fd, target, interest);
  }
  void remove(int fd) override { poller_->remove(fd); }
  size_t wait(std::span<PollEvent> events, int timeout_ms) override {
    (timeout_ms == 0 ? looks : sleeps).fetch_add(1);
    return poller_->wait(events, timeout_ms);
  }
  std::atomic<int> looks{0};
  std::atomic<int> sleeps{0};

 private:
  std::unique_ptr<Poller> poller_ = make_poller();
};

TEST_CASE("a reactor that stays awake looks as told, then sleeps, and more seldom if in vain") {
  auto counting = std::make_unique<CountingPoller>();
  CountingPoller& poller = *counting;
  Reactor reactor("test-reactor", system_clock(), std::move(counting));
  REQUIRE(reactor.start());
  constexpr int kRounds = 50;
  constexpr int kLooks = 200;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> ran{0};
    // So long that by itself it does not look.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const int sleeps = poller.sleeps.load();
    reactor.post(make_task([&] {
      reactor.stay_awake(kLooks);
      ++ran;
    }));
    REQUIRE(eventually([&] { return poller.sleeps.load() > sleeps; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    reactor.post(make_task([&] { ++ran; }));
    REQUIRE(eventually([&] { return ran.load() == 2; }));
  }
  reactor.stop();
  // The first time, and after 1, 3, 7, 15, 31 and 63 sleeps, of which there are two a round.
  CHECK(poller.looks.load() >= 5 * kLooks);
  CHECK(poller.looks.load() <= 8 * kLooks);
}

TEST_CASE("a reactor looks before it sleeps where work has come soon, and no longer") {
  auto counting = std::make_unique<CountingPoller>();
  CountingPoller& poller = *counting;
  Reactor reactor("test-reactor", system_clock(), std::move(counting));
  REQUIRE(reactor.start());
  constexpr int kPosts = 2000;
  std::atomic<int> ran{0};
  for (int i = 0; i < kPosts; ++i) {
    reactor.post(make_task([&] { ++ran; }));
    while (ran.load() <= i) std::this_thread::yield();
  }
  const int looks = poller.looks.load();
  CHECK(looks > 0);
  constexpr int kLatePosts = 100;
  for (int i = 0; i < kLatePosts; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    reactor.post(make_task([&] { ++ran; }));
    REQUIRE(eventually([&] { return ran.load() == kPosts + i + 1; }));
  }
  reactor.stop();
  // The last look of the first part may end in the second, which has none of its own.
  CHECK(poller.looks.load() - looks <= 2 * 100);
}

TEST_CASE("timers fire on time") {
  class Probe final : public Timer {
   public:
    std::atomic<int64_t> fired_at{0};

   private:
    void on_timer() override { fired_at = system_clock().monotonic_ns(); }
  };
  Reactor reactor("test-reactor", system_clock());
  REQUIRE(reactor.start());
  Probe probe;
  const int64_t start = system_clock().monotonic_ns();
  reactor.post(make_task([&] { reactor.timers().set(probe, reactor.now_ms() + 50); }));
  REQUIRE(eventually([&] { return probe.fired_at.load() != 0; }));
  const int64_t waited_ms = (probe.fired_at - start) / 1000000;
  CHECK(waited_ms >= 49);
  CHECK(waited_ms < 1000);
}

TEST_CASE("the thread leaves signals to others and has its name") {
  Reactor reactor("odr-reactor-0-and-more", system_clock());
  REQUIRE(reactor.start());
  std::atomic<bool> done{false};
  bool term_blocked = false;
  bool pipe_blocked = false;
  bool bus_blocked = true;
  char name[32] = "";
  reactor.post(make_task([&] {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    term_blocked = sigismember(&mask, SIGTERM) == 1;
    pipe_blocked = sigismember(&mask, SIGPIPE) == 1;
    bus_blocked = sigismember(&mask, SIGBUS) == 1;
    pthread_getname_np(pthread_self(), name, sizeof name);
    done = true;
  }));
  REQUIRE(eventually([&] { return done.load(); }));
  CHECK(term_blocked);
  CHECK(pipe_blocked);
  CHECK_FALSE(bus_blocked);
  CHECK(std::string(name) == "odr-reactor-0-a");
  sigset_t mine;
  pthread_sigmask(SIG_SETMASK, nullptr, &mine);
  CHECK(sigismember(&mine, SIGTERM) == 0);  // the maker's own are as before
}

TEST_CASE("a stop runs what was posted before it, and can be repeated") {
  std::atomic<int> ran{0};
  {
    Reactor reactor("test-reactor", system_clock(), make_portable_poller());
    REQUIRE(reactor.start());
    for (int i = 0; i < 100; ++i) reactor.post(make_task([&] { ++ran; }));
    reactor.stop();
    CHECK(ran == 100);
    reactor.post(make_task([&] { ++ran; }));
    reactor.stop();
  }
  CHECK(ran == 100);
}

}  // namespace
}  // namespace odradek
