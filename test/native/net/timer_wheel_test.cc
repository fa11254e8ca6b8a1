#include "net/timer_wheel.h"

#include <functional>
#include <memory>
#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {
namespace {

class Probe final : public Timer {
 public:
  explicit Probe(std::function<void()> action = [] {}) : action_(std::move(action)) {}
  int fired = 0;

 private:
  void on_timer() override {
    ++fired;
    action_();
  }
  std::function<void()> action_;
};

TEST_CASE("a timer fires at its time and not before") {
  TimerWheel wheel(1000);
  Probe timer;
  wheel.set(timer, 1500);
  wheel.advance(1499);
  CHECK(timer.fired == 0);
  CHECK(timer.is_set());
  wheel.advance(1500);
  CHECK(timer.fired == 1);
  CHECK_FALSE(timer.is_set());
  CHECK_FALSE(wheel.next_due_ms().has_value());
}

TEST_CASE("the past means the next advance") {
  TimerWheel wheel(1000);
  Probe timer;
  wheel.set(timer, 10);
  CHECK(wheel.next_due_ms() == 1001);
  wheel.advance(1001);
  CHECK(timer.fired == 1);
}

TEST_CASE("a cancelled timer does not fire and can be set again") {
  TimerWheel wheel(0);
  Probe timer;
  wheel.set(timer, 100);
  wheel.cancel(timer);
  wheel.cancel(timer);
  CHECK(wheel.size() == 0);
  wheel.advance(200);
  CHECK(timer.fired == 0);
  wheel.set(timer, 300);
  wheel.advance(300);
  CHECK(timer.fired == 1);
}

TEST_CASE("a timer that fires may cancel, set and destroy others that are due") {
  TimerWheel wheel(0);
  Probe second;
  auto third = std::make_unique<Probe>();
  Probe late;
  Probe first([&] {
    wheel.cancel(second);
    wheel.cancel(*third);
    third.reset();
    wheel.set(late, 5);  // in the past by then
  });
  wheel.set(first, 10);
  wheel.set(second, 10);
  wheel.set(*third, 11);
  wheel.advance(50);
  CHECK(first.fired == 1);
  CHECK(second.fired == 0);
  CHECK(late.fired == 0);
  wheel.advance(51);
  CHECK(late.fired == 1);
  CHECK(wheel.size() == 0);
}

TEST_CASE("timers further away than the wheel turns still fire on time") {
  constexpr int64_t kYears = 5LL * 365 * 86400 * 1000;
  TimerWheel wheel((int64_t{1} << 36) - 5);  // right before the top level turns over
  Probe soon;
  Probe far;
  wheel.set(soon, (int64_t{1} << 36) + 5);
  wheel.set(far, (int64_t{1} << 36) + kYears);
  wheel.advance((int64_t{1} << 36) + 4);
  CHECK(soon.fired == 0);
  wheel.advance((int64_t{1} << 36) + 5);
  CHECK(soon.fired == 1);
  wheel.advance((int64_t{1} << 36) + kYears - 1);
  CHECK(far.fired == 0);
  wheel.advance((int64_t{1} << 36) + kYears);
  CHECK(far.fired == 1);
}

TEST_CASE("against a plain list: 20,000 random timers fire in the right advance") {
  std::mt19937_64 random(7);
  int64_t now = 123456;
  TimerWheel wheel(now);
  std::vector<std::unique_ptr<Probe>> timers;
  for (int round = 0; round < 20000; ++round) {
    if (random() % 3 != 0) {
      timers.push_back(std::make_unique<Probe>());
      const int64_t spread = int64_t{1} << (random() % 24);
      wheel.set(*timers.back(), now + static_cast<int64_t>(random() % spread));
    } else if (!timers.empty() && random() % 2 == 0) {
      wheel.cancel(*timers[random() % timers.size()]);
    } else {
      const auto due = wheel.next_due_ms();
      const int64_t before = now;
      now += static_cast<int64_t>(random() % 3000);
      int64_t first = INT64_MAX;
      for (const auto& timer : timers) {
        if (timer->is_set()) first = std::min(first, timer->due_ms());
      }
      if (first != INT64_MAX) {
        REQUIRE(due.has_value());
        REQUIRE(*due <= std::max(first, before + 1));
      }
      wheel.advance(now);
      for (auto it = timers.begin(); it != timers.end();) {
        const bool is_due = (*it)->due_ms() <= now;
        if ((*it)->is_set()) {
          REQUIRE_FALSE(is_due);
          ++it;
        } else {
          REQUIRE((*it)->fired <= 1);
          if ((*it)->fired == 1) REQUIRE(is_due);
          it = timers.erase(it);
        }
      }
    }
  }
  for (auto& timer : timers) wheel.cancel(*timer);
  CHECK(wheel.size() == 0);
}

}  // namespace
}  // namespace odradek
