#include "log/directory_health.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("only the first failure counts, and it is told once") {
  DirectoryHealth health;
  std::vector<std::string> told;
  health.on_failure([&] { told.push_back("inside"); });
  health.on_offline([&](const std::string& reason) { told.push_back(reason); });
  CHECK(health.online());
  CHECK(health.reason().empty());
  health.fail("first");
  health.fail("second");
  CHECK_FALSE(health.online());
  CHECK(health.reason() == "first");
  CHECK(told == std::vector<std::string>{"inside", "first"});
  health.on_offline([&](const std::string& reason) { told.push_back("late " + reason); });
  CHECK(told.back() == "late first");
}

}  // namespace odradek
