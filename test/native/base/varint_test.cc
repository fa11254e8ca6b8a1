#include "base/varint.h"

#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes encoded32(int32_t v) {
  Bytes bytes(kVarint32BytesMax);
  bytes.resize(static_cast<size_t>(write_varint32(bytes.data(), v) - bytes.data()));
  return bytes;
}

Bytes encoded64(int64_t v) {
  Bytes bytes(kVarint64BytesMax);
  bytes.resize(static_cast<size_t>(write_varint64(bytes.data(), v) - bytes.data()));
  return bytes;
}

// Reads one number from exactly `bytes`; -1 as count if it is refused.
template <class T, class Read>
std::pair<T, int> decoded(const Bytes& bytes, Read read) {
  const uint8_t* cursor = bytes.data();
  T value = 77;
  if (!read(&cursor, bytes.data() + bytes.size(), &value)) {
    CHECK(cursor == bytes.data());
    CHECK(value == 77);
    return {value, -1};
  }
  return {value, static_cast<int>(cursor - bytes.data())};
}

}  // namespace

TEST_CASE("zig-zag varints have their published forms") {
  CHECK(encoded32(0) == Bytes{0x00});
  CHECK(encoded32(-1) == Bytes{0x01});
  CHECK(encoded32(1) == Bytes{0x02});
  CHECK(encoded32(63) == Bytes{0x7e});
  CHECK(encoded32(-64) == Bytes{0x7f});
  CHECK(encoded32(64) == Bytes{0x80, 0x01});
  CHECK(encoded32(INT32_MAX) == Bytes{0xfe, 0xff, 0xff, 0xff, 0x0f});
  CHECK(encoded32(INT32_MIN) == Bytes{0xff, 0xff, 0xff, 0xff, 0x0f});
  CHECK(encoded64(INT64_MIN) == Bytes{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01});
}

TEST_CASE("every varint reads back and takes as many bytes as varint_size says") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const auto wide = static_cast<int64_t>(random() >> (random() % 64)) * (i % 2 == 0 ? 1 : -1);
    const auto narrow = static_cast<int32_t>(wide);
    const Bytes bytes64 = encoded64(wide);
    const Bytes bytes32 = encoded32(narrow);
    REQUIRE(bytes64.size() == varint64_size(wide));
    REQUIRE(bytes32.size() == varint32_size(narrow));
    REQUIRE(decoded<int64_t>(bytes64, read_varint64) ==
            std::pair<int64_t, int>(wide, static_cast<int>(bytes64.size())));
    REQUIRE(decoded<int32_t>(bytes32, read_varint32) ==
            std::pair<int32_t, int>(narrow, static_cast<int>(bytes32.size())));
  }
}

TEST_CASE("unsigned varints read back at their edges") {
  for (uint64_t v : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{16383}, uint64_t{16384},
                     uint64_t{UINT32_MAX}, UINT64_MAX}) {
    Bytes bytes(kVarint64BytesMax);
    const uint8_t* end = write_unsigned_varint64(bytes.data(), v);
    const uint8_t* cursor = bytes.data();
    uint64_t read = 0;
    REQUIRE(read_unsigned_varint64(&cursor, end, &read));
    CHECK(read == v);
    CHECK(cursor == end);
    if (v > UINT32_MAX) continue;
    end = write_unsigned_varint32(bytes.data(), static_cast<uint32_t>(v));
    cursor = bytes.data();
    uint32_t narrow = 0;
    REQUIRE(read_unsigned_varint32(&cursor, end, &narrow));
    CHECK(narrow == v);
  }
}

TEST_CASE("a varint that is cut short is refused and nothing changes") {
  for (int32_t v : {64, INT32_MAX, INT32_MIN}) {
    Bytes bytes = encoded32(v);
    while (!bytes.empty()) {
      bytes.pop_back();
      CHECK(decoded<int32_t>(bytes, read_varint32).second == -1);
    }
  }
  Bytes bytes = encoded64(INT64_MIN);
  while (!bytes.empty()) {
    bytes.pop_back();
    CHECK(decoded<int64_t>(bytes, read_varint64).second == -1);
  }
}

TEST_CASE("a varint longer than its longest form is refused") {
  CHECK(decoded<int32_t>(Bytes{0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, read_varint32).second == -1);
  CHECK(decoded<int32_t>(Bytes{0xff, 0xff, 0xff, 0xff, 0xff}, read_varint32).second == -1);
  Bytes eleven(10, 0x80);
  eleven.push_back(0x01);
  CHECK(decoded<int64_t>(eleven, read_varint64).second == -1);
}

TEST_CASE("padded varints read, and bits above the width are dropped, as in Kafka") {
  CHECK(decoded<int32_t>(Bytes{0x82, 0x00}, read_varint32) == std::pair<int32_t, int>(1, 2));
  CHECK(decoded<int32_t>(Bytes{0xfe, 0xff, 0xff, 0xff, 0x7f}, read_varint32) ==
        std::pair<int32_t, int>(INT32_MAX, 5));
  CHECK(decoded<int64_t>(Bytes{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
                         read_varint64) == std::pair<int64_t, int>(INT64_MAX, 10));
}

}  // namespace odradek
