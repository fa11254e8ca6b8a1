// `.kafka_cleanshutdown`: written last at a clean stop, removed before the first change. JSON.
#pragma once

#include <string>

#include "file/file_system.h"

namespace odradek {

inline constexpr const char* kCleanShutdownFile = ".kafka_cleanshutdown";

// Any file of that name says so, whatever is in it, as in Apache Kafka.
FileResult<bool> has_clean_shutdown(const FileSystem& fs, const std::string& directory);
// Durable when they return.
FileResult<void> write_clean_shutdown(FileSystem& fs, const std::string& directory);
FileResult<void> remove_clean_shutdown(FileSystem& fs, const std::string& directory);

}  // namespace odradek
