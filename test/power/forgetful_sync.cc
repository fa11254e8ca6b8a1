// A disk that lies, for positive controls: where the environment names a part of paths
// (ODRADEK_FORGET_SYNC), seven of eight syncs of such files succeed without doing anything. Linked
// into a program, or preloaded into one (LD_PRELOAD), it takes the place of libc's calls.
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

std::atomic<unsigned> syncs{0};

bool forgets(int descriptor) {
  const char* part = std::getenv("ODRADEK_FORGET_SYNC");
  if (part == nullptr) return false;
  char link[64];
  char path[4096];
  std::snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
  const ssize_t length = ::readlink(link, path, sizeof(path) - 1);
  if (length < 0) return false;
  path[length] = '\0';
  return std::strstr(path, part) != nullptr && syncs.fetch_add(1) % 8 != 7;
}

}  // namespace

#define EXPORTED __attribute__((visibility("default")))

extern "C" {

EXPORTED int fdatasync(int descriptor) {
  return forgets(descriptor) ? 0 : static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

EXPORTED int fsync(int descriptor) {
  return forgets(descriptor) ? 0 : static_cast<int>(::syscall(SYS_fsync, descriptor));
}

EXPORTED int sync_file_range(int descriptor, off64_t from, off64_t length, unsigned flags) {
  if (forgets(descriptor)) return 0;
  return static_cast<int>(::syscall(SYS_sync_file_range, descriptor, from, length, flags));
}

}  // extern "C"
