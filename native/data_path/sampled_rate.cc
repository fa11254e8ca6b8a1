#include "data_path/sampled_rate.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"

namespace odradek {

void SampledRate::record(const RateWindows& windows, double amount, int64_t now_ms) {
  ASSERT(windows.count > 0 && windows.length_ms > 0);
  if (samples_.empty()) {
    samples_.push_back({now_ms, now_ms, 0});
  } else if (now_ms - samples_[current_].start_ms >= windows.length_ms) {
    current_ = (current_ + 1) % windows.count;
    if (current_ >= samples_.size()) {
      current_ = samples_.size();
      samples_.push_back({now_ms, now_ms, 0});
    } else {
      samples_[current_] = {now_ms, now_ms, 0};
    }
  }
  samples_[current_].amount += amount;
  samples_[current_].last_ms = now_ms;
}

double SampledRate::measure(const RateWindows& windows, int64_t now_ms) {
  purge(windows, now_ms);
  double sum = 0;
  for (const Sample& sample : samples_) sum += sample.amount;
  return sum * 1000.0 / static_cast<double>(elapsed_ms(windows, now_ms));
}

int64_t SampledRate::throttle_ms(const RateWindows& windows, double limit, int64_t now_ms) {
  ASSERT(limit > 0);
  const double rate = measure(windows, now_ms);
  if (rate <= limit) return 0;
  const auto elapsed = static_cast<double>(elapsed_ms(windows, now_ms));
  return std::llround(std::min((rate - limit) / limit * elapsed, 9e15));
}

bool SampledRate::is_idle(const RateWindows& windows, int64_t now_ms) const {
  const int64_t span = static_cast<int64_t>(windows.count) * windows.length_ms;
  return std::all_of(samples_.begin(), samples_.end(),
                     [&](const Sample& sample) { return now_ms - sample.last_ms >= span; });
}

// Empties the windows in which nothing was recorded for as long as all of them last.
void SampledRate::purge(const RateWindows& windows, int64_t now_ms) {
  const int64_t span = static_cast<int64_t>(windows.count) * windows.length_ms;
  for (Sample& sample : samples_) {
    if (now_ms - sample.last_ms >= span) sample = {now_ms, now_ms, 0};
  }
}

// From the oldest window to now, with the windows that are missing; at least 1.
int64_t SampledRate::elapsed_ms(const RateWindows& windows, int64_t now_ms) const {
  int64_t elapsed = 0;
  for (const Sample& sample : samples_) elapsed = std::max(elapsed, now_ms - sample.start_ms);
  const int64_t full = elapsed / windows.length_ms;
  const int64_t full_min = static_cast<int64_t>(windows.count) - 1;
  if (full < full_min) elapsed += (full_min - full) * windows.length_ms;
  return std::max<int64_t>(elapsed, 1);
}

}  // namespace odradek
