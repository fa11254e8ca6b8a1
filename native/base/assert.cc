#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace odradek {

void assertion_failed(const char* file, int line, const char* expression,
                      const char* message) noexcept {
  std::fprintf(stderr, "%s:%d: assertion failed: %s%s%s\n", file, line, expression,
               *message == '\0' ? "" : ": ", message);
  std::abort();
}

}  // namespace odradek
