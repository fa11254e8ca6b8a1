// Assertions that stay on in release builds. They guard against our own bugs only: whatever the
// world can break (a disk, a peer, a user) is returned as a value, see base/result.h.
#pragma once

namespace odradek {

// Prints `file:line: assertion failed: expression (message)` to stderr and aborts. Never returns.
[[noreturn]] void assertion_failed(const char* file, int line, const char* expression,
                                   const char* message) noexcept;

}  // namespace odradek

#define ODRADEK_ASSERT_MESSAGE(expression, message) \
  (static_cast<bool>(expression)                    \
       ? static_cast<void>(0)                       \
       : ::odradek::assertion_failed(__FILE__, __LINE__, #expression, message))

// Aborts with the expression when it is false; evaluated in every build.
#define ASSERT(expression) ODRADEK_ASSERT_MESSAGE(expression, "")

// Marks a place that no state of ours can reach.
#define UNREACHABLE(message) ::odradek::assertion_failed(__FILE__, __LINE__, "unreachable", message)
