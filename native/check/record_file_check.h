// Files of record batches that are no segments: snapshots of the metadata log
// (`00000000000000000129-0000000003.checkpoint`) and `bootstrap.checkpoint`.
#pragma once

#include <string>
#include <string_view>

#include "check/finding.h"
#include "file/file_system.h"
#include "log/log_error.h"

namespace odradek {

inline constexpr std::string_view kRecordFileSuffix = ".checkpoint";
inline constexpr const char* kBootstrapFile = "bootstrap.checkpoint";

// Checks every batch of the file; `file` is what findings call it. The bytes that were read.
LogResult<int64_t> check_record_file(FileSystem& fs, const std::string& path,
                                     const std::string& file, Findings* findings);

}  // namespace odradek
