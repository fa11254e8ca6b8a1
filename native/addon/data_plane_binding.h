// `NativeDataPlane`: the running data plane of one broker as a JavaScript object. Translates and
// nothing else. Keeps the event loop alive until stop() has resolved.
#pragma once

#include <atomic>
#include <memory>

#include <napi.h>

#include "addon/control_port.h"
#include "addon/log_binding.h"

namespace odradek {

class DataPlaneBinding : public Napi::ObjectWrap<DataPlaneBinding> {
 public:
  static Napi::Function define(Napi::Env env);

  // new NativeDataPlane(options, handlers): starts the reactors.
  explicit DataPlaneBinding(const Napi::CallbackInfo& info);

 private:
  using Info = const Napi::CallbackInfo&;
  Napi::Value listen(Info info);
  Napi::Value serve(Info info);
  Napi::Value host(Info info);
  Napi::Value host_unavailable(Info info);
  Napi::Value unhost(Info info);
  Napi::Value respond(Info info);
  Napi::Value batch_opened(Info info);
  Napi::Value connection_info(Info info);
  Napi::Value statistics(Info info);
  Napi::Value traffic(Info info);
  Napi::Value latencies(Info info);
  Napi::Value set_quotas(Info info);
  Napi::Value set_connection_limits(Info info);
  Napi::Value charge_request(Info info);
  Napi::Value mute(Info info);
  Napi::Value stop(Info info);

  // What outlives the JavaScript object while the reactors end. Members are destroyed in reverse
  // order: the data path first, it calls the control port.
  struct Plane {
    std::shared_ptr<ControlPort> control;
    std::unique_ptr<BrokerDataPath> path;
    std::atomic<bool> ending{false};

    // Ends the reactors, which may take seconds; the first caller does it, off the JavaScript
    // thread.
    void end();
  };
  // The running data path, or nullptr with an error thrown once it is stopped.
  BrokerDataPath* running(Napi::Env env);

  std::shared_ptr<Napi::ObjectReference> handlers_;
  std::shared_ptr<Plane> plane_;  // empty once stop() was called
  uint64_t at_death_ = 0;         // the action that ends the plane with the environment
};

}  // namespace odradek
