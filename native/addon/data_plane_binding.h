// `NativeDataPlane`: the running data plane of one broker as a JavaScript object. Translates and
// nothing else. Keeps the event loop alive until stop() has resolved.
#pragma once

#include <napi.h>

#include <map>
#include <memory>

#include "control_port.h"
#include "log_binding.h"

namespace odradek {

class DataPlaneBinding : public Napi::ObjectWrap<DataPlaneBinding> {
 public:
  static Napi::Function define(Napi::Env env);

  // new NativeDataPlane(options, handlers): starts the reactors.
  explicit DataPlaneBinding(const Napi::CallbackInfo& info);

 private:
  using Info = const Napi::CallbackInfo&;
  Napi::Value listen(Info info);
  Napi::Value host(Info info);
  Napi::Value unhost(Info info);
  Napi::Value respond(Info info);
  Napi::Value batch_opened(Info info);
  Napi::Value connection_info(Info info);
  Napi::Value statistics(Info info);
  Napi::Value stop(Info info);

  // What outlives the JavaScript object while the reactors end. Destroyed off its thread; members
  // are destroyed in reverse order: first the data path, then the logs' directories.
  struct Plane {
    std::shared_ptr<ControlPort> control;
    std::map<TopicPartition, SharedDirectory> directories;   // environment's thread only, until retired
    std::unique_ptr<BrokerDataPath> path;
  };
  static void retire(std::shared_ptr<Plane> plane);

  std::shared_ptr<Napi::ObjectReference> handlers_;
  std::shared_ptr<Plane> plane_;   // empty once stopped
};

}  // namespace odradek
