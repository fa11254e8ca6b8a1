#include "log/background_thread.h"

#include <csignal>
#include <cstring>

#include "base/assert.h"

namespace odradek {

std::unique_ptr<BackgroundThread> BackgroundThread::start(const char* name,
                                                          std::function<void()> run) {
  ASSERT(std::strlen(name) <= 15);
  std::unique_ptr<BackgroundThread> thread(new BackgroundThread(name, std::move(run)));
  // A thread inherits the mask of its creator, so there is no moment in which it could be hit.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  sigdelset(&all, SIGBUS);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int failed =
      pthread_create(&thread->thread_, nullptr, &BackgroundThread::enter, thread.get());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (failed != 0) {
    thread->run_ = nullptr;
    return nullptr;
  }
  return thread;
}

BackgroundThread::~BackgroundThread() {
  if (run_) pthread_join(thread_, nullptr);
}

void* BackgroundThread::enter(void* self) {
  auto* thread = static_cast<BackgroundThread*>(self);
#if defined(__linux__)
  pthread_setname_np(pthread_self(), thread->name_);
#elif defined(__APPLE__)
  pthread_setname_np(thread->name_);
#endif
  thread->run_();
  return nullptr;
}

}  // namespace odradek
