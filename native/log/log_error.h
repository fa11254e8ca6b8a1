// What can go wrong in a partition log, with the Kafka error that a client is told.
#pragma once

#include <string>
#include <vector>

#include "base/error_code.h"
#include "base/result.h"
#include "batch/batch_validator.h"

namespace odradek {

struct LogError {
  ErrorCode code = ErrorCode::unknown_server_error;
  std::string detail;               // a sentence that names the file or the offset and the way out
  std::vector<RecordFault> faults;  // only for refused records
  // A call of the file system failed, and not for a shortage that passes: the disk is not to be
  // trusted any more.
  bool disk_failed = false;
  // For who may not wait (ReadWait) nothing is wrong, but the answer is on the disk. From a call
  // that may wait it is a failure as any other.
  bool would_wait = false;
};

// A value, or what went wrong in a log.
template <class T>
using LogResult = Result<T, LogError>;

}  // namespace odradek
