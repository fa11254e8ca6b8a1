#include "log/uuid_text.h"

#include "base/assert.h"

namespace odradek {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr size_t kUuidCharacters = 22;
static_assert(kAlphabet.size() == 64);

}  // namespace

std::string format_uuid(const Uuid& uuid) {
  std::string text;
  text.reserve(kUuidCharacters);
  uint32_t bits = 0;
  int pending = 0;
  for (const uint8_t byte : uuid.bytes) {
    bits = (bits << 8) | byte;
    pending += 8;
    while (pending >= 6) {
      pending -= 6;
      text += kAlphabet[(bits >> pending) & 63];
    }
  }
  text += kAlphabet[(bits << (6 - pending)) & 63];
  ASSERT(text.size() == kUuidCharacters);
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != kUuidCharacters) return std::nullopt;
  Uuid uuid;
  uint32_t bits = 0;
  int pending = 0;
  size_t at = 0;
  for (const char character : text) {
    const size_t value = kAlphabet.find(character);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    pending += 6;
    if (pending >= 8) {
      pending -= 8;
      uuid.bytes[at++] = static_cast<uint8_t>(bits >> pending);
    }
  }
  ASSERT(at == uuid.bytes.size());
  return uuid;
}

std::string uuid_hex(const Uuid& uuid) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : uuid.bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace odradek
