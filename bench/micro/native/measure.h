// Measures cases side by side: each has its turn in each round, so that whatever changes the speed
// of the machine for a while changes it for all of them alike.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace odradek::micro {

// Something whose cost is measured. `run` does it so many times, at least once; what it works on is
// its own and lives as long as it does. `prepare`, if any, goes before each `run` and is not
// measured.
struct Case {
  std::string name;
  std::function<void(size_t times)> run;
  std::function<void()> prepare = nullptr;
};

// What a case took in each round: nanoseconds of this thread's processor time for one time.
struct Figures {
  std::string name;
  std::vector<double> ns;
};

// Runs each case once in each round, after a warm-up. One thread.
std::vector<Figures> measure(const std::vector<Case>& cases, size_t rounds);

// Uses a value as far as the compiler can tell, so that what makes it is not left out.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

// Numbers below a bound in an order that no cache and no branch foresees; the same in every run.
class Scattered {
 public:
  explicit Scattered(size_t below) : below_(below) {}
  size_t next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<size_t>((state_ >> 33) * below_ >> 31);
  }

 private:
  uint64_t below_;
  uint64_t state_ = 1;
};

}  // namespace odradek::micro
