// The helpers of a log directory: jobs that may wait for the disk and that nobody waits for, such
// as finishing sealed segments, deleting files, cold reads. Jobs run at once or after a delay.
//
// Safe from any thread. With no threads, jobs run in run_due() on the caller's thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "log/background_thread.h"

namespace odradek {

class HelperPool {
 public:
  // `clock` must outlive the pool.
  explicit HelperPool(const Clock& clock) : clock_(clock) {}
  ~HelperPool() { stop(); }

  // Starts the helpers. False if the system has no thread left; a later call starts the missing.
  bool start(int threads);
  // Ends the helpers after the job that each runs; jobs not begun are dropped. Idempotent. Not to
  // be called from a job.
  void stop();

  void post(std::function<void()> job) { post_after(0, std::move(job)); }
  void post_after(int64_t delay_ms, std::function<void()> job);
  // Runs every job that is due, also those that these post, on this thread.
  void run_due();

 private:
  void run();
  std::function<void()> take_due(int64_t now_ns);

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::deque<std::function<void()>> ready_;
  std::multimap<int64_t, std::function<void()>> delayed_;  // by the time they are due
  std::vector<std::unique_ptr<BackgroundThread>> threads_;
};

}  // namespace odradek
