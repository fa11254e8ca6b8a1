#include "fatal.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace odradek::bench {

void fatal(const char* format, ...) {
  std::fputs("odradek-load: ", stderr);
  va_list arguments;
  va_start(arguments, format);
  std::vfprintf(stderr, format, arguments);
  va_end(arguments);
  std::fputc('\n', stderr);
  // Other threads may still run: skip destructors, they would race with them.
  std::_Exit(1);
}

}  // namespace odradek::bench
