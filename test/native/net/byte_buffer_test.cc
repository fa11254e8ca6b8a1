// The growing byte string against std::vector, under random calls.
#include "net/byte_buffer.h"

#include <algorithm>
#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes copy_of(const ByteBuffer& buffer) {
  return Bytes(buffer.view().begin(), buffer.view().end());
}

TEST_CASE("an empty buffer owns nothing") {
  ByteBuffer buffer;
  CHECK(buffer.empty());
  CHECK(buffer.size() == 0);
  CHECK(buffer.capacity() == 0);
  CHECK(buffer.data() == nullptr);
  buffer.append({});
  buffer.truncate(0);
  buffer.clear(0);
  CHECK(buffer.data() == nullptr);
}

TEST_CASE("a buffer that moved away is empty and can be used again") {
  ByteBuffer first;
  first.append(Bytes{1, 2, 3});
  const uint8_t* data = first.data();
  ByteBuffer second = std::move(first);
  CHECK(second.data() == data);
  CHECK(first.empty());  // NOLINT: what it promises
  first.append(Bytes{9});
  CHECK(copy_of(first) == Bytes{9});
  second = std::move(first);
  CHECK(copy_of(second) == Bytes{9});
}

TEST_CASE("clear keeps as much memory as it is told to") {
  ByteBuffer buffer;
  buffer.extend(10000);
  const size_t capacity = buffer.capacity();
  buffer.clear(capacity);
  CHECK(buffer.empty());
  CHECK(buffer.capacity() == capacity);
  buffer.clear(capacity - 1);
  CHECK(buffer.capacity() == 0);
}

TEST_CASE("reserved room is used without a move") {
  ByteBuffer buffer;
  buffer.append(Bytes(100, 1));
  buffer.reserve_more(5000);
  CHECK(buffer.size() == 100);
  const uint8_t* data = buffer.data();
  for (int i = 0; i < 5000; ++i) buffer.append(Bytes{2});
  CHECK(buffer.data() == data);
  CHECK(buffer.size() == 5100);
}

TEST_CASE("against a vector: random appends, cuts and clears") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    ByteBuffer buffer;
    Bytes model;
    for (int step = 0; step < 200; ++step) {
      const size_t count = random() % (random() % 10 == 0 ? 5000 : 40);
      switch (random() % 6) {
        case 0: {
          const size_t size = random() % (model.size() + 1);
          buffer.truncate(size);
          model.resize(size);
          break;
        }
        case 1:
          if (random() % 10 == 0) {
            buffer.clear(random() % 4096);
            model.clear();
          }
          break;
        case 2: {
          uint8_t* at = buffer.extend(count);
          for (size_t i = 0; i < count; ++i) at[i] = static_cast<uint8_t>(i + seed);
          for (size_t i = 0; i < count; ++i) model.push_back(static_cast<uint8_t>(i + seed));
          break;
        }
        case 3: {
          ByteBuffer moved = std::move(buffer);
          buffer = std::move(moved);
          break;
        }
        default: {
          const Bytes piece(count, static_cast<uint8_t>(random()));
          buffer.append(piece);
          model.insert(model.end(), piece.begin(), piece.end());
          break;
        }
      }
      REQUIRE(buffer.size() == model.size());
      REQUIRE(buffer.size() <= buffer.capacity());
      REQUIRE(buffer.empty() == model.empty());
    }
    REQUIRE(copy_of(buffer) == model);
  }
}

}  // namespace
}  // namespace odradek
