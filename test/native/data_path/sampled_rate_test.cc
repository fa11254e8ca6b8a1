#include "data_path/sampled_rate.h"

#include <random>

#include <doctest/doctest.h>

namespace odradek {
namespace {

const RateWindows kKafkas{11, 1000};

TEST_CASE("windows that are missing count as empty") {
  SampledRate rate;
  rate.record(kKafkas, 1000, 50);
  CHECK(rate.measure(kKafkas, 50) == doctest::Approx(100));  // over ten seconds
  CHECK(rate.measure(kKafkas, 550) == doctest::Approx(1000 / 10.5));
}

TEST_CASE("what comes first may be ten seconds' worth, and more has to wait") {
  SampledRate rate;
  rate.record(kKafkas, 1000, 0);
  CHECK(rate.throttle_ms(kKafkas, 100, 0) == 0);
  rate.record(kKafkas, 50, 0);
  CHECK(rate.throttle_ms(kKafkas, 100, 0) == 500);
  CHECK(rate.throttle_ms(kKafkas, 100, 500) == 0);
}

TEST_CASE("what is taken back was not there") {
  SampledRate rate;
  rate.record(kKafkas, 5000, 0);
  rate.record(kKafkas, -5000, 0);
  CHECK(rate.throttle_ms(kKafkas, 1, 0) == 0);
}

TEST_CASE("a rate is forgotten after all of its windows, and starts anew") {
  SampledRate rate;
  CHECK(rate.is_idle(kKafkas, 0));
  rate.record(kKafkas, 5000, 0);
  CHECK_FALSE(rate.is_idle(kKafkas, 10999));
  CHECK(rate.is_idle(kKafkas, 11000));
  CHECK(rate.measure(kKafkas, 11000) == 0);
  rate.record(kKafkas, 1000, 11000);
  CHECK(rate.throttle_ms(kKafkas, 100, 11000) == 0);
}

TEST_CASE("one window is enough") {
  const RateWindows one{1, 1000};
  SampledRate rate;
  rate.record(one, 10, 0);
  CHECK(rate.throttle_ms(one, 1, 0) > 0);
  rate.record(one, 10, 5000);
  CHECK(rate.measure(one, 5500) == doctest::Approx(20));
}

TEST_CASE("whoever waits as long as told keeps the limit") {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const RateWindows windows{2 + random() % 20, 100 + static_cast<int64_t>(random() % 2000)};
    const double limit = 1 + random() % 1000;
    SampledRate rate;
    int64_t now = 0;
    double sum = 0;
    const int64_t span = static_cast<int64_t>(windows.count) * windows.length_ms;
    while (now < 20 * span) {
      const double amount = 1 + random() % 500;
      sum += amount;
      rate.record(windows, amount, now);
      now += rate.throttle_ms(windows, limit, now) + static_cast<int64_t>(random() % 50);
    }
    // Besides the burst at the beginning and the last request.
    const double seconds = static_cast<double>(now) / 1000;
    const double burst = limit * static_cast<double>(span) / 1000 + 500;
    CHECK(sum <= limit * seconds + burst + limit * 0.15 * seconds);
  }
}

}  // namespace
}  // namespace odradek
