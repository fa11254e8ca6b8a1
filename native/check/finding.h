// What a check found in a file, in numbers for programs and words for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"

namespace odradek {

// How bad it is.
enum class FindingKind : uint8_t {
  damaged,  // bytes that are not what was written there
  missing,  // a file, batches or entries that must be there and are not
  unclean,  // what an unclean stop leaves; recovery sees to it, and nothing durable is lost
};

// "damaged", "missing" or "unclean".
inline const char* word_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::damaged:
      return "damaged";
    case FindingKind::missing:
      return "missing";
    case FindingKind::unclean:
      return "unclean";
  }
  return "";
}

// One fact about one file. What does not apply is -1.
struct Finding {
  FindingKind kind = FindingKind::damaged;
  std::string file;         // path below the log directory
  Position from{-1};        // bytes [from, to) of the file
  Position to{-1};          //
  Offset first_offset{-1};  // offsets [first_offset, next_offset) that it concerns
  Offset next_offset{-1};   // -1 with a first offset: where they end is not known
  std::string reason;       // words that follow the place
};

// Findings in the order they were made. Keeps the first kKeptMax, counts all: a file of noise must
// not fill the memory.
class Findings {
 public:
  static constexpr size_t kKeptMax = 1000;

  void add(Finding finding) {
    (finding.kind == FindingKind::unclean ? unclean_ : faults_) += 1;
    if (kept_.size() < kKeptMax) kept_.push_back(std::move(finding));
  }
  const std::vector<Finding>& kept() const { return kept_; }
  int64_t faults() const { return faults_; }  // damaged or missing
  int64_t unclean() const { return unclean_; }

 private:
  std::vector<Finding> kept_;
  int64_t faults_ = 0;
  int64_t unclean_ = 0;
};

}  // namespace odradek
