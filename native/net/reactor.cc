#include "net/reactor.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <climits>
#include <utility>

#include "base/assert.h"

namespace odradek {
namespace {

// About as long as a sleep and a wake-up cost.
constexpr int kLooks = 100;

thread_local const Reactor* current_reactor = nullptr;

// Blocks what belongs to other threads for as long as it lives; a thread made meanwhile inherits
// it. Signals that a fault raises in the thread itself stay open: blocked, they would end the
// process without whatever reports crashes.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    for (int fault : {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) sigdelset(&all, fault);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

void name_this_thread(const std::string& name) {
  const std::string cut = name.substr(0, 15);
#if defined(__linux__)
  pthread_setname_np(pthread_self(), cut.c_str());
#elif defined(__APPLE__)
  pthread_setname_np(cut.c_str());
#endif
}

// Where others want the processor too, EEVDF gives it to the thread whose slice would end first:
// one with short slices comes sooner, and gets no more of it. Linux 6.12 and later take the length
// from anybody, earlier ones ignore it.
void ask_for_short_slices() {
#if defined(__linux__)
  // The first version of struct sched_attr in linux/sched/types.h.
  struct {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns;
    uint64_t deadline_ns;
    uint64_t period_ns;
  } attributes{};
  static_assert(sizeof(attributes) == 48);
  constexpr uint64_t kShortestSliceNs = 100000;
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0) return;
  if (attributes.policy != SCHED_OTHER) return;  // somebody has decided otherwise
  attributes.flags = 0;
  attributes.runtime_ns = kShortestSliceNs;
  static_cast<void>(syscall(SYS_sched_setattr, 0, &attributes, 0));
#endif
}

int64_t to_ms(int64_t ns) { return ns / 1000000; }

}  // namespace

Reactor::Reactor(std::string name, const Clock& clock, std::unique_ptr<Poller> poller)
    : name_(std::move(name)),
      clock_(clock),
      poller_(std::move(poller)),
      now_ms_(to_ms(clock.monotonic_ns())),
      timers_(now_ms_) {}

Reactor::~Reactor() { stop(); }

bool Reactor::start() {
  ASSERT(!started_ && !on_thread());
  if (poller_ == nullptr || !mailbox_.wake_up().is_open()) return false;
  if (!poller_->add(mailbox_.wake_up().fd(), &alarm_, {.readable = true})) return false;
  const SignalsBlocked blocked;
  started_ = pthread_create(&thread_, nullptr, &Reactor::thread_main, this) == 0;
  return started_;
}

void Reactor::stop() {
  ASSERT(!on_thread());
  if (!started_) return;
  post(make_task([this] { running_ = false; }));
  const int joined = pthread_join(thread_, nullptr);
  ASSERT(joined == 0);
  started_ = false;
}

bool Reactor::on_thread() const { return current_reactor == this; }

void Reactor::bury(std::unique_ptr<PollTarget> target) {
  ASSERT(target != nullptr);
  ASSERT(on_thread() || !started_);
  buried_.push_back(std::move(target));
}

void* Reactor::thread_main(void* reactor) {
  static_cast<Reactor*>(reactor)->run();
  return nullptr;
}

void Reactor::run() {
  ASSERT(current_reactor == nullptr);
  current_reactor = this;
  name_this_thread(name_);
  ask_for_short_slices();
  while (running_) turn();
  current_reactor = nullptr;
}

void Reactor::turn() {
  const size_t count = wait();
  ASSERT(on_thread() && count <= events_.size());
  mailbox_.woke();
  now_ms_ = std::max(now_ms_, to_ms(clock_.monotonic_ns()));
  timers_.advance(now_ms_);
  run_mail();
  for (size_t i = 0; i < count; ++i) {
    ASSERT(events_[i].target != nullptr);
    static_cast<PollTarget*>(events_[i].target)->on_poll(events_[i]);
  }
  if (on_turn_) on_turn_();
  buried_.clear();
}

size_t Reactor::wait() {
  const int told = std::exchange(told_looks_, 0);
  if (habit_.looks_first(told > 0)) {
    const size_t count = look_around(std::max(told, kLooks));
    habit_.looked(count > 0 || mailbox_.has_mail());
    if (count > 0) return count;
  }
  const int timeout_ms = wait_ms();
  if (timeout_ms == 0) return poller_->wait(events_, 0);
  const int64_t begun_ns = clock_.monotonic_ns();
  const size_t count = poller_->wait(events_, timeout_ms);
  habit_.slept(clock_.monotonic_ns() - begun_ns);
  return count;
}

// Ends early with mail, for which nobody rings while the mailbox's owner is not asleep. Whoever was
// put on this processor by what was just sent comes first: it may be the one that is waited for.
size_t Reactor::look_around(int looks) {
  for (int i = 0; i < looks && !mailbox_.has_mail(); ++i) {
    const size_t count = poller_->wait(events_, 0);
    if (count > 0) return count;
    sched_yield();
  }
  return 0;
}

void Reactor::run_mail() {
  ASSERT(mail_.empty());
  mailbox_.take(&mail_);
  for (auto& task : mail_) task->run();
  mail_.clear();
}

int Reactor::wait_ms() {
  if (!mailbox_.may_sleep()) return 0;
  const auto due = timers_.next_due_ms();
  ASSERT(due.has_value() == (timers_.size() > 0));
  if (!due) return -1;
  return static_cast<int>(std::clamp<int64_t>(*due - now_ms_, 0, INT_MAX));
}

}  // namespace odradek
