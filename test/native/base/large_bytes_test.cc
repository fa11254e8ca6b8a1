#include "base/large_bytes.h"

#include <doctest/doctest.h>

#include "refused_memory.h"

namespace odradek {

TEST_CASE("bytes are zeros, as many as were asked for") {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100000}}) {
    const auto bytes = allocate_bytes(size);
    REQUIRE(bytes.has_value());
    CHECK(*bytes == std::vector<uint8_t>(size, 0));
  }
}

TEST_CASE("what finds no memory is no bytes, and the next may find some") {
  RefusedMemory memory(2);
  CHECK(allocate_bytes(100).has_value());
  memory.arm(true);
  CHECK(allocate_bytes(100).has_value());
  CHECK_FALSE(allocate_bytes(100).has_value());
  CHECK(allocate_bytes(100).has_value());
  CHECK(memory.count() == 3);
}

// A sanitizer's allocator ends the process instead of answering.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("what no machine has memory for is refused, and ends nothing") {
  CHECK_FALSE(allocate_bytes(size_t{1} << 62).has_value());
}
#endif

}  // namespace odradek
