// Hands the data plane's frames over to JavaScript: gathers them on reactor threads and delivers
// all that gathered in one call per kind and wake-up.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <napi.h>

#include "addon/environment_port.h"
#include "data_path/broker_data_path.h"

namespace odradek {

class ControlPort final : public ControlPlane, public std::enable_shared_from_this<ControlPort> {
 public:
  // The reference to the JavaScript handlers is owned elsewhere and dies on the environment's
  // thread; deliveries stop once it is gone.
  ControlPort(std::shared_ptr<EnvironmentPort> port, std::weak_ptr<Napi::ObjectReference> handlers)
      : port_(std::move(port)), handlers_(std::move(handlers)) {}

  void on_frame(ControlFrame frame) override;
  void on_open_batch(OpenBatch batch) override;
  void on_connection_closed(ConnectionId connection) override;

 private:
  struct Gathered {
    std::vector<ControlFrame> frames;
    std::vector<OpenBatch> batches;
    std::vector<ConnectionId> closed;
    bool empty() const { return frames.empty() && batches.empty() && closed.empty(); }
  };
  template <class Add>
  void gather(Add add);
  void deliver(Napi::Env env);

  std::shared_ptr<EnvironmentPort> port_;
  std::weak_ptr<Napi::ObjectReference> handlers_;
  std::mutex mutex_;
  bool closed_ = false;  // guarded by mutex_; the environment is gone, nothing
                         // gathers any more
  Gathered gathered_;    // guarded by mutex_
};

}  // namespace odradek
