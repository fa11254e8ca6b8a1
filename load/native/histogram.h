// Latency histogram with a relative error below 1 %: every power of two is cut into 128 equal
// buckets. Every observation is counted, nothing is sampled, so p99.9 and the maximum are exact to
// that error.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace odradek::bench {

// Not thread-safe: each worker has its own, merged after they have ended.
class Histogram {
 public:
  // Counts one latency in nanoseconds.
  void record(uint64_t ns);
  // Adds everything that `other` counted.
  void merge(const Histogram& other);
  // The upper edge of the bucket that holds the given share (0 to 1) of all observations, in
  // nanoseconds; 0 if there are none. Never above max().
  uint64_t quantile(double share) const;
  uint64_t count() const { return count_; }
  uint64_t max() const { return max_; }
  // Arithmetic mean in nanoseconds, 0 if there are none.
  double mean() const { return count_ == 0 ? 0 : static_cast<double>(sum_) / count_; }

 private:
  static constexpr unsigned kBucketBits = 7;
  static constexpr uint64_t kBucketsPerPower = 1ULL << kBucketBits;
  static constexpr size_t kBuckets = (64 - kBucketBits + 1) * kBucketsPerPower;

  static size_t bucket_of(uint64_t ns);
  static uint64_t upper_edge(size_t bucket);

  std::array<uint64_t, kBuckets> buckets_{};
  uint64_t count_ = 0;
  uint64_t sum_ = 0;
  uint64_t max_ = 0;
};

}  // namespace odradek::bench
