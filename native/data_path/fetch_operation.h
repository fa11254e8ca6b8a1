// One Fetch request from decoding to answer: finds its partitions (by session or by list), reads,
// waits for enough bytes, warms what is not in memory, answers. Reused for the next request of the
// same connection.
//
// States: idle -> (parked: waits for records or the clock) -> (warming: a helper reads cold bytes)
// -> answered, which is idle.
//
// Threads: belongs to its connection's reactor.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data_path/fetch_item.h"
#include "data_path/fetch_request.h"
#include "data_path/fetch_response.h"
#include "data_path/fetch_session.h"
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

class FetchOperation final : public Timer {
 public:
  // Both must outlive it.
  FetchOperation(FetchOwner& owner, Worker& worker);
  ~FetchOperation() override;

  // Starts to serve `request`; may be answered before this returns. `sequence` names it in
  // warmed(). Only when idle.
  void start(const FetchRequest& request, uint64_t sequence);
  // A helper has read the cold bytes of the present request.
  void warmed();
  // Answers a parked request with what there is.
  void finish_now();
  // The connection is gone: forgets the request.
  void abandon();

 private:
  enum class State : uint8_t { idle, parked, warming };

  // Waits for one partition.
  class PartitionWaiter final : public Waiter {
   public:
    void on_ready() override { operation->partition_ready(index); }
    FetchOperation* operation = nullptr;
    size_t index = 0;
  };

  void on_timer() override;
  void take_terms(const FetchRequest& request);
  void take_partitions(const FetchRequest& request);
  void take_session(const FetchRequest& request);
  void take_session_partitions();
  void resolve(FetchItem* item);
  void evaluate_all();
  bool must_wait() const;
  void park();
  void park_item(size_t index);
  void partition_ready(size_t index);
  void leave_all();
  void finish();
  void warm_cold_items();
  void choose_included();
  void note_answered();
  void answer();
  void remember_hints();
  void become_idle();

  FetchOwner& owner_;
  Worker& worker_;
  State state_ = State::idle;
  uint64_t sequence_ = 0;

  FetchResponseHead head_;
  FetchTerms terms_;
  int64_t wait_ms_max_ = 0;
  size_t bytes_min_ = 0;
  size_t bytes_max_ = 0;
  std::shared_ptr<FetchSession> session_;   // null without
  int32_t session_epoch_ = 0;               // that the session got with this request
  bool incremental_ = false;                // only news are answered

  std::vector<FetchItem> items_;
  size_t bytes_found_ = 0;
  bool has_error_ = false;                  // of a hosted partition, or a diverging epoch
  bool has_partition_ = false;              // at least one item is hosted
  bool warmed_ = false;                     // cold bytes were read once: now waiting is allowed
  std::unique_ptr<PartitionWaiter[]> waiters_;   // one per item while parked
  size_t waiters_max_ = 0;
  // Without a session, the hints of the last request, by position in it.
  std::vector<FetchHint> hints_;
};

}  // namespace odradek
