// The CRC32 instruction takes 8 bytes with a latency of 3 cycles but starts every cycle, so three
// independent streams keep it busy. Their registers are joined by a carry-less multiplication.
#include "checksum/crc32c_kernels.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <nmmintrin.h>
#include <wmmintrin.h>

#include <cstring>

#define ODRADEK_TARGET_SSE42 __attribute__((target("sse4.2,crc32,pclmul")))

namespace odradek::crc32c_kernels {
namespace {

inline uint64_t load64(const uint8_t* from) {
  uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// `state` times x^(8 * bytes), left for the next CRC32 instruction to reduce: that one multiplies
// by x^32 and the carry-less product of two reflected numbers by x, hence the 33.
template <uint64_t bytes>
ODRADEK_TARGET_SSE42 inline uint64_t shift_unreduced(uint64_t state) {
  constexpr uint32_t factor = power_of_x(8 * bytes - 33);
  const __m128i product =
      _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<int64_t>(state)),
                           _mm_cvtsi64_si128(static_cast<int64_t>(uint64_t{factor})), 0);
  return static_cast<uint64_t>(_mm_cvtsi128_si64(product));
}

// Consumes as many groups of three blocks of `block` bytes as there are.
template <size_t block>
ODRADEK_TARGET_SSE42 inline uint64_t interleaved(uint64_t state, const uint8_t*& data,
                                                 size_t& size) {
  static_assert(block % 8 == 0 && block >= 16);
  while (size >= 3 * block) {
    uint64_t first = state;
    uint64_t second = 0;
    uint64_t third = 0;
    for (size_t at = 0; at < block - 8; at += 8) {
      first = _mm_crc32_u64(first, load64(data + at));
      second = _mm_crc32_u64(second, load64(data + block + at));
      third = _mm_crc32_u64(third, load64(data + 2 * block + at));
    }
    first = _mm_crc32_u64(first, load64(data + block - 8));
    second = _mm_crc32_u64(second, load64(data + 2 * block - 8));
    // The last word of the third block takes in the two others, shifted to its place.
    const uint64_t others = shift_unreduced<2 * block>(first) ^ shift_unreduced<block>(second);
    state = _mm_crc32_u64(third, load64(data + 3 * block - 8) ^ others);
    data += 3 * block;
    size -= 3 * block;
  }
  return state;
}

ODRADEK_TARGET_SSE42 uint32_t sse42_kernel(uint32_t initial, const uint8_t* data, size_t size) {
  uint64_t state = initial;
  state = interleaved<4096>(state, data, size);
  state = interleaved<512>(state, data, size);
  state = interleaved<64>(state, data, size);
  for (; size >= 8; data += 8, size -= 8) state = _mm_crc32_u64(state, load64(data));
  for (; size > 0; ++data, --size) state = _mm_crc32_u8(static_cast<uint32_t>(state), *data);
  return static_cast<uint32_t>(state);
}

}  // namespace

Kernel sse42() {
  // Asked of the processor itself: __builtin_cpu_supports needs a part of the compiler's runtime
  // that not every toolchain has (Zig's, with which the package's binaries are built).
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool has_both =
      __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSE4_2) != 0 && (c & bit_PCLMUL) != 0;
  return has_both ? &sse42_kernel : nullptr;
}

}  // namespace odradek::crc32c_kernels

#else

namespace odradek::crc32c_kernels {

Kernel sse42() { return nullptr; }

}  // namespace odradek::crc32c_kernels

#endif
