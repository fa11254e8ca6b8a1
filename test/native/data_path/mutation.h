// Seeded damage for decoder tests: what a broken or hostile peer might send.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace odradek {

// A copy of `bytes` with one to four mutations: flipped bits, overwritten or extreme bytes, cut or
// doubled ranges.
inline std::vector<uint8_t> mutate(std::vector<uint8_t> bytes, std::mt19937_64& random) {
  for (uint64_t left = 1 + random() % 4; left > 0 && !bytes.empty(); --left) {
    const size_t at = random() % bytes.size();
    const size_t length = 1 + random() % std::min<size_t>(bytes.size() - at, 16);
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to = from + static_cast<std::ptrdiff_t>(length);
    switch (random() % 6) {
      case 0:
        bytes[at] ^= static_cast<uint8_t>(1U << (random() % 8));
        break;
      case 1:
        bytes[at] = static_cast<uint8_t>(random());
        break;
      case 2:
        std::fill(from, to, static_cast<uint8_t>(random() % 2 == 0 ? 0xff : 0x7f));
        break;
      case 3:
        bytes.erase(from, to);
        break;
      case 4: {
        const std::vector<uint8_t> twice(from, to);
        bytes.insert(from, twice.begin(), twice.end());
        break;
      }
      default:
        bytes.resize(at);
    }
  }
  return bytes;
}

}  // namespace odradek
