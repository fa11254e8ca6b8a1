// Typed readers of what TypeScript passes. Numbers are doubles; 64-bit quantities saturate, so that
// Infinity means "no bound".
#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"

namespace odradek {

// The number as a 64-bit integer, saturated at both ends; 0 for NaN and for what is no number.
inline int64_t to_int64(const Napi::Value& value) {
  if (!value.IsNumber()) return 0;
  const double number = value.As<Napi::Number>().DoubleValue();
  if (number != number) return 0;
  if (number >= 9223372036854775807.0) return INT64_MAX;
  if (number <= -9223372036854775808.0) return INT64_MIN;
  return static_cast<int64_t>(number);
}

// The same, saturated to 32 bits.
inline int32_t to_int32(const Napi::Value& value) {
  const int64_t wide = to_int64(value);
  if (wide > INT32_MAX) return INT32_MAX;
  if (wide < INT32_MIN) return INT32_MIN;
  return static_cast<int32_t>(wide);
}

inline bool to_bool(const Napi::Value& value) {
  return value.IsBoolean() && value.As<Napi::Boolean>().Value();
}

inline std::string to_text(const Napi::Value& value) {
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

// The bytes of a Uint8Array or Buffer, empty for anything else. Valid during this call only.
inline ByteSpan to_bytes(const Napi::Value& value) {
  if (!value.IsTypedArray()) return {};
  auto array = value.As<Napi::TypedArray>();
  if (array.TypedArrayType() != napi_uint8_array) return {};
  auto bytes = value.As<Napi::Uint8Array>();
  return {bytes.Data(), bytes.ByteLength()};
}

// The 16 bytes of a UUID given as a Uint8Array; zeros for anything else.
inline Uuid to_uuid(const Napi::Value& value) {
  Uuid id;
  const ByteSpan bytes = to_bytes(value);
  if (bytes.size() == id.bytes.size()) std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

inline Napi::Value from_int64(Napi::Env env, int64_t value) {
  return Napi::Number::New(env, static_cast<double>(value));
}

inline Napi::Value from_bytes(Napi::Env env, ByteView bytes) {
  return Napi::Buffer<uint8_t>::Copy(env, bytes.data(), bytes.size());
}

}  // namespace odradek
