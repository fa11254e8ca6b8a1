// Where a socket listens or who is at its other end.
#pragma once

#include <cstdint>
#include <string>

namespace odradek {

// An address and a port of it.
struct Endpoint {
  std::string host;  // numeric address
  uint16_t port = 0;
};

}  // namespace odradek
