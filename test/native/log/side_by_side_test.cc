#include "log/side_by_side.h"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "log_fixture.h"

namespace odradek {

TEST_CASE("each thing is taken once, however many threads there are") {
  for (const bool threads : {false, true}) {
    for (const size_t count : {size_t{0}, size_t{1}, size_t{15}, size_t{5000}}) {
      CAPTURE(threads);
      CAPTURE(count);
      std::vector<std::atomic<int>> taken(count);
      std::mutex mutex;
      std::set<std::thread::id> ids;
      side_by_side(count, threads, [&](const NextIndex& next) {
        for (size_t i = next(); i < count; i = next()) taken[i].fetch_add(1);
        const std::lock_guard lock(mutex);
        ids.insert(std::this_thread::get_id());
      });
      for (const auto& times : taken) CHECK(times.load() == 1);
      CHECK(ids.contains(std::this_thread::get_id()));
      if (!threads || count < 32) CHECK(ids.size() == 1);
    }
  }
}

TEST_CASE("who stops taking leaves the rest to others, and nobody waits for it") {
  std::atomic<size_t> taken{0};
  side_by_side(100, false, [&](const NextIndex& next) {
    for (int i = 0; i < 10 && next() < 100; ++i) taken.fetch_add(1);
  });
  CHECK(taken.load() == 10);
}

}  // namespace odradek
