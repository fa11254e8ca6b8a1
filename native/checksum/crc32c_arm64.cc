// ARMv8's CRC32CX, three streams side by side as in crc32c_sse42.cc. The registers are joined by
// tables: the carry-less multiplication is another, optional extension there.
#include "checksum/crc32c_kernels.h"

#if defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

#include <cstring>

#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#if defined(__clang__)
#define ODRADEK_TARGET_CRC __attribute__((target("crc")))
#define ODRADEK_CRC32CX __builtin_arm_crc32cd
#define ODRADEK_CRC32CB __builtin_arm_crc32cb
#else
#define ODRADEK_TARGET_CRC __attribute__((target("+crc")))
#define ODRADEK_CRC32CX __builtin_aarch64_crc32cx
#define ODRADEK_CRC32CB __builtin_aarch64_crc32cb
#endif

namespace odradek::crc32c_kernels {
namespace {

inline uint64_t load64(const uint8_t* from) {
  uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <size_t block>
inline constexpr ShiftTable kShiftBy = make_shift_table(block);

template <size_t block>
ODRADEK_TARGET_CRC inline uint32_t interleaved(uint32_t state, const uint8_t*& data, size_t& size) {
  static_assert(block % 8 == 0);
  while (size >= 3 * block) {
    uint32_t first = state;
    uint32_t second = 0;
    uint32_t third = 0;
    for (size_t at = 0; at < block; at += 8) {
      first = ODRADEK_CRC32CX(first, load64(data + at));
      second = ODRADEK_CRC32CX(second, load64(data + block + at));
      third = ODRADEK_CRC32CX(third, load64(data + 2 * block + at));
    }
    state = shift(kShiftBy<block>, shift(kShiftBy<block>, first) ^ second) ^ third;
    data += 3 * block;
    size -= 3 * block;
  }
  return state;
}

ODRADEK_TARGET_CRC uint32_t arm64_kernel(uint32_t state, const uint8_t* data, size_t size) {
  state = interleaved<4096>(state, data, size);
  state = interleaved<256>(state, data, size);
  for (; size >= 8; data += 8, size -= 8) state = ODRADEK_CRC32CX(state, load64(data));
  for (; size > 0; ++data, --size) state = ODRADEK_CRC32CB(state, *data);
  return state;
}

}  // namespace

Kernel arm64() {
#if defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0 ? &arm64_kernel : nullptr;
#elif defined(__APPLE__)
  return &arm64_kernel;  // every Apple processor of this architecture has it
#else
  return nullptr;
#endif
}

}  // namespace odradek::crc32c_kernels

#else

namespace odradek::crc32c_kernels {

Kernel arm64() { return nullptr; }

}  // namespace odradek::crc32c_kernels

#endif
