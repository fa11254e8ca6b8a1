// What a kernel does between the last sync and a power cut, in any order: writes some of the pages
// that nobody synced.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace odradek::power {

// Writes random ranges of random files below `folder` to the disk.
void write_some_back(const std::string& folder, std::mt19937_64& random);

}  // namespace odradek::power
