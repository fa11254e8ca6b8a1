#include "net/wake_up.h"

#include <fcntl.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/eventfd.h>
#endif

#include <cerrno>
#include <cstdint>

#include "base/assert.h"

namespace odradek {

WakeUp::WakeUp() {
#if defined(__linux__)
  read_ = Socket(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
#else
  int ends[2];
  if (::pipe(ends) != 0) return;
  for (int fd : ends) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  read_ = Socket(ends[0]);
  write_ = Socket(ends[1]);
#endif
}

void WakeUp::signal() {
  ASSERT(is_open());
  const uint64_t one = 1;
  const int fd = write_.is_open() ? write_.fd() : read_.fd();
  const ssize_t written = ::write(fd, &one, sizeof one);
  // A full pipe or counter is readable already, which is all that was asked for.
  ASSERT(written == sizeof one || errno == EAGAIN || errno == EINTR);
}

void WakeUp::drain() {
  ASSERT(is_open());
  uint64_t bytes[16];
  const ssize_t taken = ::read(read_.fd(), bytes, sizeof bytes);
  ASSERT(taken > 0 || errno == EAGAIN || errno == EINTR);
}

}  // namespace odradek
