// One Fetch request from decoding to answer: waits until there is enough to answer with, has a
// helper bring in what is not in memory, answers. Reused for the next request of the same
// connection.
//
// States: idle -> (parked: waits for records or the clock) -> (looking_up: a helper finds the
// batches and reads them; may be followed by another wait) -> (warming: a helper reads cold bytes
// of what was found) -> answered, which is idle.
//
// Threads: belongs to its connection's reactor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "data_path/fetch_plan.h"
#include "data_path/fetch_request.h"
#include "data_path/waiter.h"
#include "net/send_queue.h"
#include "net/timer_wheel.h"

namespace odradek {

class Worker;

// The connection that a fetch belongs to.
class FetchOwner {
 public:
  virtual uint64_t id() const = 0;
  virtual SendQueue& send_queue() = 0;
  // The answer is in the queue; the next request may start.
  virtual void fetch_finished() = 0;

 protected:
  ~FetchOwner() = default;
};

// Owned by its connection; as a timer it ends the wait. Whatever it is told when it is not in the
// state for it (a late timer, a helper that answers an abandoned request) it ignores.
class FetchOperation final : public Timer {
 public:
  // Both must outlive it.
  FetchOperation(FetchOwner& owner, Worker& worker);
  ~FetchOperation() override;

  // Starts to serve `request`; may be answered before this returns. `sequence` names it in
  // warmed(). Only when idle.
  void start(const FetchRequest& request, uint64_t sequence);
  // A helper has read what it was to read for the present request.
  void warmed();
  // Answers a parked request with what there is.
  void finish_now();
  // The connection is gone: forgets the request.
  void abandon();
  // For how long the client has to pause behind the last answer.
  int32_t throttle_ms() const { return throttle_ms_; }

 private:
  enum class State : uint8_t { idle, parked, looking_up, warming };

  // Waits for one partition.
  class PartitionWaiter final : public Waiter {
   public:
    void on_ready() override { operation->partition_ready(index); }
    FetchOperation* operation = nullptr;
    size_t index = 0;
  };

  void on_timer() override { finish_now(); }
  // Waits for every hosted partition, and for the clock.
  void park();
  void park_item(size_t index);
  // One of them has news: there may be enough now.
  void partition_ready(size_t index);
  void stop_waiting();
  void leave_all();
  // There is enough, or no more time: answers, by way of a helper if bytes are cold.
  void finish();
  // Has a helper read what the cold items need, in that state.
  void warm_cold_items(State state);
  // A helper has found the batches, so that they can be found here without waiting.
  void looked_up();
  void answer();
  bool may_wait_for_disk();
  // Counts the answer against the client's quotas, and empties it if they are used up.
  void charge();
  // Begins and ends to count the time that the request takes, if that is of interest.
  void begin_work();
  void end_work();
  void become_idle();

  FetchOwner& owner_;
  Worker& worker_;
  FetchPlan plan_;
  State state_ = State::idle;
  uint64_t sequence_ = 0;
  bool is_charged_ = false;  // there were quotas when the request came
  std::string client_id_;    // of a request that is charged
  int64_t work_began_ns_ = 0;
  int64_t busy_ns_ = 0;
  int32_t throttle_ms_ = 0;
  bool warmed_ = false;                         // cold bytes were read once for this request
  bool must_answer_ = false;                    // with what there is, as soon as that is known
  int64_t deadline_ms_ = 0;                     // of the wait for more
  std::unique_ptr<PartitionWaiter[]> waiters_;  // one per item while parked
  size_t waiters_max_ = 0;
};

}  // namespace odradek
