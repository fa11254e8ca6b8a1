#include "durable_writes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "cpu_clock.h"
#include "fatal.h"

namespace odradek::bench {

namespace {

// A part of the journal.
constexpr size_t kFileBytes = 4 << 20;

void write_at(int file, const std::vector<uint8_t>& bytes, size_t at) {
  const ssize_t written = pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
  if (written < 0) fatal("writing failed: %s", std::strerror(errno));
  if (static_cast<size_t>(written) != bytes.size()) fatal("the disk is full");
  if (fdatasync(file) != 0) fatal("syncing failed: %s", std::strerror(errno));
}

int open_prewritten(const std::string& folder) {
  std::string path = folder + "/odradek-load-XXXXXX";
  const int file = mkstemp(path.data());
  if (file < 0) fatal("cannot make a file in %s: %s", folder.c_str(), std::strerror(errno));
  unlink(path.c_str());
  write_at(file, std::vector<uint8_t>(kFileBytes), 0);
  return file;
}

}  // namespace

Window run_durable_writes(const Options& options, Counts& counts) {
  const std::vector<uint8_t> bytes(static_cast<size_t>(options.write_bytes), 'o');
  const int file = open_prewritten(options.path);
  const int64_t first_ns = now_ns();
  const int64_t begin_ns = first_ns + static_cast<int64_t>(options.warmup_s * 1e9);
  const int64_t end_ns = begin_ns + static_cast<int64_t>(options.duration_s * 1e9);
  int64_t measured_ns = first_ns;
  int64_t measured_cpu_ns = own_cpu_ns();
  int64_t now = first_ns;
  size_t at = 0;
  for (int64_t left = options.requests_max; left > 0 && now < end_ns; left--) {
    const int64_t before = now;
    write_at(file, bytes, at);
    at += bytes.size();
    if (at + bytes.size() > kFileBytes) at = 0;
    now = now_ns();
    if (before < begin_ns) {
      measured_ns = now;
      measured_cpu_ns = own_cpu_ns();
      continue;
    }
    counts.requests++;
    counts.batch_bytes += options.write_bytes;
    counts.latency.record(static_cast<uint64_t>(now - before));
  }
  close(file);
  return {now - measured_ns, own_cpu_ns() - measured_cpu_ns, 0};
}

}  // namespace odradek::bench
