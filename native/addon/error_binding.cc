#include "addon/error_binding.h"

#include "addon/addon_state.h"

namespace odradek {

Napi::Value storage_error(Napi::Env env, const LogError& error) {
  return AddonState::of(env).storage_error_class.New(
      {Napi::Number::New(env, static_cast<int16_t>(error.code)),
       Napi::String::New(env, error.detail)});
}

// Without the wrappers of Napi::Error, which abort where a dying environment takes no exception.
void throw_storage_error(Napi::Env env, const LogError& error) {
  napi_throw(env, storage_error(env, error));
}

void throw_type_error(Napi::Env env, const std::string& message) {
  napi_throw_type_error(env, nullptr, message.c_str());
}

}  // namespace odradek
