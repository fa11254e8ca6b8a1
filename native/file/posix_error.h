// Turns errno into a FileError. Part of the real file system only.
#pragma once

#include <string>

#include "file/file_system.h"

namespace odradek {

// The error of the call that just failed: "`action` `path`: Permission denied".
Err<FileError> posix_error(const char* action, const std::string& path, int os_error);

// The same for a sync that failed. Its kind is io whatever the number: a disk that turns out to be
// full only now has dropped the pages, and the next sync would succeed without them.
Err<FileError> posix_sync_error(const std::string& path, int os_error);

}  // namespace odradek
