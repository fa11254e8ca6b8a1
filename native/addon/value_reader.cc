#include "addon/value_reader.h"

#include <algorithm>
#include <cmath>

#include "addon/error_binding.h"

namespace odradek {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

int64_t saturated(double number) {
  if (number >= kTwoTo63) return INT64_MAX;
  if (number <= -kTwoTo63) return INT64_MIN;
  return static_cast<int64_t>(number);
}

}  // namespace

void ValueReader::refuse(const char* name, const char* what) {
  if (failed_) return;
  failed_ = true;
  // A getter or a termination may have left its own exception; that one counts.
  if (!env_.IsExceptionPending()) throw_type_error(env_, std::string(name) + " must be " + what);
}

int64_t ValueReader::int64(const Napi::Value& value, const char* name, int64_t least,
                           int64_t most) {
  if (failed_) return 0;
  double number = 0;
  if (napi_get_value_double(env_, value, &number) != napi_ok) {
    refuse(name, "a number");
    return 0;
  }
  if (std::isnan(number) || (std::isfinite(number) && number != std::trunc(number))) {
    refuse(name, "a whole number");
    return 0;
  }
  const int64_t whole = saturated(number);
  if (whole >= least && whole <= most) return whole;
  refuse(name, ("between " + std::to_string(least) + " and " + std::to_string(most)).c_str());
  return 0;
}

int32_t ValueReader::int32(const Napi::Value& value, const char* name, int32_t least,
                           int32_t most) {
  // Infinity is "no bound" here too.
  const int64_t whole = std::clamp<int64_t>(int64(value, name), INT32_MIN, INT32_MAX);
  if (failed_) return 0;
  if (whole >= least && whole <= most) return static_cast<int32_t>(whole);
  refuse(name, ("between " + std::to_string(least) + " and " + std::to_string(most)).c_str());
  return 0;
}

bool ValueReader::boolean(const Napi::Value& value, const char* name) {
  bool given = false;
  if (!failed_ && napi_get_value_bool(env_, value, &given) != napi_ok) refuse(name, "a boolean");
  return given;
}

std::string ValueReader::text(const Napi::Value& value, const char* name) {
  if (failed_) return {};
  if (!value.IsString()) {
    refuse(name, "a string");
    return {};
  }
  std::string given = value.As<Napi::String>().Utf8Value();
  if (given.find('\0') == std::string::npos) return given;
  refuse(name, "text without a zero character");
  return {};
}

ByteSpan ValueReader::bytes(const Napi::Value& value, const char* name) {
  if (failed_) return {};
  bool is_array = false;
  if (napi_is_typedarray(env_, value, &is_array) == napi_ok && is_array) {
    napi_typedarray_type type{};
    size_t length = 0;
    void* data = nullptr;
    napi_value memory = nullptr;
    bool is_own = false;
    const bool known =
        napi_get_typedarray_info(env_, value, &type, &length, &data, &memory, nullptr) == napi_ok &&
        napi_is_arraybuffer(env_, memory, &is_own) == napi_ok;
    if (known && is_own && type == napi_uint8_array) {
      return {static_cast<uint8_t*>(data), data == nullptr ? 0 : length};
    }
  }
  refuse(name, "a Uint8Array of its own memory");
  return {};
}

Uuid ValueReader::uuid(const Napi::Value& value, const char* name) {
  Uuid id;
  const ByteSpan given = bytes(value, name);
  if (failed_) return id;
  if (given.size() == id.bytes.size()) {
    std::copy(given.begin(), given.end(), id.bytes.begin());
  } else {
    refuse(name, "16 bytes");
  }
  return id;
}

Napi::Object ValueReader::object(const Napi::Value& value, const char* name) {
  if (!failed_ && !value.IsObject()) refuse(name, "an object");
  return failed_ ? Napi::Object() : value.As<Napi::Object>();
}

Napi::Function ValueReader::function(const Napi::Value& value, const char* name) {
  if (!failed_ && !value.IsFunction()) refuse(name, "a function");
  return failed_ ? Napi::Function() : value.As<Napi::Function>();
}

Napi::Value ValueReader::field(const Napi::Object& object, const char* name) {
  return failed_ ? Napi::Value() : Napi::Value(object.Get(name));
}

}  // namespace odradek
