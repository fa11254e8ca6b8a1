#include "base/bytes.h"

#include <array>

#include <doctest/doctest.h>

namespace odradek {

TEST_CASE("integers are stored and loaded big endian at any address") {
  std::array<uint8_t, 16> bytes{};
  for (size_t at = 0; at < 8; ++at) {
    store_be(bytes.data() + at, int64_t{0x0102030405060708});
    for (size_t i = 0; i < 8; ++i) CHECK(bytes[at + i] == i + 1);
    CHECK(load_be<int64_t>(bytes.data() + at) == 0x0102030405060708);
    CHECK(load_be<uint32_t>(bytes.data() + at) == 0x01020304);
    CHECK(load_be<int16_t>(bytes.data() + at) == 0x0102);
    CHECK(load_be<uint8_t>(bytes.data() + at) == 1);
  }
}

TEST_CASE("negative integers keep their sign") {
  std::array<uint8_t, 8> bytes{};
  store_be(bytes.data(), int32_t{-2});
  CHECK(bytes == std::array<uint8_t, 8>{0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0});
  CHECK(load_be<int32_t>(bytes.data()) == -2);
  CHECK(load_be<int8_t>(bytes.data()) == -1);
  store_be(bytes.data(), INT64_MIN);
  CHECK(load_be<int64_t>(bytes.data()) == INT64_MIN);
}

TEST_CASE("byte_swap reverses and is its own inverse") {
  static_assert(byte_swap(uint16_t{0x1234}) == 0x3412);
  static_assert(byte_swap(byte_swap(int32_t{-123456})) == -123456);
  static_assert(byte_swap(uint64_t{1}) == uint64_t{1} << 56);
  static_assert(byte_swap(uint8_t{7}) == 7);
}

TEST_CASE("text and bytes are two views of the same memory") {
  const std::string_view text = "a\0b";
  CHECK(as_bytes(text).data() == reinterpret_cast<const uint8_t*>(text.data()));
  CHECK(as_text(as_bytes(text)) == text);
  CHECK(as_bytes("").empty());
}

}  // namespace odradek
