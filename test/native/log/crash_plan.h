// Which of all power cuts of one moment: a rule that answers every choice of a crash that reorders
// (memory_node.h), where 0 loses a piece and the highest number keeps it.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "file/memory_node.h"

namespace odradek {

// One power cut. A value; the same plan at the same moment leaves the same disk.
struct CrashPlan {
  enum class Base : uint8_t { lost, kept, random };
  static constexpr size_t kNone = SIZE_MAX;

  Base base = Base::lost;  // of every choice but those below; random: `seed` decides
  size_t turn = kNone;     // from this choice on the other way round
  size_t first = kNone;    // these two are answered the other way round
  size_t second = kNone;
  uint64_t variant = 0;  // how far, where a choice has more than two answers
  uint64_t seed = 0;
  std::vector<uint64_t> fixed;  // answers of the first choices, before all else

  uint64_t answer(size_t index, uint64_t bound, std::mt19937_64* random) const;
  std::string text() const;
};

// The plan as a CrashChoice that notes the bounds of the choices it meets.
class PlannedCrash {
 public:
  explicit PlannedCrash(CrashPlan plan) : plan_(std::move(plan)), random_(plan_.seed) {}
  uint64_t operator()(uint64_t bound);
  const std::vector<uint64_t>& bounds() const { return bounds_; }
  const std::vector<uint64_t>& answers() const { return answers_; }
  const CrashPlan& plan() const { return plan_; }

 private:
  CrashPlan plan_;
  std::mt19937_64 random_;
  std::vector<uint64_t> bounds_;
  std::vector<uint64_t> answers_;
};

// Makes a crash by the plan; false ends the search. Notes in the crash which choices there were.
using CrashAttempt = std::function<bool(PlannedCrash&)>;

// Tries the power cuts of one moment until `attempt` says that it is enough: all lost and all kept;
// then every combination where there are few; else each single deviation from either, each cut
// between what is kept and what is lost, pairs of deviations, and random ones, in an order that
// `seed` decides. At most `attempts` in all.
void for_each_crash_plan(uint64_t seed, size_t attempts, const CrashAttempt& attempt);

}  // namespace odradek
