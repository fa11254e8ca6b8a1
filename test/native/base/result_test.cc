#include "base/result.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include <doctest/doctest.h>

namespace odradek {
namespace {

enum class Problem { small, large };

Result<int, Problem> half(int n) {
  if (n % 2 != 0) return Err(Problem::small);
  return n / 2;
}

Result<void, Problem> check_even(int n) {
  RETURN_IF_ERROR(half(n));
  return {};
}

// The error of an inner result reaches results of any value type.
Result<std::string, Problem> describe(int n) {
  RETURN_IF_ERROR(check_even(n));
  return std::string("even");
}

template <class Body>
bool aborts(Body body) {
  std::fflush(nullptr);  // or the child writes it again
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGABRT, SIG_DFL);  // the test runner would report it as its own
    static_cast<void>(std::freopen("/dev/null", "w", stderr));
    body();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) || WEXITSTATUS(status) != 0;
}

}  // namespace

TEST_CASE("a result holds a value or an error") {
  const auto good = half(8);
  CHECK(good.ok());
  CHECK(static_cast<bool>(good));
  CHECK(*good == 4);
  const auto bad = half(7);
  CHECK_FALSE(bad.ok());
  CHECK(bad.error() == Problem::small);
}

TEST_CASE("RETURN_IF_ERROR passes the error on and nothing else") {
  CHECK(check_even(2).ok());
  CHECK(check_even(3).error() == Problem::small);
  CHECK(*describe(2) == "even");
  CHECK(describe(3).error() == Problem::small);
}

TEST_CASE("values that only move can be taken out") {
  Result<std::unique_ptr<int>, Problem> result = std::make_unique<int>(5);
  CHECK(**result == 5);
  const std::unique_ptr<int> taken = std::move(result).value();
  CHECK(*taken == 5);
  Result<std::string, Problem> text = std::string("abc");
  CHECK(text->size() == 3);
  *text += "d";
  CHECK(*std::move(text) == "abcd");
}

TEST_CASE("value and error types may be the same") {
  Result<int, int> good = 1;
  Result<int, int> bad = Err(2);
  CHECK(*good == 1);
  CHECK(bad.error() == 2);
}

TEST_CASE("reading what is not there is our bug and aborts") {
  CHECK(aborts([] { static_cast<void>(half(7).value()); }));
  CHECK(aborts([] { static_cast<void>(half(8).error()); }));
  CHECK(aborts([] { static_cast<void>(check_even(8).error()); }));
  CHECK_FALSE(aborts([] { static_cast<void>(half(8).value()); }));
}

}  // namespace odradek
