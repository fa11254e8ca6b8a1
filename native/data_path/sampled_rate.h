// How much of something comes a second, over the last windows of time, as Apache Kafka measures it
// for quotas (its SampledStat and Rate). Pure: the time is passed in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace odradek {

// Windows that a rate is measured over: quota.window.num and quota.window.size.seconds.
struct RateWindows {
  size_t count = 11;         // at least 1
  int64_t length_ms = 1000;  // at least 1
};

// One rate. Times may go back by a little, as those of several threads do.
//
// Of fewer windows than there should be, the missing ones count as empty: what comes first may be
// as much as the quota allows in all but one of the windows.
class SampledRate {
 public:
  // Adds `amount`, which is negative for what is taken back.
  void record(const RateWindows& windows, double amount, int64_t now_ms);
  // Amount per second.
  double measure(const RateWindows& windows, int64_t now_ms);
  // How long nothing may come until the rate is down to `limit`, which is above 0; 0 if it is.
  int64_t throttle_ms(const RateWindows& windows, double limit, int64_t now_ms);
  // True if nothing of it is measured any more: a new rate would answer the same.
  bool is_idle(const RateWindows& windows, int64_t now_ms) const;

 private:
  struct Sample {
    int64_t start_ms;
    int64_t last_ms;  // of the last record in it
    double amount;
  };

  void purge(const RateWindows& windows, int64_t now_ms);
  int64_t elapsed_ms(const RateWindows& windows, int64_t now_ms) const;

  std::vector<Sample> samples_;  // a ring of at most windows.count
  size_t current_ = 0;
};

}  // namespace odradek
