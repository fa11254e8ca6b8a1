#include "crash_explorer.h"

#include <utility>

#include "base/assert.h"

namespace odradek {
namespace {

uint64_t mixed(uint64_t a, uint64_t b) {
  const uint64_t hash = (a ^ (b + 0x9e3779b97f4a7c15 + (a << 6))) * 0xff51afd7ed558ccd;
  return hash ^ (hash >> 32);
}

class Explorer {
 public:
  Explorer(const CrashWorkload& workload, const CrashSearch& search, SeenDisks* seen)
      : workload_(workload), search_(search), disks_(*seen) {}

  CrashFindings run();

 private:
  void before_call(const Witness& witness, const std::string& call);
  bool visit(const MemoryFileSystem& moment, const Witness& witness, PlannedCrash& crash,
             bool* is_new);
  bool kill(const Witness& witness);
  bool judge(std::unique_ptr<MemoryFileSystem> disk, const Witness& witness, bool* is_new);
  bool recover(std::unique_ptr<MemoryFileSystem> disk, const Witness& before, bool crash_again);
  void crash_recovery(const Witness& recovering);
  bool go_on(Witness& recovered);
  bool enough() const {
    return !findings_.violation.empty() || findings_.states >= search_.states_max;
  }
  bool hold(const Witness& witness, const char* where);
  WitnessOptions plain() const {
    return {search_.recovery_flaw, nullptr, search_.same_run, search_.variant};
  }

