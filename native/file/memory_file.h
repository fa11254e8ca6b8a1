// A file of the disk in memory as its user holds it open.
#pragma once

#include <memory>
#include <string>

#include "file/memory_disk.h"

namespace odradek {

// Opens `file`. Like a descriptor it works on after the file's name is gone, and keeps the disk.
std::unique_ptr<File> open_memory_file(std::shared_ptr<MemoryDisk> disk,
                                       std::shared_ptr<MemoryFile> file, std::string path,
                                       bool writable);

}  // namespace odradek
