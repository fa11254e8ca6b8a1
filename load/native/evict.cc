#include "evict.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "fatal.h"
#include "record_files.h"

namespace odradek::bench {

namespace {

// A page on its way into the kernel's lists is passed over, and found the next time.
constexpr int kAttemptsMax = 3;
constexpr int64_t kSharesResidentMax = 100;

bool is_cold(int64_t resident_bytes, int64_t bytes) {
  return resident_bytes * kSharesResidentMax <= bytes;
}

int64_t count_resident(int file, size_t bytes, const char* path) {
  void* mapped = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) fatal("cannot map %s: %s", path, std::strerror(errno));
  const auto page_bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages((bytes + page_bytes - 1) / page_bytes);
  if (mincore(mapped, bytes, pages.data()) != 0) {
    fatal("cannot tell what of %s is in memory: %s", path, std::strerror(errno));
  }
  munmap(mapped, bytes);
  // The other bits mean nothing.
  const auto resident = std::count_if(pages.begin(), pages.end(), [](auto p) { return p & 1; });
  return std::min(static_cast<int64_t>(resident) * static_cast<int64_t>(page_bytes),
                  static_cast<int64_t>(bytes));
}

void evict_file(const char* path, Evicted& total) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  // Brokers delete old files.
  if (file < 0 && errno == ENOENT) return;
  if (file < 0) fatal("cannot open %s: %s", path, std::strerror(errno));
  struct stat status {};
  if (fstat(file, &status) != 0) fatal("cannot look at %s: %s", path, std::strerror(errno));
  int64_t resident = 0;
  for (int i = 0; i < kAttemptsMax && status.st_size > 0; i++) {
    // What is dirty stays.
    if (fdatasync(file) != 0) fatal("cannot sync %s: %s", path, std::strerror(errno));
    const int error = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    if (error != 0) fatal("cannot drop %s: %s", path, std::strerror(error));
    resident = count_resident(file, static_cast<size_t>(status.st_size), path);
    if (resident == 0) break;
  }
  close(file);
  total.files++;
  total.bytes += status.st_size;
  total.resident_bytes += resident;
}

}  // namespace

Evicted evict_record_files(const std::string& folder) {
  Evicted total;
  for (const std::string& path : record_files_below(folder)) evict_file(path.c_str(), total);
  if (total.bytes == 0) fatal("%s holds no records", folder.c_str());
  if (!is_cold(total.resident_bytes, total.bytes)) {
    fatal("%lld of %lld bytes of records stay in memory",
          static_cast<long long>(total.resident_bytes), static_cast<long long>(total.bytes));
  }
  return total;
}

}  // namespace odradek::bench
