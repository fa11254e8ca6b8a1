// The header in front of every request (Kafka's RequestHeader, versions 1 and 2):
//
//   int16 api key | int16 api version | int32 correlation id | nullable string client id
//
// and in version 2 (flexible APIs) tagged fields. The client id keeps its int16 length in both.
// The answer begins with the correlation id, in flexible APIs followed by tagged fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "data_path/wire_reader.h"

namespace odradek {

inline constexpr int16_t kProduceKey = 0;
inline constexpr int16_t kProduceVersionMin = 3;
inline constexpr int16_t kProduceVersionMax = 13;
inline constexpr int16_t kProduceFlexibleMin = 9;
inline constexpr int16_t kFetchKey = 1;
inline constexpr int16_t kFetchVersionMin = 4;
inline constexpr int16_t kFetchVersionMax = 18;
inline constexpr int16_t kFetchFlexibleMin = 12;

// The fields that both versions have.
struct RequestHeader {
  int16_t api_key = 0;
  int16_t api_version = 0;
  int32_t correlation_id = 0;
  std::string_view client_id;  // in the frame; empty for null
};

// Reads what versions 1 and 2 share; the tagged fields of version 2 are left to whoever knows the
// API. Nothing if the frame is too short.
inline std::optional<RequestHeader> read_request_header(WireReader& reader) {
  RequestHeader header;
  header.api_key = reader.integer<int16_t>();
  header.api_version = reader.integer<int16_t>();
  header.correlation_id = reader.integer<int32_t>();
  header.client_id = reader.nullable_string(false).value_or(std::string_view());
  if (!reader.ok()) return std::nullopt;
  return header;
}

}  // namespace odradek
