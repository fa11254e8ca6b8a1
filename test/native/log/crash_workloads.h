// What a log directory is put to while its power is cut: one short life story for each way in which
// the log changes files, each with older entries still in the journal.
#pragma once

#include <vector>

#include "crash_witness.h"

namespace odradek {

// A story in two parts: power is cut only in the second.
struct CrashWorkload {
  const char* name;
  void (*prepare)(Witness& witness);
  void (*run)(Witness& witness);
};

// All of them, in a fixed order; they live for the whole process.
const std::vector<CrashWorkload>& crash_workloads();
// The one of that name, which must be there.
const CrashWorkload& crash_workload(const std::string& name);

}  // namespace odradek
