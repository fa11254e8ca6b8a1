#include "log/fair_mutex.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {

TEST_CASE("one who takes a fair mutex again and again keeps nobody out") {
  FairMutex mutex;
  std::atomic<bool> stop{false};
  std::thread greedy([&] {
    while (!stop.load()) {
      const std::lock_guard lock(mutex);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) const std::lock_guard lock(mutex);
  const auto waited = std::chrono::steady_clock::now() - begin;
  stop.store(true);
  greedy.join();
  // About one hold of the other for each; a plain mutex let a waiter through after seconds.
  CHECK(waited < std::chrono::seconds(2));
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
