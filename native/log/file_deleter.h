// Removes files that nobody needs any more, large ones in steps: one unlink of 1 GiB blocks a file
// system for a tenth of a second and more.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "file/file_system.h"

namespace odradek {

// Cuts the file down in steps of 16 MiB to nothing and removes it, so that its room is free although
// somebody has it open still, as a log does that was deleted. Only for files that nobody reads.
FileResult<void> remove_in_steps(FileSystem& fs, const std::string& path);

// Removes a folder and all that is in it, without following it deeper than Kafka's folders go.
FileResult<void> remove_folder(FileSystem& fs, const std::string& path);

}  // namespace odradek
