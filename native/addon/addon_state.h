// What one environment (main thread or worker) has of the addon.
#pragma once

#include <memory>

#include <napi.h>

#include "addon/environment_port.h"

namespace odradek {

struct AddonState {
  std::shared_ptr<EnvironmentPort> port;
  Napi::FunctionReference storage_error_class;
  Napi::FunctionReference directory_class;
  Napi::FunctionReference log_class;
  Napi::FunctionReference replacement_class;
  Napi::FunctionReference data_plane_class;
  Napi::FunctionReference check_class;

  static AddonState& of(Napi::Env env) { return *env.GetInstanceData<AddonState>(); }
};

}  // namespace odradek
