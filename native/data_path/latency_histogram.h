// How long requests take, in buckets whose width grows with the time: each power of two of
// microseconds is cut in four, so a quantile is at most a quarter too large. The same formula is in
// src/telemetry/latency-histogram.ts.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace odradek {

// The last one holds everything from 2 minutes 37 seconds on (7/4 of 2^27 microseconds).
inline constexpr size_t kLatencyBuckets = 108;

// A sum over reactors.
struct LatencyCounts {
  std::array<uint64_t, kLatencyBuckets> buckets{};
  uint64_t sum_us = 0;
};

// Written by one thread, read by any.
class LatencyHistogram {
 public:
  static size_t bucket_of(uint64_t us) {
    if (us < 4) return static_cast<size_t>(us);
    const auto power = static_cast<size_t>(std::bit_width(us)) - 1;
    // On macOS size_t is another type than uint64_t.
    const auto quarter = static_cast<size_t>((us >> (power - 2)) & 3);
    return std::min(4 * (power - 1) + quarter, kLatencyBuckets - 1);
  }

  // `ns` below zero counts as zero.
  void observe(int64_t ns) {
    const auto us = static_cast<uint64_t>(std::max<int64_t>(ns, 0)) / 1000;
    add(buckets_[bucket_of(us)], 1);
    add(sum_us_, us);
  }
  void add_to(LatencyCounts* sum) const {
    for (size_t i = 0; i < kLatencyBuckets; ++i) {
      sum->buckets[i] += buckets_[i].load(std::memory_order_relaxed);
    }
    sum->sum_us += sum_us_.load(std::memory_order_relaxed);
  }

 private:
  using Count = std::atomic<uint64_t>;
  static void add(Count& count, uint64_t amount) {
    count.store(count.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }

  std::array<Count, kLatencyBuckets> buckets_{};
  Count sum_us_{0};
};

}  // namespace odradek
