#include "histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace odradek::bench {

size_t Histogram::bucket_of(uint64_t ns) {
  if (ns < kBucketsPerPower) return ns;
  const unsigned shift = std::bit_width(ns) - 1 - kBucketBits;
  return (shift + 1) * kBucketsPerPower + ((ns >> shift) & (kBucketsPerPower - 1));
}

uint64_t Histogram::upper_edge(size_t bucket) {
  if (bucket < kBucketsPerPower) return bucket;
  const unsigned shift = bucket / kBucketsPerPower - 1;
  const uint64_t low = (kBucketsPerPower + bucket % kBucketsPerPower) << shift;
  return low + (1ULL << shift) - 1;
}

void Histogram::record(uint64_t ns) {
  buckets_[bucket_of(ns)]++;
  count_++;
  sum_ += ns;
  max_ = std::max(max_, ns);
}

void Histogram::merge(const Histogram& other) {
  for (size_t i = 0; i < kBuckets; i++) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

uint64_t Histogram::quantile(double share) const {
  const auto rank = static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < kBuckets; i++) {
    seen += buckets_[i];
    if (seen >= rank && seen > 0) return std::min(upper_edge(i), max_);
  }
  return 0;
}

}  // namespace odradek::bench
