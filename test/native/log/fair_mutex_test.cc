#include "log/fair_mutex.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {

TEST_CASE("one who takes a fair mutex again at once keeps nobody out") {
  FairMutex mutex;
  int overtaken = 0;
  for (int round = 0; round < 20; ++round) {
    std::atomic<bool> had_its_turn{false};
    mutex.lock();
    std::thread waiter([&] {
      const std::lock_guard lock(mutex);
      had_its_turn = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // until it waits, as a rule
    mutex.unlock();
    mutex.lock();
    overtaken += had_its_turn ? 0 : 1;
    mutex.unlock();
    waiter.join();
  }
  // A plain mutex is taken again before the waiter has woken: nearly each time.
  CHECK(overtaken < 10);
}

TEST_CASE("a fair mutex excludes") {
  FairMutex mutex;
  int64_t count = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        const std::lock_guard lock(mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(count == 8000);
}

}  // namespace odradek
