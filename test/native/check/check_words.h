// Findings as lines of text, for comparisons.
#pragma once

#include <string>

#include "check/finding.h"

namespace odradek {

// "damaged orders-0/x.log [70, 140) offsets [3, 4): the checksum does not match"
inline std::string words_of(const Finding& finding) {
  std::string words = std::string(word_of(finding.kind)) + " " + finding.file;
  if (finding.from.value >= 0) {
    words +=
        " [" + std::to_string(finding.from.value) + ", " + std::to_string(finding.to.value) + ")";
  }
  if (finding.first_offset.value >= 0) {
    words += " offsets [" + std::to_string(finding.first_offset.value) + ", " +
             std::to_string(finding.next_offset.value) + ")";
  }
  return words + ": " + finding.reason;
}

inline std::string words_of(const Findings& findings) {
  std::string words;
  for (const Finding& finding : findings.kept()) words += words_of(finding) + "\n";
  return words;
}

}  // namespace odradek
