#include "file/descriptor.h"

#include <fcntl.h>

#include <doctest/doctest.h>

namespace odradek {
namespace {

int open_null() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("a descriptor closes itself, once, whoever owns it last") {
  const int fd = open_null();
  REQUIRE(fd >= 0);
  {
    Descriptor first(fd);
    Descriptor second(std::move(first));
    CHECK_FALSE(first.is_open());  // NOLINT: what is left of it is what this is about
    CHECK(second.get() == fd);
    Descriptor third;
    CHECK_FALSE(third.is_open());
    third = std::move(second);
    CHECK(third.get() == fd);
    CHECK(is_open(fd));
  }
  CHECK_FALSE(is_open(fd));
}

TEST_CASE("assigning over an open descriptor closes that one") {
  const int old_fd = open_null();
  const int new_fd = open_null();
  {
    Descriptor descriptor(old_fd);
    descriptor = Descriptor(new_fd);
    CHECK_FALSE(is_open(old_fd));
    CHECK(is_open(new_fd));
  }
  CHECK_FALSE(is_open(new_fd));
}

TEST_CASE("only interrupted calls are made again") {
  int calls = 0;
  const auto interrupted_twice = [&calls] {
    ++calls;
    errno = EINTR;
    return calls < 3 ? -1 : 7;
  };
  CHECK(without_interrupts(interrupted_twice) == 7);
  CHECK(calls == 3);
  calls = 0;
  const auto failing = [&calls] {
    ++calls;
    errno = EIO;
    return -1;
  };
  CHECK(without_interrupts(failing) == -1);
  CHECK(calls == 1);
}

}  // namespace odradek
