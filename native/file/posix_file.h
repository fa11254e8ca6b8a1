// The real File: a descriptor and its path.
#pragma once

#include <memory>
#include <string>

#include "file/descriptor.h"
#include "file/file_system.h"

namespace odradek {

// Takes the descriptor over. `path` is for error messages only.
std::unique_ptr<File> make_posix_file(Descriptor descriptor, std::string path);

}  // namespace odradek
