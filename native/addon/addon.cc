// The module's exports, made anew for every environment that loads it.
#include <napi.h>

#include "addon/addon_state.h"
#include "addon/check_binding.h"
#include "addon/checksum_binding.h"
#include "addon/data_plane_binding.h"
#include "addon/directory_binding.h"
#include "addon/error_binding.h"
#include "addon/log_binding.h"
#include "addon/replacement_binding.h"
#include "addon/value_reader.h"

namespace odradek {
namespace {

// initialize(StorageError): called once per environment before anything else.
Napi::Value initialize(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const Napi::Function error_class = read.function(info[0], "the error class");
  if (!read.failed()) AddonState::of(env).storage_error_class = Napi::Persistent(error_class);
  return env.Undefined();
}

Napi::Object start(Napi::Env env, Napi::Object exports) {
  auto* state = new AddonState();  // owned by the environment
  env.SetInstanceData(state);
  state->port = EnvironmentPort::create(env);
  state->directory_class = Napi::Persistent(DirectoryBinding::define(env));
  state->log_class = Napi::Persistent(LogBinding::define(env));
  state->replacement_class = Napi::Persistent(ReplacementBinding::define(env));
  state->data_plane_class = Napi::Persistent(DataPlaneBinding::define(env));
  state->check_class = Napi::Persistent(CheckBinding::define(env));
  exports.Set("initialize", Napi::Function::New<initialize>(env, "initialize"));
  exports.Set("openDirectory", Napi::Function::New<DirectoryBinding::open>(env, "openDirectory"));
  exports.Set("findOpenLogs", Napi::Function::New<LogBinding::find_open>(env, "findOpenLogs"));
  exports.Set("openCheck", Napi::Function::New<CheckBinding::open>(env, "openCheck"));
  exports.Set("repairDirectory", Napi::Function::New<CheckBinding::repair>(env, "repairDirectory"));
  exports.Set("crc32c", Napi::Function::New<crc32c_of>(env, "crc32c"));
  exports.Set("NativeDataPlane", state->data_plane_class.Value());
  return exports;
}

}  // namespace
}  // namespace odradek

static Napi::Object register_module(Napi::Env env, Napi::Object exports) {
  return odradek::start(env, exports);
}

NODE_API_MODULE(odradek, register_module)
