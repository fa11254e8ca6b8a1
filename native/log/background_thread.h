// A thread of the engine: named, and deaf to signals, which belong to the host process (SIGBUS
// excepted: it tells of a fault in a write window and comes on the thread that caused it).
#pragma once

#include <pthread.h>

#include <functional>
#include <memory>

namespace odradek {

// Joins on destruction: whoever owns one makes its function return first.
class BackgroundThread {
 public:
  // `name` of at most 15 characters. Null if the system has no thread left.
  static std::unique_ptr<BackgroundThread> start(const char* name, std::function<void()> run);
  ~BackgroundThread();

  BackgroundThread(const BackgroundThread&) = delete;
  BackgroundThread& operator=(const BackgroundThread&) = delete;

 private:
  BackgroundThread(const char* name, std::function<void()> run)
      : name_(name), run_(std::move(run)) {}
  static void* enter(void* self);

  const char* name_;
  std::function<void()> run_;
  pthread_t thread_{};
};

}  // namespace odradek
