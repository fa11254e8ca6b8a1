#include "net/buffer_pool.h"

#include <cstring>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {
namespace {

TEST_CASE("a returned buffer is used again") {
  BufferPool pool(1 << 20);
  const uint8_t* first;
  {
    PooledBuffer buffer = pool.take(100000);
    REQUIRE(buffer);
    CHECK(buffer.size() == 100000);
    first = buffer.data();
    std::memset(buffer.data(), 1, buffer.size());
    CHECK(pool.used_bytes() == 131072);
  }
  CHECK(pool.used_bytes() == 0);
  CHECK(pool.idle_bytes() == 131072);
  PooledBuffer again = pool.take(70000);  // of the same size class
  CHECK(again.data() == first);
  CHECK(pool.idle_bytes() == 0);
}

TEST_CASE("idle buffers are bounded") {
  BufferPool pool(300000);
  {
    std::vector<PooledBuffer> buffers;
    for (int i = 0; i < 5; ++i) buffers.push_back(pool.take(100000));
  }
  CHECK(pool.idle_bytes() == 262144);
}

TEST_CASE("what was not needed since the last trim is given back") {
  BufferPool pool(1 << 20);
  {
    PooledBuffer one = pool.take(5000);
    PooledBuffer two = pool.take(5000);
  }
  CHECK(pool.idle_bytes() == 16384);
  pool.trim();  // both were in use since the start
  CHECK(pool.idle_bytes() == 16384);
  { PooledBuffer one = pool.take(5000); }
  pool.trim();  // one of them was not
  CHECK(pool.idle_bytes() == 8192);
  pool.trim();
  CHECK(pool.idle_bytes() == 0);
}

TEST_CASE("the largest frame costs address space only until it is filled") {
  BufferPool pool(1 << 20);
  std::vector<PooledBuffer> buffers;
  for (int i = 0; i < 100; ++i) buffers.push_back(pool.take(100U << 20));
  for (PooledBuffer& buffer : buffers) {
    REQUIRE(buffer);
    buffer.data()[0] = 1;
    buffer.data()[buffer.size() - 1] = 1;
  }
}

TEST_CASE("every size is as large as asked for") {
  BufferPool pool(0);
  for (size_t size : {1UL, 4095UL, 4096UL, 4097UL, 65535UL, 65536UL, 65537UL, 1048576UL}) {
    CAPTURE(size);
    PooledBuffer buffer = pool.take(size);
    REQUIRE(buffer);
    std::memset(buffer.data(), 0xab, size);
    PooledBuffer moved = std::move(buffer);
    CHECK_FALSE(buffer);
    CHECK(moved.size() == size);
  }
}

}  // namespace
}  // namespace odradek
