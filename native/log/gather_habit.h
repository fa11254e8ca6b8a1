// Whether a flush should wait a little for those whom the last one has released. Who sends one
// record after the other comes back soon; if the next flush starts without him, half of the senders
// wait for one flush while the other half is in the next. One that waits until they are back takes
// all of them. Whose records come by a clock of their own are not back sooner for being awaited,
// and all who are there already would wait in vain: of them fewer come within the wait than came
// during the flush, which is longer. So what is noted is the share that was back in time.
//
// Pure; belongs to one thread.
#pragma once

#include <algorithm>
#include <cstdint>

namespace odradek {

class GatherHabit {
 public:
  // Of records that come by a clock no more than half are back: the wait is shorter than the flush.
  static constexpr double kShareMin = 0.7;
  // So often it is tried where it did not pay.
  static constexpr int kTrialEvery = 64;

  // True if waiting has paid lately.
  bool pays() const { return share_ >= kShareMin; }

  // True if the next flush should wait.
  bool gathers() {
    if (pays()) return true;
    if (++rests_ < kTrialEvery) return false;
    rests_ = 0;
    return true;
  }

  // Of `released` appends, at least one, so many were followed by another in time.
  void gathered(uint64_t released, uint64_t back) {
    const double share =
        static_cast<double>(std::min(back, released)) / static_cast<double>(released);
    share_ += (share - share_) * kWeight;
  }

 private:
  static constexpr double kWeight = 0.125;  // of the newest

  double share_ = 0;
  int rests_ = 0;  // flushes since the last trial
};

}  // namespace odradek