  const CrashWorkload& workload_;
  const CrashSearch& search_;
  CrashFindings findings_;
  SeenDisks& disks_;
  std::unordered_set<uint64_t> judged_;  // disks with what was promised
  std::string moment_;                   // in words
  std::string plan_;
};

CrashFindings Explorer::run() {
  bool searching = false;
  Witness* running = nullptr;
  WitnessOptions options;
  options.same_run = search_.same_run;
  options.variant = search_.variant;
  options.hook = [&](const FileCall& call) {
    if (searching && !enough()) {
      before_call(*running, "call " + std::to_string(call.number) + ", of kind " +
                                std::to_string(static_cast<int>(call.kind)) + ", " + call.path);
    }
    return search_.flaw ? search_.flaw(call) : FaultDecision::proceed();
  };
  Witness witness(std::make_unique<MemoryFileSystem>(), Ledger(), 0, options);
  running = &witness;
  workload_.prepare(witness);
  searching = true;
  workload_.run(witness);
  if (!enough()) before_call(witness, "the end");
  // With a flaw the workload itself may meet what was broken.
  if (findings_.violation.empty() && !witness.violation().empty()) {
    findings_.violation = std::string(workload_.name) + ": " + witness.violation();
  }
  return findings_;
}

void Explorer::before_call(const Witness& witness, const std::string& call) {
  ++findings_.moments;
  moment_ = "before " + call;
  if (!kill(witness)) return;
  size_t found = 0;
  const uint64_t seed = mixed(search_.seed, findings_.moments);
  for_each_crash_plan(seed, search_.states_per_call * 4, [&](PlannedCrash& crash) {
    bool is_new = false;
    if (!visit(witness.disk(), witness, crash, &is_new)) return false;
    found += is_new ? 1 : 0;
    return found < search_.states_per_call;
  });
}

// The process alone ends: what is not synced stays so.
bool Explorer::kill(const Witness& witness) {
  plan_ = "killed";
  bool is_new = false;
  return judge(witness.disk().after_crash(CrashKind::kept), witness, &is_new);
}

// Makes one crash and recovers from it, unless it was seen. False ends the search.
bool Explorer::visit(const MemoryFileSystem& moment, const Witness& witness, PlannedCrash& crash,
                     bool* is_new) {
  auto disk =
      moment.after_crash(CrashKind::reordered, [&crash](uint64_t bound) { return crash(bound); });
  plan_ = crash.plan().text();
  return judge(std::move(disk), witness, is_new);
}

bool Explorer::judge(std::unique_ptr<MemoryFileSystem> disk, const Witness& witness, bool* is_new) {
  const uint64_t fingerprint = disk->fingerprint();
  if (fingerprint % search_.shards != search_.shard) return true;
  if (!judged_.insert(mixed(fingerprint, witness.ledger().version())).second) return true;
  if (disks_.insert(fingerprint).second) {
    *is_new = true;
    ++findings_.states;
  }
  const bool again = fingerprint / search_.shards % search_.crash_recovery_of == 0;
  return recover(std::move(disk), witness, again) && !enough();
}

bool Explorer::recover(std::unique_ptr<MemoryFileSystem> disk, const Witness& before,
                       bool crash_again) {
  ++findings_.recoveries;
  Witness* recovering = nullptr;
  WitnessOptions options = plain();
  bool within = crash_again;
  if (crash_again) {
    options.hook = [&](const FileCall& call) {
      if (within && !enough()) crash_recovery(*recovering);
      return search_.recovery_flaw ? search_.recovery_flaw(call) : FaultDecision::proceed();
    };
  }
  Witness first(std::move(disk), before.ledger(), before.run(), options);
  recovering = &first;
  first.start();
  within = false;
  first.retry_last_batches();
  first.look_up_all();
  if (!hold(first, "")) return false;
  // All that is shown now must be on the disk.
  Witness second(first.disk().after_crash(CrashKind::lost), first.ledger(), first.run(), plain());
  second.start();
  if (!hold(second, " (recovered, cut again)")) return false;
  return !crash_again || go_on(first);
}

// Power fails again within a recovery.
void Explorer::crash_recovery(const Witness& recovering) {
  for (size_t i = 0; i < search_.crashes_per_recovery_call && !enough(); ++i) {
    CrashPlan plan;
    plan.base = CrashPlan::Base::random;
    plan.seed = mixed(findings_.recoveries, i);
    PlannedCrash crash(plan);
    auto disk = recovering.disk().after_crash(CrashKind::reordered,
                                              [&](uint64_t bound) { return crash(bound); });
    const uint64_t fingerprint = disk->fingerprint();
    if (fingerprint % search_.shards != search_.shard) continue;
    if (!disks_.insert(fingerprint).second) continue;
    ++findings_.states;
    ++findings_.recoveries;
    Witness again(std::move(disk), recovering.ledger(), recovering.run(), plain());
    again.start();
    again.retry_last_batches();
    if (!hold(again, " (cut within the recovery)")) return;
  }
}

// Appends batches of the size that the torn ones had, and cuts the power once more.
bool Explorer::go_on(Witness& recovered) {
  std::vector<TopicPartition> present;
  for (const auto& [id, outcomes] : recovered.ledger().slots()) {
    if (outcomes.front()) present.push_back(id);
  }
  for (const TopicPartition& id : present) recovered.append_alike(id);
  recovered.run_once();
  for (const TopicPartition& id : present) recovered.append_alike(id);
  if (!hold(recovered, " (recovered, then used)")) return false;
  for (uint64_t i = 0; i < 2; ++i) {
    const auto kind = i == 0 ? CrashKind::lost : CrashKind::reordered;
    auto disk = recovered.disk().after_crash(kind, findings_.recoveries);
    Witness last(std::move(disk), recovered.ledger(), recovered.run(), plain());
    last.start();
    last.retry_last_batches();
    if (!hold(last, " (recovered, used, cut again)")) return false;
  }
  return true;
}

bool Explorer::hold(const Witness& witness, const char* where) {
  if (witness.violation().empty()) return true;
  findings_.violation = std::string(workload_.name) + ", variant " +
                        std::to_string(search_.variant) + ", " + moment_ + ", " + plan_ + where +
                        ": " + witness.violation();
  return false;
}

}  // namespace

void CrashFindings::add(const CrashFindings& other) {
  moments += other.moments;
  states += other.states;
  recoveries += other.recoveries;
  if (violation.empty()) violation = other.violation;
}

CrashFindings explore_crashes(const CrashWorkload& workload, const CrashSearch& search,
                              SeenDisks* seen) {
  ASSERT(search.shards > 0 && search.shard < search.shards && search.crash_recovery_of > 0);
  return Explorer(workload, search, seen).run();
}

}  // namespace odradek
