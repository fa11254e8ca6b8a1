// The way from our threads to one JavaScript environment, and out of it when it dies.
//
// Other threads post jobs; they run on the environment's thread, all that gathered in one wake-up.
// An environment may die at any moment (worker.terminate()): from then on posts are dropped, jobs
// that still wait are destroyed without running, and nobody waits for a disk. A job must therefore
// hold nothing that needs the environment in its destructor.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

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
  // Runs `action` when the environment dies, on its thread, newest first; must not block.
  void at_death(std::function<void()> action) { at_death_.push_back(std::move(action)); }

 private:
  static void die(EnvironmentPort* port);

  std::mutex mutex_;
  bool closed_ = false;             // guarded by mutex_; once true, function_ is never touched
  std::vector<Job> jobs_;           // guarded by mutex_
  Napi::ThreadSafeFunction function_;
  int holds_ = 0;                   // environment's thread only
  std::vector<std::function<void()>> at_death_;   // environment's thread only
};

}  // namespace odradek
