// Byte spans and big-endian loads and stores: every integer of Kafka's formats is big endian.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace odradek {

// Somebody else's bytes, to read or to write. Whoever keeps one says how long the bytes live.
using ByteView = std::span<const uint8_t>;
using ByteSpan = std::span<uint8_t>;

// Reverses the bytes of an integer.
template <std::integral T>
constexpr T byte_swap(T value) {
  if constexpr (sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  } else if constexpr (sizeof(T) == 4) {
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  } else {
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
  }
}

// Reads a big-endian T from `from`, which need not be aligned and must hold sizeof(T) bytes.
template <std::integral T>
inline T load_be(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return std::endian::native == std::endian::little ? byte_swap(value) : value;
}

// Writes a big-endian T to `to`, which need not be aligned and must have room for sizeof(T) bytes.
template <std::integral T>
inline void store_be(uint8_t* to, T value) {
  if (std::endian::native == std::endian::little) value = byte_swap(value);
  std::memcpy(to, &value, sizeof(T));
}

// The characters of `bytes`, unchecked; the view lives as long as the bytes do.
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The bytes of `text`; the view lives as long as the text does.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace odradek
