#include "write_back.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

namespace odradek::power {

void write_some_back(const std::string& folder, std::mt19937_64& random) {
  constexpr off64_t kPage = 4096;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
    if (!entry.is_regular_file(ignored) || random() % 2 == 0) continue;
    const int file = ::open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) continue;
    const off64_t pages = ::lseek64(file, 0, SEEK_END) / kPage + 1;
    for (uint64_t ranges = random() % 4; ranges > 0; --ranges) {
      const auto from = static_cast<off64_t>(random() % static_cast<uint64_t>(pages));
      const auto length = static_cast<off64_t>(1 + random() % 4);
      ::sync_file_range(file, from * kPage, length * kPage,
                        SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
    }
    if (random() % 16 == 0) ::fdatasync(file);
    ::close(file);
  }
}

}  // namespace odradek::power
