#include "log/write_window_pool.h"

#include <thread>
#include <vector>

#include "log_fixture.h"

namespace odradek {

TEST_CASE("a pool hands out its places and takes them back") {
  WriteWindowPool pool(2);
  auto first = pool.take();
  {
    auto second = pool.take();
    CHECK(static_cast<bool>(second));
    CHECK_FALSE(static_cast<bool>(pool.take()));
  }
  CHECK(pool.taken() == 1);
  auto moved = std::move(first);
  CHECK(pool.taken() == 1);
  moved = pool.take();  // takes one, then gives the old one back
  CHECK(pool.taken() == 1);
  moved = WriteWindowPool::Place();
  CHECK(pool.taken() == 0);
}

TEST_CASE("a pool is never overdrawn") {
  WriteWindowPool pool(3);
  std::atomic<bool> overdrawn{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 5000; ++k) {
        auto place = pool.take();
        if (pool.taken() > 3) overdrawn = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(overdrawn);
  CHECK(pool.taken() == 0);
}

}  // namespace odradek
