// A promise that is settled later, by its environment's thread. Works on an environment that is
// being torn down, where Napi::Promise::Deferred would hold garbage: it is then empty, or settling
// it does nothing.
#pragma once

#include <napi.h>

namespace odradek {

// A value that may be copied; whoever settles it first wins, and must do so once only.
class Deferred {
 public:
  // Makes a promise; its handle is valid during the present call. Empty on failure.
  static Deferred create(Napi::Env env, Napi::Value* promise);

  explicit operator bool() const { return deferred_ != nullptr; }
  // With an exception pending, as a failed conversion leaves it, rejects with that instead.
  void resolve(Napi::Env env, const Napi::Value& value);
  void reject(Napi::Env env, const Napi::Value& error);

 private:
  napi_deferred deferred_ = nullptr;
};

// A promise that is rejected with `error` already.
Napi::Value rejected(Napi::Env env, const Napi::Value& error);

}  // namespace odradek
