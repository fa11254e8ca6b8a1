#include "net/listener.h"

#include <doctest/doctest.h>

namespace odradek {
namespace {

TEST_CASE("port 0 takes a free port, and a second listener on it is told so") {
  auto first = Listener::bind({"127.0.0.1", 0});
  REQUIRE(first);
  const Endpoint bound = (*first)->endpoint();
  CHECK(bound.host == "127.0.0.1");
  CHECK(bound.port != 0);
  auto second = Listener::bind(bound);
  REQUIRE_FALSE(second);
  const std::string where = "127.0.0.1:" + std::to_string(bound.port);
  CHECK(second.error().find(where) != std::string::npos);
  CHECK(second.error().find("in use") != std::string::npos);
}

TEST_CASE("an address that is not ours, or none at all, is a sentence") {
  auto foreign = Listener::bind({"192.0.2.1", 0});
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().find("192.0.2.1") != std::string::npos);
  CHECK(foreign.error().find("no such address") != std::string::npos);
  auto nonsense = Listener::bind({"not an address", 1});
  REQUIRE_FALSE(nonsense);
  CHECK(nonsense.error().find("not a numeric address") != std::string::npos);
}

TEST_CASE("IPv6 listens too, where the machine has it") {
  auto loopback = Listener::bind({"::1", 0});
  if (loopback) {
    CHECK((*loopback)->endpoint().host == "::1");
  } else {
    CHECK(loopback.error().find("[::1]:0") != std::string::npos);
  }
}

}  // namespace
}  // namespace odradek
