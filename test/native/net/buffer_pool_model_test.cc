// The pool's accounts against a plain one, and that no two holders share a byte.
#include <bit>
#include <map>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "net/buffer_pool.h"

namespace odradek {
namespace {

using Random = std::mt19937_64;

// What a buffer of this size takes: a power of two of at least 4 KiB.
size_t memory_of(size_t size) { return std::max<size_t>(4096, std::bit_ceil(size)); }

// A buffer filled with its holder's own pattern.
struct Held {
  PooledBuffer buffer;
  uint8_t seed;

  void fill() {
    uint8_t* data = buffer.data();
    // First, last, and a few between: whole fills would take the test's time.
    for (size_t at = 0; at < buffer.size(); at += 997) data[at] = seed;
    data[buffer.size() - 1] = seed;
  }
  bool is_intact() {
    const uint8_t* data = buffer.data();
    for (size_t at = 0; at + 1 < buffer.size(); at += 997) {
      if (data[at] != seed) return false;
    }
    return data[buffer.size() - 1] == seed;
  }
};

size_t random_size(Random& random) {
  const size_t power = size_t{1} << (random() % 19);
  return 1 + power + random() % power - random() % 2;
}

}  // namespace

TEST_CASE("used bytes are what is held, idle bytes are bounded, and nobody's bytes change") {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const size_t idle_max = random() % (1 << 20);
    BufferPool pool(idle_max);
    std::vector<Held> held;
    size_t used = 0;
    for (int step = 0; step < 300; ++step) {
      const uint64_t kind = random() % 10;
      if (kind < 5 || held.empty()) {
        const size_t size = random_size(random);
        const size_t idle_before = pool.idle_bytes();
        held.push_back({pool.take(size), static_cast<uint8_t>(random())});
        REQUIRE(held.back().buffer);
        REQUIRE(held.back().buffer.size() == size);
        REQUIRE(held.back().buffer.span().size() == size);
        // Either a fresh one, or one of this class that was idle.
        const size_t taken_from_idle = idle_before - pool.idle_bytes();
        REQUIRE((taken_from_idle == 0 || taken_from_idle == memory_of(size)));
        held.back().fill();
        used += memory_of(size);
      } else if (kind < 9) {
        const size_t at = random() % held.size();
        REQUIRE(held[at].is_intact());
        used -= memory_of(held[at].buffer.size());
        std::swap(held[at], held.back());
        held.pop_back();
      } else {
        const size_t idle_before = pool.idle_bytes();
        pool.trim();
        REQUIRE(pool.idle_bytes() <= idle_before);
      }
      REQUIRE(pool.used_bytes() == used);
      REQUIRE(pool.idle_bytes() <= idle_max);
    }
    for (Held& each : held) REQUIRE(each.is_intact());
    held.clear();
    CHECK(pool.used_bytes() == 0);
    pool.trim();
    pool.trim();  // all that was not needed between the two
    CHECK(pool.idle_bytes() == 0);
  }
}

TEST_CASE("a buffer that moved is returned once, by its last holder") {
  BufferPool pool(1 << 20);
  std::vector<PooledBuffer> buffers(8);
  Random random(1);
  for (int step = 0; step < 2000; ++step) {
    PooledBuffer& one = buffers[random() % buffers.size()];
    PooledBuffer& other = buffers[random() % buffers.size()];
    switch (random() % 4) {
      case 0:
        one = pool.take(1 + random() % 100000);
        break;
      case 1:
        one.release();
        break;
      default:
        if (&one != &other) one = std::move(other);
        break;
    }
    size_t used = 0;
    for (PooledBuffer& each : buffers) {
      if (each) used += memory_of(each.size());
    }
    REQUIRE(pool.used_bytes() == used);
  }
}

TEST_CASE("idle memory is reused before fresh memory is taken") {
  BufferPool pool(1 << 24);
  std::map<size_t, int> held;
  {
    std::vector<PooledBuffer> buffers;
    for (size_t size : {5000UL, 5000UL, 70000UL, 70000UL, 1000000UL}) {
      buffers.push_back(pool.take(size));
      ++held[memory_of(size)];
    }
  }
  const size_t idle = pool.idle_bytes();
  for (int round = 0; round < 3; ++round) {
    std::vector<PooledBuffer> buffers;
    for (const auto& [memory, count] : held) {
      for (int i = 0; i < count; ++i) buffers.push_back(pool.take(memory));
    }
    CHECK(pool.idle_bytes() == 0);
    CHECK(pool.used_bytes() == idle);
  }
  CHECK(pool.idle_bytes() == idle);
}

}  // namespace odradek
