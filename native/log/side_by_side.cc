#include "log/side_by_side.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "log/background_thread.h"

namespace odradek {
namespace {

constexpr size_t kThingsPerThread = 16;
constexpr size_t kThreadsMax = 8;

}  // namespace

void side_by_side(size_t count, bool threads, const std::function<void(const NextIndex&)>& work) {
  std::atomic<size_t> next{0};
  const NextIndex take = [&] { return next.fetch_add(1, std::memory_order_relaxed); };
  std::vector<std::unique_ptr<BackgroundThread>> others;  // joined when they go
  if (threads) {
    const size_t processors = std::max(1U, std::thread::hardware_concurrency());
    const size_t wanted = std::min({processors, kThreadsMax, count / kThingsPerThread});
    for (size_t i = 1; i < wanted; ++i) {
      // Without one more the others do its part.
      others.push_back(BackgroundThread::start("odradek-work", [&] { work(take); }));
    }
  }
  work(take);
}

}  // namespace odradek
