// `NativeCheck`: one log directory that is looked at, not opened, as a JavaScript object.
#pragma once

#include <memory>

#include <napi.h>

#include "check/directory_check.h"

namespace odradek {

class CheckBinding : public Napi::ObjectWrap<CheckBinding> {
 public:
  static Napi::Function define(Napi::Env env);
  // openCheck(path): a promise of a NativeCheck.
  static Napi::Value open(const Napi::CallbackInfo& info);
  // repairDirectory(path, folders, keep): a promise of what was done.
  static Napi::Value repair(const Napi::CallbackInfo& info);

  explicit CheckBinding(const Napi::CallbackInfo& info);

 private:
  using Info = const Napi::CallbackInfo&;
  Napi::Value report(Info info);
  Napi::Value check_partition(Info info);
  Napi::Value bytes_checked(Info info);
  Napi::Value release(Info info);

  // Shared with checks that run; empty once released.
  std::shared_ptr<DirectoryCheck> check_;
};

}  // namespace odradek
