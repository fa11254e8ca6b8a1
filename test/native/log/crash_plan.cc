#include "crash_plan.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace odradek {
namespace {

constexpr uint64_t kFewCombinations = 64;

uint64_t combinations(const std::vector<uint64_t>& bounds) {
  uint64_t product = 1;
  for (const uint64_t bound : bounds) product = std::min(product * bound, kFewCombinations + 1);
  return product;
}

// Every combination, the last choice fastest: choices may depend on those before them.
bool try_all(const CrashAttempt& attempt) {
  CrashPlan plan;
  for (;;) {
    PlannedCrash crash(plan);
    if (!attempt(crash)) return false;
    std::vector<uint64_t> answers = crash.answers();
    while (!answers.empty() && answers.back() + 1 == crash.bounds()[answers.size() - 1]) {
      answers.pop_back();
    }
    if (answers.empty()) return true;
    ++answers.back();
    plan.fixed = std::move(answers);
  }
}

// All plans that differ from `base` in one choice, or from one choice on.
void add_deviations(CrashPlan::Base base, const std::vector<uint64_t>& bounds,
                    std::vector<CrashPlan>* plans) {
  for (size_t i = 0; i < bounds.size(); ++i) {
    CrashPlan plan;
    plan.base = base;
    if (i > 0) {
      plan.turn = i;
      plans->push_back(plan);
      plan.turn = CrashPlan::kNone;
    }
    plan.first = i;
    for (plan.variant = 0; plan.variant + 1 < bounds[i]; ++plan.variant) plans->push_back(plan);
  }
}

}  // namespace

uint64_t CrashPlan::answer(size_t index, uint64_t bound, std::mt19937_64* random) const {
  ASSERT(bound > 0);
  if (index < fixed.size()) return std::min(fixed[index], bound - 1);
  if (base == Base::random) {
    // Some crashes lose little, some much.
    const uint64_t weight = 1 + seed % 7;
    return (*random)() % 8 < weight ? bound - 1 - (*random)() % bound : (*random)() % bound / 2;
  }
  const bool turned = index >= turn;
  const bool keeps = (base == Base::kept) != turned;
  const bool deviates = index == first || index == second;
  if (!deviates) return keeps ? bound - 1 : 0;
  const uint64_t step = bound == 1 ? 0 : 1 + variant % (bound - 1);
  return keeps ? bound - 1 - step : step;
}

std::string CrashPlan::text() const {
  if (!fixed.empty()) {
    std::string answers = "exactly";
    for (const uint64_t answer : fixed) answers += " " + std::to_string(answer);
    return answers + ", the rest lost";
  }
  if (base == Base::random) return "random " + std::to_string(seed);
  std::string said = base == Base::kept ? "all kept" : "all lost";
  if (turn != kNone) said += ", the other way from choice " + std::to_string(turn) + " on";
  for (const size_t one : {first, second}) {
    if (one != kNone) said += ", but choice " + std::to_string(one);
  }
  return said + (variant > 0 ? " (variant " + std::to_string(variant) + ")" : "");
}

uint64_t PlannedCrash::operator()(uint64_t bound) {
  const uint64_t answer = plan_.answer(bounds_.size(), bound, &random_);
  ASSERT(answer < bound);
  bounds_.push_back(bound);
  answers_.push_back(answer);
  return answer;
}

void for_each_crash_plan(uint64_t seed, size_t attempts, const CrashAttempt& attempt) {
  CrashPlan plan;
  PlannedCrash lost(plan);
  if (!attempt(lost)) return;
  plan.base = CrashPlan::Base::kept;
  PlannedCrash kept(plan);
  if (!attempt(kept)) return;
  if (combinations(kept.bounds()) <= kFewCombinations) {
    static_cast<void>(try_all(attempt));
    return;
  }
  std::mt19937_64 random(seed);
  std::vector<CrashPlan> plans;
  add_deviations(CrashPlan::Base::lost, lost.bounds(), &plans);
  add_deviations(CrashPlan::Base::kept, kept.bounds(), &plans);
  std::shuffle(plans.begin(), plans.end(), random);
  for (size_t i = 0; i < attempts; ++i) {
    if (i < plans.size()) {
      plan = plans[i];
    } else {
      plan = CrashPlan();
      plan.base = static_cast<CrashPlan::Base>(random() % 3);
      plan.seed = random();
      plan.variant = random() % 2;
      const auto& bounds = plan.base == CrashPlan::Base::lost ? lost.bounds() : kept.bounds();
      plan.first = random() % bounds.size();
      plan.second = random() % bounds.size();
    }
    PlannedCrash crash(plan);
    if (!attempt(crash)) return;
  }
}

}  // namespace odradek
