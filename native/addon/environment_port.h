// The way from our threads to one JavaScript environment, and out of it when it dies.
//
// Other threads post jobs; they run on the environment's thread, all that gathered in one wake-up.
// An environment may die at any moment (worker.terminate()): from then on posts are dropped, jobs
// that still wait are destroyed without running, and nobody waits for a disk. A job must therefore
// hold nothing that needs the environment in its destructor. While an environment dies, a job may
// also find that every call into it fails.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <napi.h>

namespace odradek {

class EnvironmentPort : public std::enable_shared_from_this<EnvironmentPort> {
 public:
  using Job = std::function<void(Napi::Env)>;

  // On the environment's thread.
  static std::shared_ptr<EnvironmentPort> create(Napi::Env env);
  // Any thread. Returns false (job dropped) once the environment is gone.
  bool post(Job job);
  // Keeps the event loop alive while work is under way; on the environment's thread, balanced.
  void hold(Napi::Env env);
  void let_go(Napi::Env env);
  // Runs `action` when the environment dies, on its thread, newest first; must not block. The
  // result is for forget(). On the environment's thread.
  uint64_t at_death(std::function<void()> action);
  void forget(uint64_t action) { at_death_.erase(action); }

 private:
  static void drain(napi_env env, napi_value function, void* context, void* data);
  void run_jobs(Napi::Env env);
  void die();

  std::mutex mutex_;
  bool closed_ = false;    // guarded by mutex_; once true, function_ is never touched
  std::vector<Job> jobs_;  // guarded by mutex_
  napi_threadsafe_function function_ = nullptr;  // holds a share in this object until it is gone
  int holds_ = 0;                                // environment's thread only
  uint64_t last_action_ = 0;                     // environment's thread only
  std::map<uint64_t, std::function<void()>> at_death_;  // environment's thread only
};

// Tells the environment of an exception that a callback of ours left pending, as of any uncaught
// one, so that what follows is not hindered by it.
void report_pending_exception(Napi::Env env);

}  // namespace odradek
