// UUIDs as Kafka prints them: 16 bytes in URL-safe base64 without padding, 22 characters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace odradek {

// The 22 characters that Kafka prints.
std::string format_uuid(const Uuid& uuid);
// Nothing unless `text` is 22 characters of that alphabet.
std::optional<Uuid> parse_uuid(std::string_view text);
// 32 lower-case hexadecimal digits, as in the names of deleted partitions.
std::string uuid_hex(const Uuid& uuid);

}  // namespace odradek
