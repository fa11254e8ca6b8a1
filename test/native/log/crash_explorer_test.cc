// Every workload survives the power cuts that the search finds, and a log with a flaw does not.
//
// ODRADEK_CRASH_STATES=N searches for that many states, over variants of the workloads, and tells
// how far it is; ODRADEK_CRASH_SHARD=i/n takes one part of n, ODRADEK_CRASH_SEED another order;
// ODRADEK_CRASH_STATES_PER_CALL=1 hurries through the variants.
// `npm run crash:explore` does so with a process for each processor.
#include "crash_explorer.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace odradek {
namespace {

using Stopwatch = std::chrono::steady_clock;

// Coprime to the number of sizes, so that few variants have a bit of everything.
constexpr uint64_t kVariantStep = 37;

double seconds_since(Stopwatch::time_point begin) {
  return std::chrono::duration<double>(Stopwatch::now() - begin).count();
}

uint64_t number_from(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// A disk of a megabyte takes long to copy: fewer states tell as much.
void slow_down(const CrashWorkload& workload, CrashSearch* search) {
  if (workload.name != std::string("write windows")) return;
  search->states_per_call = std::max<size_t>(1, search->states_per_call / 16);
  search->crash_recovery_of *= 8;
}

CrashFindings search_for_flaw(const char* workload, CrashSearch search) {
  SeenDisks seen;
  search.states_max = 1000;
  search.states_per_call = 8;
  const CrashFindings found = explore_crashes(crash_workload(workload), search, &seen);
  CHECK_FALSE(found.violation.empty());
  MESSAGE(found.states << " states: " << found.violation);
  return found;
}

// Uses a workload up without a cut; returns the calls that its second part made, with their paths.
std::set<std::pair<FileCallKind, std::string>> calls_of(const char* name, uint64_t variant,
                                                        Ledger* left) {
  std::set<std::pair<FileCallKind, std::string>> calls;
  WitnessOptions options;
  options.variant = variant;
  options.hook = [&](const FileCall& call) {
    calls.emplace(call.kind, call.path);
    return FaultDecision::proceed();
  };
  Witness witness(std::make_unique<MemoryFileSystem>(), Ledger(), 0, options);
  const CrashWorkload& workload = crash_workload(name);
  workload.prepare(witness);
  calls.clear();
  workload.run(witness);
  CHECK_MESSAGE(!witness.stopped(), witness.violation());
  *left = witness.ledger();
  return calls;
}

}  // namespace

TEST_CASE("workloads do what they are named for, in every variant") {
  for (uint64_t variant = 0; variant < 12; ++variant) {
    CAPTURE(variant);
    Ledger left;
    const auto swap = calls_of("swap", variant * kVariantStep, &left);
    CHECK(std::any_of(swap.begin(), swap.end(), [](const auto& call) {
      return call.first == FileCallKind::rename && call.second.ends_with(".log.swap");
    }));
    const auto& batches = left.present({"orders", PartitionIndex(1)}).batches;
    CHECK(std::adjacent_find(batches.begin(), batches.end(), [](const auto& a, const auto& b) {
            return a->end < b->base;
          }) != batches.end());
    const auto compaction = calls_of("compaction", variant * kVariantStep, &left);
    CHECK(std::any_of(compaction.begin(), compaction.end(), [](const auto& call) {
      return call.first == FileCallKind::rename && call.second.ends_with(".log.swap");
    }));
    const auto retention = calls_of("retention", variant * kVariantStep, &left);
    CHECK(std::any_of(retention.begin(), retention.end(), [](const auto& call) {
      return call.first == FileCallKind::rename && call.second.ends_with(".log");
    }));
    const auto windows = calls_of("write windows", variant * kVariantStep, &left);
    CHECK(std::any_of(windows.begin(), windows.end(),
                      [](const auto& call) { return call.first == FileCallKind::store; }));
    const auto wrap = calls_of("journal wrap", variant * kVariantStep, &left);
    CHECK(wrap.contains({FileCallKind::write, "/data/odradek-journal/part-0"}));
    CHECK(wrap.contains({FileCallKind::write, "/data/odradek-journal/part-2"}));
  }
}

TEST_CASE("no power cut loses what was durable, or leaves what never was") {
  CrashFindings all;
  SeenDisks seen;
  const Stopwatch::time_point begin = Stopwatch::now();
  for (const CrashWorkload& workload : crash_workloads()) {
    CrashSearch search;
    search.states_per_call = 40;
    search.crash_recovery_of = 4;
    slow_down(workload, &search);
    const CrashFindings found = explore_crashes(workload, search, &seen);
    CHECK_MESSAGE(found.violation.empty(), found.violation);
    CHECK(found.states > 0);
    all.add(found);
  }
  MESSAGE(all.moments << " moments, " << all.states << " distinct states, " << all.recoveries
                      << " recoveries in " << seconds_since(begin) << " s");
  CHECK(seen.size() == all.states);
  CHECK(all.states >= 30000);
}

TEST_CASE("a flush that is skipped is found") {
  CrashSearch search;
  search.crash_recovery_of = 64;
  int commits = 0;
  search.flaw = [&](const FileCall& call) {
    const bool journal = call.path.find("odradek-journal/part") != std::string::npos;
    const bool commit = journal && call.kind == FileCallKind::sync_data;
    return commit && ++commits == 4 ? FaultDecision::pretend() : FaultDecision::proceed();
  };
  search_for_flaw("appends and rolls", search);
}

TEST_CASE("a journal without run ids is found") {
  CrashSearch search;
  search.crash_recovery_of = 16;
  search.same_run = true;
  search_for_flaw("appends and rolls", search);
}

TEST_CASE("a recovery that does not erase behind its cut is found") {
  CrashSearch search;
  search.crash_recovery_of = 1;
  search.recovery_flaw = [](const FileCall& call) {
    const bool cut = call.kind == FileCallKind::truncate && call.path.ends_with(".log");
    return cut ? FaultDecision::pretend() : FaultDecision::proceed();
  };
  search_for_flaw("batches of one size", search);
}

TEST_CASE("power cuts by the million" * doctest::skip()) {
  CrashSearch search;
  const char* shard = std::getenv("ODRADEK_CRASH_SHARD");
  unsigned long mine = 0;
  unsigned long shards = 1;
  if (shard != nullptr) REQUIRE(std::sscanf(shard, "%lu/%lu", &mine, &shards) == 2);
  search.shard = mine;
  search.shards = shards;
  search.seed = number_from("ODRADEK_CRASH_SEED", 1);
  const uint64_t states = number_from("ODRADEK_CRASH_STATES", 1000000);
  const uint64_t per_call = number_from("ODRADEK_CRASH_STATES_PER_CALL", 60);
  CrashFindings all;
  SeenDisks seen;
  const Stopwatch::time_point begin = Stopwatch::now();
  for (; all.states < states && all.violation.empty(); search.variant += kVariantStep) {
    for (const CrashWorkload& workload : crash_workloads()) {
      search.states_per_call = per_call;
      search.crash_recovery_of = 4;
      slow_down(workload, &search);
      search.states_max = states - all.states;
      all.add(explore_crashes(workload, search, &seen));
      const double seconds = seconds_since(begin);
      std::fprintf(
          stderr, "crash states %llu of %llu, %llu recoveries, %.0f s, %.0f/s, variant %llu\n",
          static_cast<unsigned long long>(all.states), static_cast<unsigned long long>(states),
          static_cast<unsigned long long>(all.recoveries), seconds,
          static_cast<double>(all.states) / seconds,
          static_cast<unsigned long long>(search.variant));
      if (all.states >= states || !all.violation.empty()) break;
    }
  }
  CHECK_MESSAGE(all.violation.empty(), all.violation);
  CHECK(seen.size() == all.states);
}

}  // namespace odradek
