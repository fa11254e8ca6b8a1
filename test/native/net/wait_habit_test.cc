#include "net/wait_habit.h"

#include <doctest/doctest.h>

namespace odradek {
namespace {

constexpr int64_t kShort = WaitHabit::kShortSleepNs - 1;
constexpr int64_t kLong = WaitHabit::kShortSleepNs;

// How many of `waits` begin with a look, where each look ends as told and each sleep is short.
int looks_among(WaitHabit& habit, int waits, bool found) {
  int looks = 0;
  for (int i = 0; i < waits; ++i) {
    const bool looks_first = habit.looks_first(false);
    if (looks_first) {
      habit.looked(found);
      ++looks;
    }
    if (!looks_first || !found) habit.slept(kShort);
  }
  return looks;
}

TEST_CASE("nobody looks before a sleep was short") {
  WaitHabit habit;
  CHECK(!habit.looks_first(false));
  habit.slept(kLong);
  CHECK(!habit.looks_first(false));
  habit.slept(kShort);
  CHECK(habit.looks_first(false));
  habit.slept(kLong);
  CHECK(!habit.looks_first(false));
}

TEST_CASE("who is told of work looks without a short sleep, but not where that was in vain") {
  WaitHabit habit;
  habit.slept(kLong);
  CHECK(habit.looks_first(true));
  habit.looked(true);
  habit.slept(kLong);
  CHECK(habit.looks_first(true));
  habit.looked(false);
  CHECK(!habit.looks_first(true));
  habit.slept(kLong);
  CHECK(habit.looks_first(true));
}

TEST_CASE("who finds work goes on looking") {
  WaitHabit habit;
  habit.slept(kShort);
  CHECK(looks_among(habit, 1000, true) == 1000);
}

TEST_CASE("who looks in vain does it ever more seldom, though never less than one time in 65") {
  WaitHabit habit;
  habit.slept(kShort);
  CHECK(looks_among(habit, 1000, false) <= 1000 / 64 + 8);
  const int later = looks_among(habit, 6500, false);
  CHECK(later >= 100);
  CHECK(later <= 102);
}

TEST_CASE("a find makes the next look in vain cheaper") {
  WaitHabit habit;
  habit.slept(kShort);
  looks_among(habit, 1000, false);
  while (!habit.looks_first(false)) habit.slept(kShort);
  looks_among(habit, 8, true);
  habit.looked(false);
  habit.slept(kShort);
  CHECK(habit.looks_first(false));
}

}  // namespace
}  // namespace odradek
