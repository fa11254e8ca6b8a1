// The implementations behind crc32c.h, visible to its dispatch, its tests and bench/micro only.
//
// A kernel advances the raw shift register (no initial or final inversion) over `size` bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace odradek::crc32c_kernels {

using Kernel = uint32_t (*)(uint32_t state, const uint8_t* data, size_t size);

// Slicing by 8 with tables made at compile time. Runs everywhere.
uint32_t portable(uint32_t state, const uint8_t* data, size_t size);

// Three interleaved streams of the CRC32 instruction; null where the CPU lacks it.
Kernel sse42();
Kernel arm64();

inline constexpr uint32_t kPolynomial = 0x82F63B78U;  // bit 31 is x^0, bit 0 is x^31

// a * b modulo the polynomial.
constexpr uint32_t multiply(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (uint32_t bit = 0x80000000U; bit != 0; bit >>= 1) {
    if ((a & bit) != 0) product ^= b;
    b = (b & 1) != 0 ? (b >> 1) ^ kPolynomial : b >> 1;
  }
  return product;
}

// x^exponent modulo the polynomial, by squaring.
constexpr uint32_t power_of_x(uint64_t exponent) {
  uint32_t result = 0x80000000U;  // x^0
  uint32_t square = 0x40000000U;  // x^1
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}

// For streams that are checksummed side by side: what a register becomes by `size` zero bytes is
// the register times x^(8 * size); by its linearity that is one table look-up per byte.
using ShiftTable = std::array<std::array<uint32_t, 256>, 4>;

// The table for `size` bytes; made at compile time.
constexpr ShiftTable make_shift_table(uint64_t size) {
  ShiftTable table{};
  const uint32_t factor = power_of_x(8 * size);
  for (uint32_t byte = 0; byte < 4; ++byte) {
    for (uint32_t bit = 0; bit < 8; ++bit) {
      table[byte][1U << bit] = multiply(1U << (8 * byte + bit), factor);
    }
    for (uint32_t value = 1; value < 256; ++value) {
      const uint32_t low = value & (~value + 1);
      if (value != low) table[byte][value] = table[byte][value ^ low] ^ table[byte][low];
    }
  }
  return table;
}

// The register after as many zero bytes as the table is for.
inline uint32_t shift(const ShiftTable& table, uint32_t state) {
  return table[0][state & 0xff] ^ table[1][(state >> 8) & 0xff] ^ table[2][(state >> 16) & 0xff] ^
         table[3][state >> 24];
}

}  // namespace odradek::crc32c_kernels
