#include "addon/deferred.h"

#include <utility>

namespace odradek {

Deferred Deferred::create(Napi::Env env, Napi::Value* promise) {
  Deferred deferred;
  napi_value made = nullptr;
  if (napi_create_promise(env, &deferred.deferred_, &made) != napi_ok) return {};
  *promise = Napi::Value(env, made);
  return deferred;
}

void Deferred::resolve(Napi::Env env, const Napi::Value& value) {
  const napi_deferred deferred = std::exchange(deferred_, nullptr);
  if (deferred == nullptr) return;
  bool pending = false;
  napi_value exception = nullptr;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending &&
      napi_get_and_clear_last_exception(env, &exception) == napi_ok) {
    napi_reject_deferred(env, deferred, exception);
  } else {
    napi_resolve_deferred(env, deferred, value);
  }
}

void Deferred::reject(Napi::Env env, const Napi::Value& error) {
  const napi_deferred deferred = std::exchange(deferred_, nullptr);
  if (deferred != nullptr) napi_reject_deferred(env, deferred, error);
}

Napi::Value rejected(Napi::Env env, const Napi::Value& error) {
  Napi::Value promise;
  Deferred deferred = Deferred::create(env, &promise);
  deferred.reject(env, error);
  return promise;
}

}  // namespace odradek
