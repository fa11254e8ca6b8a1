#include "base/clock.h"

#include <chrono>

namespace odradek {
namespace {

class SystemClock final : public Clock {
 public:
  TimestampMs now() const override {
    using namespace std::chrono;
    return TimestampMs(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
  }
  int64_t monotonic_ns() const override {
    using namespace std::chrono;
    return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
  }
};

}  // namespace

const Clock& system_clock() {
  // Never destroyed: our threads may still read it while the process exits.
  static const SystemClock* const clock = new SystemClock();
  return *clock;
}

}  // namespace odradek
