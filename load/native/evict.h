// Drops record files from the page cache, so that whoever reads them next waits for the disk.
#pragma once

#include <cstdint>
#include <string>

namespace odradek::bench {

// Record files (*.log) and their bytes, and how many bytes of them were still in memory at the end.
struct Evicted {
  int64_t files = 0;
  int64_t bytes = 0;
  int64_t resident_bytes = 0;
};

// Syncs every record file below `folder` and drops its pages; nothing else there. A broker may have
// the files open and go on writing. Ends the program where there is none, where one cannot be read,
// or where more than a hundredth of the bytes stays in memory, which then is not cold.
Evicted evict_record_files(const std::string& folder);

}  // namespace odradek::bench
