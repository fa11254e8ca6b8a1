#include "environment_port.h"

#include <utility>

#include "base/assert.h"

namespace odradek {

std::shared_ptr<EnvironmentPort> EnvironmentPort::create(Napi::Env env) {
  auto port = std::make_shared<EnvironmentPort>();
  auto nothing = Napi::Function::New(env, [](const Napi::CallbackInfo&) {});
  port->function_ = Napi::ThreadSafeFunction::New(env, nothing, "odradek", 0, 1);
  port->function_.Unref(env);
  // Registered after the thread-safe function, so it runs before that one's own clean-up.
  env.AddCleanupHook([port] { die(port.get()); });
  return port;
}

void EnvironmentPort::die(EnvironmentPort* port) {
  std::vector<Job> dropped;
  {
    std::lock_guard lock(port->mutex_);
    port->closed_ = true;
    dropped.swap(port->jobs_);
  }
  auto actions = std::exchange(port->at_death_, {});
  for (auto action = actions.rbegin(); action != actions.rend(); ++action) (*action)();
}

bool EnvironmentPort::post(Job job) {
  std::lock_guard lock(mutex_);
  if (closed_) return false;
  jobs_.push_back(std::move(job));
  if (jobs_.size() > 1) return true;   // a wake-up is on its way already
  auto self = shared_from_this();
  function_.NonBlockingCall([self](Napi::Env env, Napi::Function) {
    if (env == nullptr) return;
    std::vector<Job> jobs;
    {
      std::lock_guard inner(self->mutex_);
      jobs.swap(self->jobs_);
    }
    for (Job& next : jobs) {
      Napi::HandleScope scope(env);
      next(env);
      // A handler that throws must not take the jobs behind it along.
      if (env.IsExceptionPending()) napi_fatal_exception(env, env.GetAndClearPendingException().Value());
    }
  });
  return true;
}

void EnvironmentPort::hold(Napi::Env env) {
  if (holds_++ == 0) function_.Ref(env);
}

void EnvironmentPort::let_go(Napi::Env env) {
  ASSERT(holds_ > 0);
  if (--holds_ == 0) function_.Unref(env);
}

}  // namespace odradek
