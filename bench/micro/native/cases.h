// What there is to measure, by folder of the core. A case whose name ends in a number works on so
// many bytes, records or entries; where two are compared, the number is the same.
#pragma once

#include <string>
#include <vector>

#include "measure.h"

namespace odradek::micro {

// crc32c-N, portable-N (the checksum without the processor's instruction), copy-N.
std::vector<Case> checksum_cases();

// validate-N of a batch of N records, and checksum-N of the same bytes.
std::vector<Case> batch_cases();

// offset-index-N and time-index-N: look-ups among N entries, at no foreseeable place.
std::vector<Case> index_cases();

// append-N of a batch of N bytes to a log, and write-N of the same bytes to a file;
// append-unwritten-N, where files keep nothing, and copy-batch-N of the same bytes; look-ups in
// logs of N batches by offset and by time, of the active segment and of a sealed one; read-N, N
// bytes of a file. `folder` must exist and be empty; where it lies in memory, no disk disturbs.
std::vector<Case> log_cases(const std::string& folder);

}  // namespace odradek::micro
