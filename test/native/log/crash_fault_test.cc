// Each call of the disk and each large allocation fails once, and from each on all fail, through
// the workloads of the crash search: the log answers an error, acknowledges nothing more where it
// must not, goes on where it may, and the next start finds everything that was promised.
//
// One kind of error for each call in turn; ODRADEK_FAULT_KINDS=5 puts every kind to every call.
#include <cstdlib>

#include "../base/refused_memory.h"
#include "crash_workloads.h"

namespace odradek {
namespace {

enum class Failing { changes, looks, allocations };

// What fails: from the `first` of a workload's second part on.
struct Fault {
  Failing what = Failing::changes;
  uint64_t first = UINT64_MAX;
  size_t kind = 0;  // of the kinds below
  bool lasts = false;
};

constexpr FileErrorKind kKinds[] = {FileErrorKind::io, FileErrorKind::no_space,
                                    FileErrorKind::too_many_files, FileErrorKind::read_only,
                                    FileErrorKind::permission};
constexpr size_t kKindCount = std::size(kKinds);

// Counts the calls of one sort and fails those that the fault says.
class FaultyCalls {
 public:
  FaultyCalls(const Fault& fault, Failing what) : fault_(fault), mine_(fault.what == what) {}

  FaultHook hook() {
    return [this](const FileCall& call) {
      if (!armed_) return FaultDecision::proceed();
      ++count_;
      const bool fails = mine_ && (fault_.lasts ? count_ >= fault_.first : count_ == fault_.first);
      if (!fails) return FaultDecision::proceed();
      if (failed_.empty()) {
        failed_ = call.path + ", call of kind " + std::to_string(static_cast<int>(call.kind));
      }
      // A write that fails may have come some way.
      return FaultDecision::fail(error_of(call), call.size / 2);
    };
  }
  void arm(bool armed) { armed_ = armed; }
  uint64_t count() const { return count_; }
  const std::string& failed() const { return failed_; }

 private:
  FileErrorKind error_of(const FileCall& call) const {
    // The directory that a name is to be made in was removed.
    const bool makes =
        call.kind == FileCallKind::create || call.kind == FileCallKind::create_directory;
    const FileErrorKind kind = kKinds[fault_.kind];
    // A parent that may not be read is not ours to sync, and no failure.
    const bool syncs_parent = call.kind == FileCallKind::sync_directory && call.path == "/";
    if (syncs_parent && kind == FileErrorKind::permission) return FileErrorKind::io;
    return makes && kind == FileErrorKind::permission ? FileErrorKind::not_found : kind;
  }

  const Fault& fault_;
  const bool mine_;
  bool armed_ = false;
  uint64_t count_ = 0;
  std::string failed_;
};

struct FaultyRun {
  std::map<Failing, uint64_t> counts;
  bool offline = false;
};

// Holds what the run left against what it promised.
void check_next_start(const Witness& witness, uint64_t seed) {
  for (const CrashKind kind :
       {CrashKind::lost, CrashKind::kept, CrashKind::torn, CrashKind::reordered}) {
    Witness next(witness.disk().after_crash(kind, seed), witness.ledger(), witness.run(), {});
    next.start();
    next.retry_last_batches();
    next.look_up_all();
    next.close();
    CHECK_MESSAGE(next.violation().empty(), next.violation());
  }
}

FaultyRun run_with(const CrashWorkload& workload, const Fault& fault) {
  FaultyCalls changes(fault, Failing::changes);
  FaultyCalls looks(fault, Failing::looks);
  const bool of_memory = fault.what == Failing::allocations;
  RefusedMemory memory(of_memory ? fault.first : UINT64_MAX, fault.lasts);
  Witness witness(std::make_unique<MemoryFileSystem>(), Ledger(), 0,
                  {changes.hook(), looks.hook()});
  workload.prepare(witness);
  witness.expect_failures(fault.lasts);
  changes.arm(true);
  looks.arm(true);
  memory.arm(true);
  workload.run(witness);
  changes.arm(false);
  looks.arm(false);
  memory.arm(false);
  const std::string failed = fault.what == Failing::looks ? looks.failed() : changes.failed();
  CAPTURE(std::string(workload.name));
  CAPTURE(static_cast<int>(fault.what));
  CAPTURE(fault.first);
  CAPTURE(fault.kind);
  CAPTURE(fault.lasts);
  CAPTURE(failed);
  CHECK_MESSAGE(witness.violation().empty(), witness.violation());
  if (witness.violation().empty()) check_next_start(witness, fault.first);
  return {{{Failing::changes, changes.count()},
           {Failing::looks, looks.count()},
           {Failing::allocations, memory.count()}},
          witness.offline()};
}

size_t kinds_to_try() {
  const char* value = std::getenv("ODRADEK_FAULT_KINDS");
  return value == nullptr ? 1 : std::min<size_t>(kKindCount, std::strtoull(value, nullptr, 10));
}

// Each call in turn; returns how many runs there were, and how many took the directory offline.
std::pair<uint64_t, uint64_t> fail_each(Failing what, bool lasts) {
  uint64_t runs = 0;
  uint64_t offline = 0;
  for (const CrashWorkload& workload : crash_workloads()) {
    const uint64_t calls = run_with(workload, Fault()).counts.at(what);
    // Want of memory is of one kind.
    const size_t kinds = what == Failing::allocations ? 1 : kinds_to_try();
    for (uint64_t n = 1; n <= calls; ++n) {
      for (size_t kind = 0; kind < kinds; ++kind) {
        const Fault fault{what, n, (n + kind) % kKindCount, lasts};
        offline += run_with(workload, fault).offline ? 1 : 0;
        ++runs;
      }
    }
  }
  MESSAGE(runs << " runs, " << offline << " ended by a failure");
  return {runs, offline};
}

}  // namespace

TEST_CASE("any call that changes the disk may fail once") {
  const auto [runs, offline] = fail_each(Failing::changes, false);
  CHECK(runs > 2000);
  CHECK(offline > runs / 4);
  CHECK(offline < runs);
}

TEST_CASE("any call that looks at the disk may fail once") {
  const auto [runs, offline] = fail_each(Failing::looks, false);
  CHECK(runs > 1500);
  CHECK(offline > 0);
  CHECK(offline < runs / 2);
}

// The last calls of a workload may fail without anybody waiting for them.
TEST_CASE("the disk may fail for good at any change") {
  const auto [runs, offline] = fail_each(Failing::changes, true);
  CHECK(runs > 2000);
  CHECK(offline > runs - runs / 20);
}

TEST_CASE("the disk may fail for good at any look") {
  const auto [runs, offline] = fail_each(Failing::looks, true);
  CHECK(runs > 1500);
  CHECK(offline > runs - runs / 20);
}

TEST_CASE("any large allocation may find no memory, once or for good") {
  for (const bool lasts : {false, true}) {
    const auto [runs, offline] = fail_each(Failing::allocations, lasts);
    CHECK(runs > 100);
    CHECK((lasts ? offline == runs : offline < runs / 10));
  }
}

}  // namespace odradek
