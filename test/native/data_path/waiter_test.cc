#include "data_path/waiter.h"

#include <functional>
#include <memory>
#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {
namespace {

class Probe final : public Waiter {
 public:
  explicit Probe(std::function<void()> action = [] {}) : action_(std::move(action)) {}
  int woken = 0;

 private:
  void on_ready() override {
    ++woken;
    action_();
  }
  std::function<void()> action_;
};

TEST_CASE("an advance wakes those that need no more, in their order") {
  WaiterList list;
  std::vector<int> order;
  Probe five([&] { order.push_back(5); });
  Probe three([&] { order.push_back(3); });
  Probe also_five([&] { order.push_back(55); });
  Probe nine([&] { order.push_back(9); });
  list.add(five, Offset(5));
  list.add(nine, Offset(9));
  list.add(three, Offset(3));
  list.add(also_five, Offset(5));
  CHECK(list.front_required() == Offset(3));
  list.wake(Offset(2));
  CHECK(order.empty());
  list.wake(Offset(5));
  CHECK(order == std::vector<int>{3, 5, 55});
  CHECK(nine.is_waiting());
  list.wake_all();
  CHECK(nine.woken == 1);
  CHECK(list.empty());
}

TEST_CASE("a woken waiter may join again, and others may leave") {
  WaiterList list;
  auto gone = std::make_unique<Probe>();
  Probe again;
  Probe first([&] {
    gone.reset();
    again.leave();
    list.add(again, Offset(20));
  });
  list.add(first, Offset(1));
  list.add(*gone, Offset(1));
  list.add(again, Offset(1));
  list.wake(Offset(10));
  CHECK(first.woken == 1);
  CHECK(again.woken == 0);
  CHECK(again.required() == Offset(20));
  CHECK(list.front_required() == Offset(20));
}

TEST_CASE("waking all wakes each once, even if it joins again for what is reached") {
  WaiterList list;
  Probe* self = nullptr;
  Probe eager([&] { list.add(*self, Offset(1)); });
  self = &eager;
  list.add(eager, Offset(1));
  list.wake_all();
  CHECK(eager.woken == 1);
  CHECK(eager.is_waiting());
}

TEST_CASE("a list may go before its waiters") {
  Probe probe;
  {
    WaiterList list;
    list.add(probe, Offset(1));
  }
  CHECK_FALSE(probe.is_waiting());
}

TEST_CASE("against a plain scan: random joins, leaves and advances") {
  std::mt19937_64 random(3);
  WaiterList list;
  std::vector<std::unique_ptr<Probe>> probes;
  for (int i = 0; i < 200; ++i) probes.push_back(std::make_unique<Probe>());
  for (int round = 0; round < 5000; ++round) {
    Probe& probe = *probes[random() % probes.size()];
    const auto offset = Offset(static_cast<int64_t>(random() % 1000));
    if (random() % 10 == 0) {
      std::vector<int> before;
      for (auto& each : probes) before.push_back(each->woken);
      std::vector<bool> due;
      for (auto& each : probes) due.push_back(each->is_waiting() && each->required() <= offset);
      list.wake(offset);
      for (size_t i = 0; i < probes.size(); ++i) {
        REQUIRE(probes[i]->woken == before[i] + (due[i] ? 1 : 0));
        if (due[i]) REQUIRE_FALSE(probes[i]->is_waiting());
      }
    } else if (probe.is_waiting()) {
      probe.leave();
    } else {
      list.add(probe, offset);
    }
  }
}

}  // namespace
}  // namespace odradek
