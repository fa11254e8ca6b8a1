#include "data_path/latency_histogram.h"

#include <numeric>

#include <doctest/doctest.h>

namespace odradek {
namespace {

constexpr int64_t kNsPerUs = 1000;

// Where bucket `index` ends, exclusive, by the formula of src/telemetry/latency-histogram.ts.
uint64_t bucket_end(size_t index) {
  if (index < 4) return index + 1;
  return (uint64_t{5} + index % 4) << (index / 4 - 1);
}

uint64_t total(const LatencyCounts& counts) {
  return std::accumulate(counts.buckets.begin(), counts.buckets.end(), uint64_t{0});
}

TEST_CASE("a bucket begins where the one before it ends, and is at most a quarter wide") {
  for (size_t i = 0; i + 1 < kLatencyBuckets; ++i) {
    CAPTURE(i);
    const uint64_t end = bucket_end(i);
    CHECK(LatencyHistogram::bucket_of(end - 1) == i);
    CHECK(LatencyHistogram::bucket_of(end) == i + 1);
    if (i >= 4) CHECK(4 * (end - bucket_end(i - 1)) <= bucket_end(i - 1));
  }
}

TEST_CASE("no time is too long or too short") {
  for (uint64_t us : {uint64_t{1} << 28, uint64_t{1} << 40, UINT64_MAX}) {
    CHECK(LatencyHistogram::bucket_of(us) == kLatencyBuckets - 1);
  }
  LatencyHistogram histogram;
  histogram.observe(-5);
  histogram.observe(0);
  histogram.observe(INT64_MAX);
  LatencyCounts counts;
  histogram.add_to(&counts);
  CHECK(counts.buckets[0] == 2);
  CHECK(counts.buckets[kLatencyBuckets - 1] == 1);
}

TEST_CASE("counts and sums add up over histograms") {
  LatencyHistogram a;
  LatencyHistogram b;
  for (int i = 0; i < 10; ++i) a.observe(2 * kNsPerUs);
  b.observe(100 * kNsPerUs);
  LatencyCounts counts;
  a.add_to(&counts);
  b.add_to(&counts);
  CHECK(counts.buckets[2] == 10);
  CHECK(counts.buckets[LatencyHistogram::bucket_of(100)] == 1);
  CHECK(total(counts) == 11);
  CHECK(counts.sum_us == 120);
}

}  // namespace
}  // namespace odradek
