#include "checksum/crc32c.h"

#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "checksum/crc32c_kernels.h"

namespace odradek {
namespace {

using crc32c_kernels::Kernel;

// One bit at a time, straight from the definition: the judge of all kernels.
uint32_t by_definition(uint32_t state, const uint8_t* data, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    state ^= data[i];
    for (int bit = 0; bit < 8; ++bit) {
      state = (state & 1) != 0 ? (state >> 1) ^ 0x82F63B78U : state >> 1;
    }
  }
  return state;
}

struct NamedKernel {
  const char* name;
  Kernel kernel;
};

std::vector<NamedKernel> kernels() {
  std::vector<NamedKernel> all{{"portable", &crc32c_kernels::portable}};
  if (Kernel kernel = crc32c_kernels::sse42()) all.push_back({"sse4.2", kernel});
  if (Kernel kernel = crc32c_kernels::arm64()) all.push_back({"arm64", kernel});
  return all;
}

std::vector<uint8_t> random_bytes(size_t size, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint8_t> bytes(size);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
  return bytes;
}

}  // namespace

TEST_CASE("crc32c gives the published check values") {
  CHECK(crc32c(as_bytes("123456789")) == 0xE3069283U);
  CHECK(crc32c({}) == 0);
  // RFC 3720, B.4.
  const std::vector<uint8_t> zeros(32, 0);
  const std::vector<uint8_t> ones(32, 0xff);
  std::vector<uint8_t> ascending(32);
  for (size_t i = 0; i < 32; ++i) ascending[i] = static_cast<uint8_t>(i);
  CHECK(crc32c(zeros) == 0x8A9136AAU);
  CHECK(crc32c(ones) == 0x62A8AB43U);
  CHECK(crc32c(ascending) == 0x46DD794EU);
}

TEST_CASE("every crc32c kernel agrees with the definition at every length and alignment") {
  const std::vector<uint8_t> bytes = random_bytes(2100, 1);
  for (const NamedKernel& k : kernels()) {
    CAPTURE(k.name);
    for (size_t size = 0; size + 8 < bytes.size(); size += size < 600 ? 1 : 37) {
      const uint8_t* from = bytes.data() + size % 8;
      const uint32_t initial = static_cast<uint32_t>(size * 2654435761U);
      REQUIRE(k.kernel(initial, from, size) == by_definition(initial, from, size));
    }
  }
}

TEST_CASE("every crc32c kernel agrees with the definition around its interleaved block sizes") {
  const std::vector<uint8_t> bytes = random_bytes(3 * 4096 * 2 + 4000, 2);
  for (const NamedKernel& k : kernels()) {
    CAPTURE(k.name);
    for (size_t size : {3 * 64, 3 * 256, 3 * 512, 3 * 4096, 2 * 3 * 4096, 2 * 3 * 4096 + 3991}) {
      for (size_t around = size - 9; around <= size + 9 && around <= bytes.size(); ++around) {
        REQUIRE(k.kernel(~0U, bytes.data(), around) == by_definition(~0U, bytes.data(), around));
      }
    }
  }
}

TEST_CASE("crc32c_extend continues at any split") {
  const std::vector<uint8_t> bytes = random_bytes(1500, 3);
  const uint32_t whole = crc32c(bytes);
  for (size_t split = 0; split <= bytes.size(); split += 13) {
    const ByteView view(bytes);
    CHECK(crc32c_extend(crc32c(view.first(split)), view.subspan(split)) == whole);
  }
}

TEST_CASE("shift tables equal feeding zero bytes") {
  static constexpr auto table = crc32c_kernels::make_shift_table(48);
  const std::vector<uint8_t> zeros(48, 0);
  for (uint32_t state : {1U, 0x80000000U, 0xdeadbeefU, 0xffffffffU}) {
    CHECK(crc32c_kernels::shift(table, state) == by_definition(state, zeros.data(), zeros.size()));
  }
}

TEST_CASE("crc32c names the implementation in use") {
  const std::string name = crc32c_implementation();
  CHECK(name == kernels().back().name);
}

}  // namespace odradek
