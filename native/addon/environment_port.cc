#include "addon/environment_port.h"

#include <utility>

#include "base/assert.h"

namespace odradek {

std::shared_ptr<EnvironmentPort> EnvironmentPort::create(Napi::Env env) {
  auto port = std::make_shared<EnvironmentPort>();
  auto* share = new std::shared_ptr<EnvironmentPort>(port);
  const auto drop_share = [](napi_env, void* data, void*) {
    delete static_cast<std::shared_ptr<EnvironmentPort>*>(data);
  };
  const Napi::String name = Napi::String::New(env, "odradek");
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, share, drop_share,
                                      port.get(), &EnvironmentPort::drain,
                                      &port->function_) != napi_ok) {
    delete share;
    port->closed_ = true;  // the environment is dying already
    return port;
  }
  napi_unref_threadsafe_function(env, port->function_);
  // Registered after the thread-safe function, so it runs before that one's own clean-up.
  env.AddCleanupHook([port] { port->die(); });
  return port;
}

void EnvironmentPort::die() {
  std::vector<Job> dropped;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(jobs_);
  }
  const auto actions = std::exchange(at_death_, {});
  for (auto action = actions.rbegin(); action != actions.rend(); ++action) action->second();
}

bool EnvironmentPort::post(Job job) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  jobs_.push_back(std::move(job));
  if (jobs_.size() > 1) return true;  // a wake-up is on its way already
  // Under the lock: die() cannot run meanwhile, so the function is still there.
  const napi_status status =
      napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
  ASSERT(status == napi_ok);  // its queue has no bound, and nobody else closes it
  return true;
}

void EnvironmentPort::drain(napi_env env, napi_value, void* context, void*) {
  if (env == nullptr) return;  // the queue is emptied after the environment's death
  static_cast<EnvironmentPort*>(context)->shared_from_this()->run_jobs(Napi::Env(env));
}

void EnvironmentPort::run_jobs(Napi::Env env) {
  std::vector<Job> jobs;
  {
    const std::lock_guard lock(mutex_);
    jobs.swap(jobs_);
  }
  for (Job& job : jobs) {
    const Napi::HandleScope scope(env);
    job(env);
    job = nullptr;
    // A callback that throws must not take the jobs behind it along.
    report_pending_exception(env);
  }
}

void EnvironmentPort::hold(Napi::Env env) {
  if (holds_++ == 0 && function_ != nullptr) napi_ref_threadsafe_function(env, function_);
}

void EnvironmentPort::let_go(Napi::Env env) {
  ASSERT(holds_ > 0);
  if (--holds_ == 0 && function_ != nullptr) napi_unref_threadsafe_function(env, function_);
}

uint64_t EnvironmentPort::at_death(std::function<void()> action) {
  at_death_.emplace(++last_action_, std::move(action));
  return last_action_;
}

void report_pending_exception(Napi::Env env) {
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  napi_value exception = nullptr;
  if (napi_get_and_clear_last_exception(env, &exception) != napi_ok) return;
  napi_fatal_exception(env, exception);  // fails where the environment is dying: nobody is told
}

}  // namespace odradek
