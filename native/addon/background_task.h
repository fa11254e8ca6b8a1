// One shape for everything that may wait for a disk: run without an environment on a thread of our
// own, settle a promise with it. Node's own thread pool is not used: a dying environment waits for
// that one, and a slow disk would hold up everybody's DNS and file access.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <napi.h>

#include "addon/deferred.h"
#include "addon/environment_port.h"
#include "addon/error_binding.h"
#include "log/log_error.h"

namespace odradek {

// Runs `job` on one of at most four threads shared by the process. The threads live as long as it.
void run_in_background(std::function<void()> job);

// `run` is called on a background thread and returns LogResult<T>; `settle` turns the T into the
// promise's value on the environment's thread. If the environment dies meanwhile, run still
// completes and its result is destroyed unseen.
template <class T>
Napi::Value background_task(Napi::Env env, const std::shared_ptr<EnvironmentPort>& port,
                            std::function<LogResult<T>()> run,
                            std::function<Napi::Value(Napi::Env, T&)> settle) {
  Napi::Value promise;
  const Deferred made = Deferred::create(env, &promise);
  if (!made) return env.Undefined();
  port->hold(env);
  run_in_background([port, made, run = std::move(run), settle = std::move(settle)] {
    auto result = std::make_shared<LogResult<T>>(run());
    port->post([port, made, result, settle](Napi::Env alive) {
      port->let_go(alive);
      Deferred deferred = made;
      if (result->ok()) {
        deferred.resolve(alive, settle(alive, result->value()));
      } else {
        deferred.reject(alive, storage_error(alive, result->error()));
      }
    });
  });
  return promise;
}

}  // namespace odradek
