#include "log/helper_pool.h"

#include <csignal>
#include <thread>

#include "log_fixture.h"

namespace odradek {

TEST_CASE("without threads, jobs run when they are due and in order") {
  ManualClock clock;
  HelperPool pool(clock);
  std::string order;
  pool.post_after(20, [&] { order += 'c'; });
  pool.post_after(10, [&] { order += 'b'; });
  pool.post([&] {
    order += 'a';
    pool.post([&] { order += '!'; });
  });
  pool.run_due();
  CHECK(order == "a!");
  clock.advance(10);
  pool.run_due();
  CHECK(order == "a!b");
  clock.advance(10);
  pool.run_due();
  CHECK(order == "a!bc");
  pool.stop();
  pool.post([&] { order += 'x'; });
  pool.run_due();
  CHECK(order == "a!bc");
}

TEST_CASE("helpers run jobs, also delayed ones, and drop the rest when they are stopped") {
  HelperPool pool(system_clock());
  REQUIRE(pool.start(2));
  std::atomic<int> ran{0};
  for (int i = 0; i < 100; ++i) pool.post([&] { ran.fetch_add(1); });
  pool.post_after(5, [&] { ran.fetch_add(1); });
  pool.post_after(1 << 30, [&] { ran.fetch_add(1000); });
  while (ran.load() < 101) std::this_thread::yield();
  pool.stop();
  pool.stop();
  CHECK(ran.load() == 101);
}

TEST_CASE("a background thread has its name and is deaf to signals") {
  std::string name;
  sigset_t mask;
  {
    auto thread = BackgroundThread::start("odradek-test", [&] {
      char buffer[32] = {};
      pthread_getname_np(pthread_self(), buffer, sizeof(buffer));
      name = buffer;
      pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    });
    REQUIRE(thread != nullptr);
  }
  CHECK(name == "odradek-test");
  CHECK(sigismember(&mask, SIGTERM) == 1);
  CHECK(sigismember(&mask, SIGBUS) == 0);
  sigset_t own;
  pthread_sigmask(SIG_SETMASK, nullptr, &own);
  CHECK(sigismember(&own, SIGTERM) == 0);
}

}  // namespace odradek
