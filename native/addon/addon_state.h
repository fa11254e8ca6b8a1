// What one environment (main thread or worker) has of the addon.
#pragma once

#include <memory>
#include <utility>

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

  // Makes an object of a class of ours from `given`, which its constructor takes. JavaScript has
  // nothing to give. An External would do, but Node frees its part of one when that is collected,
  // and so never frees those that are there when an environment dies.
  template <class T>
  static Napi::Object make(Napi::Env env, Napi::FunctionReference AddonState::*made, T& given) {
    AddonState& state = of(env);
    state.given_ = &given;
    const Napi::Object object = (state.*made).New({});
    state.given_ = nullptr;
    return object;
  }
  // For that constructor alone; nullptr where JavaScript called it.
  template <class T>
  T* take_given() {
    return static_cast<T*>(std::exchange(given_, nullptr));
  }

  static AddonState& of(Napi::Env env) { return *env.GetInstanceData<AddonState>(); }

 private:
  void* given_ = nullptr;
};

}  // namespace odradek
