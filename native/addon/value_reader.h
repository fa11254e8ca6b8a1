// Reads what JavaScript passes, strictly and stickily: the first value of a wrong type or out of
// range throws a TypeError that names it, from then on every read gives zero. A call reads all it
// takes, asks failed() once, and only then does anything.
//
// Numbers are doubles; 64-bit quantities saturate, so that Infinity means "no bound".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <napi.h>

#include "base/bytes.h"
#include "base/ids.h"

namespace odradek {

// About 30 years, in ms: a longer delay is none, and must not overflow a count of nanoseconds.
inline constexpr int64_t kDelayMsMax = 1000000000000;

class ValueReader {
 public:
  explicit ValueReader(Napi::Env env) : env_(env) {}

  // True once something was wrong; a JavaScript exception is then pending.
  bool failed() const { return failed_; }

  // A whole number, or an infinity, between the bounds. Saturates at both ends.
  int64_t int64(const Napi::Value& value, const char* name, int64_t least = INT64_MIN,
                int64_t most = INT64_MAX);
  int32_t int32(const Napi::Value& value, const char* name, int32_t least = INT32_MIN,
                int32_t most = INT32_MAX);
  bool boolean(const Napi::Value& value, const char* name);
  // Text without a zero character, which would end a path early.
  std::string text(const Napi::Value& value, const char* name);
  // The bytes of a Uint8Array or Buffer of this environment's own memory; one on a
  // SharedArrayBuffer, which another thread may change meanwhile, is refused. Valid during the
  // call.
  ByteSpan bytes(const Napi::Value& value, const char* name);
  // 16 bytes.
  Uuid uuid(const Napi::Value& value, const char* name);
  Napi::Object object(const Napi::Value& value, const char* name);
  Napi::Function function(const Napi::Value& value, const char* name);
  // A property of an object that object() gave; it may have a getter, and that may throw.
  Napi::Value field(const Napi::Object& object, const char* name);

  int64_t int64_field(const Napi::Object& object, const char* name, int64_t least = INT64_MIN,
                      int64_t most = INT64_MAX) {
    return int64(field(object, name), name, least, most);
  }
  int32_t int32_field(const Napi::Object& object, const char* name, int32_t least = INT32_MIN,
                      int32_t most = INT32_MAX) {
    return int32(field(object, name), name, least, most);
  }
  bool boolean_field(const Napi::Object& object, const char* name) {
    return boolean(field(object, name), name);
  }

  // For rules of the caller's own: throws a TypeError that the value is not `what`.
  void refuse(const char* name, const char* what);

 private:
  Napi::Env env_;
  bool failed_ = false;
};

// A double, exact below 2^53.
inline Napi::Value from_int64(Napi::Env env, int64_t value) {
  return Napi::Number::New(env, static_cast<double>(value));
}

// A Buffer with a copy of the bytes.
inline Napi::Value from_bytes(Napi::Env env, ByteView bytes) {
  return Napi::Buffer<uint8_t>::Copy(env, bytes.data(), bytes.size());
}

}  // namespace odradek
