#include "log/gather_habit.h"

#include <random>

#include <doctest/doctest.h>

namespace odradek {
namespace {

// How many of `rounds` wait for more, where so many of eight come back in time.
int waits_among(GatherHabit& habit, int rounds, uint64_t back) {
  int waits = 0;
  for (int i = 0; i < rounds; ++i) {
    if (!habit.gathers()) continue;
    habit.gathered(8, back);
    ++waits;
  }
  return waits;
}

TEST_CASE("where all come back it waits after some trials, and goes on") {
  GatherHabit habit;
  CHECK(waits_among(habit, 10 * GatherHabit::kTrialEvery, 8) == 10);
  CHECK(waits_among(habit, 1000, 8) == 1000);
}

TEST_CASE("a late one now and then changes nothing") {
  GatherHabit habit;
  waits_among(habit, 20 * GatherHabit::kTrialEvery, 8);
  for (int i = 0; i < 100; ++i) {
    CHECK(waits_among(habit, 5, 8) == 5);
    CHECK(waits_among(habit, 1, 4) == 1);
  }
}

TEST_CASE("where they stay away it stops soon, and is back as soon as they are") {
  GatherHabit habit;
  waits_among(habit, 20 * GatherHabit::kTrialEvery, 8);
  CHECK(waits_among(habit, 64, 0) <= 4);
  CHECK(waits_among(habit, 10 * GatherHabit::kTrialEvery, 0) == 10);
  CHECK(waits_among(habit, 20 * GatherHabit::kTrialEvery, 8) > 100);
}

// Arrivals at random, so many during a flush on average, and a wait of seven eighths of one.
TEST_CASE("for records that come by a clock it hardly ever waits") {
  for (const double rate : {0.7, 1.5, 4.0, 20.0}) {
    CAPTURE(rate);
    std::mt19937_64 random(7);
    std::poisson_distribution<uint64_t> in_flush(rate);
    std::poisson_distribution<uint64_t> in_wait(rate * 7 / 8);
    GatherHabit habit;
    uint64_t released = in_flush(random);
    int rounds = 0;
    int waits = 0;
    for (; rounds < 100000; ++rounds) {
      const uint64_t waiting = in_flush(random);
      uint64_t back = 0;
      if (released > 0 && released + waiting >= 2 && habit.gathers()) {
        back = in_wait(random);
        habit.gathered(released, back);
        ++waits;
      }
      released = waiting + back;
    }
    CHECK(waits < rounds / 20);
  }
}

}  // namespace
}  // namespace odradek
