// Whether a thread should look for work some times over before it sleeps, by how its last waits
// went. To wake a sleeping thread takes tens of microseconds, on a virtual machine mostly for its
// processor to come back; who expects work sooner saves that by looking around. Who looks around in
// vain takes a processor from others: after that it sleeps some times without looking, more often
// the more often it was in vain.
//
// Pure; belongs to one thread.
#pragma once

#include <algorithm>
#include <cstdint>

namespace odradek {

class WaitHabit {
 public:
  // A sleep that was shorter than this would have been about as long as looking around.
  static constexpr int64_t kShortSleepNs = 60000;
  // At most so many sleeps go without looking after one look in vain.
  static constexpr int kRestsMax = 64;

  // `told`: there is other reason to expect work.
  bool looks_first(bool told) const { return (told || expects_work_) && rests_ == 0; }

  void looked(bool found) {
    expects_work_ = found;
    penalty_ = found ? penalty_ / 2 : std::min(kRestsMax, penalty_ * 2 + 1);
    if (!found) rests_ = penalty_;
  }

  void slept(int64_t ns) {
    expects_work_ = ns < kShortSleepNs;
    rests_ = std::max(rests_ - 1, 0);
  }

 private:
  bool expects_work_ = false;
  int penalty_ = 0;  // sleeps that the next look in vain costs, about half of it
  int rests_ = 0;    // sleeps that still go without a look
};

}  // namespace odradek
