// One thread that waits for sockets, timers and mail, and serves them in turns.
//
// A turn: wait; fire due timers; run the mail; hand out socket events (at most kEventsPerTurn);
// on_turn(); destroy what was buried. Mail comes before sockets, so that whoever posts first and
// lets a peer send afterwards is served in that order.
//
// Threads: post(), stop() and on_thread() may be called from any thread; everything else belongs to
// the reactor's own thread, or to its maker before start(). The thread blocks all signals except
// SIGBUS (ours to handle, in written mappings) and those that a fault of its own raises.
#pragma once

#include <pthread.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.h"
#include "base/clock.h"
#include "net/mailbox.h"
#include "net/poller.h"
#include "net/timer_wheel.h"
#include "net/wait_habit.h"

namespace odradek {

// Something that a reactor's poller watches.
class PollTarget {
 public:
  virtual ~PollTarget() = default;
  virtual void on_poll(const PollEvent& event) = 0;
};

// The thread and its loop. Knows nothing of connections: whoever has something to do at the end of
// a turn says so with on_turn().
class Reactor {
 public:
  // `name` becomes the thread's name, cut to 15 characters. `clock` must outlive the reactor.
  Reactor(std::string name, const Clock& clock, std::unique_ptr<Poller> poller = make_poller());
  ~Reactor();  // stops
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Called at the end of every turn.
  void on_turn(std::function<void()> callback) {
    ASSERT(!started_);
    on_turn_ = std::move(callback);
  }
  // False if the system has no thread or descriptor for it. Once.
  bool start();

  // Runs `task` soon on the reactor's thread; tasks of one thread run in the order of its posts.
  void post(std::unique_ptr<ReactorTask> task) { mailbox_.post(std::move(task)); }
  // Ends the thread after the turn under way and waits for it. What was posted by then has run;
  // what is posted later is dropped. Not from its own thread. Idempotent.
  void stop();
  bool on_thread() const;

  Poller& poller() { return *poller_; }
  TimerWheel& timers() { return timers_; }
  // Monotonic time as of the start of this turn's work.
  int64_t now_ms() const { return now_ms_; }
  // Before the next turn: looks for work so many times over before it sleeps, at least as often as
  // it does by itself where that has paid, but not where it was in vain lately (wait_habit.h). For
  // whoever knows that some comes soon.
  void stay_awake(int looks) { told_looks_ = looks; }
  // Destroys `target` at the end of this turn: events of it may be on the way.
  void bury(std::unique_ptr<PollTarget> target);

 private:
  static constexpr size_t kEventsPerTurn = 256;

  // Empties the wake-up descriptor.
  class Alarm final : public PollTarget {
   public:
    explicit Alarm(WakeUp& wake_up) : wake_up_(wake_up) {}
    void on_poll(const PollEvent&) override { wake_up_.drain(); }

   private:
    WakeUp& wake_up_;
  };

  static void* thread_main(void* reactor);
  void run();
  void turn();
  void run_mail();
  size_t wait();
  size_t look_around(int looks);
  int wait_ms();

  const std::string name_;
  const Clock& clock_;
  std::unique_ptr<Poller> poller_;
  Mailbox mailbox_;
  Alarm alarm_{mailbox_.wake_up()};
  int64_t now_ms_;
  TimerWheel timers_;
  std::function<void()> on_turn_;
  std::vector<std::unique_ptr<ReactorTask>> mail_;
  std::vector<std::unique_ptr<PollTarget>> buried_;
  std::array<PollEvent, kEventsPerTurn> events_;
  int told_looks_ = 0;
  WaitHabit habit_;
  bool running_ = true;   // the reactor's thread only
  bool started_ = false;  // the maker's thread only
  pthread_t thread_{};
};

}  // namespace odradek
