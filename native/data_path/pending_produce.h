// A Produce request that is answered but not yet acknowledged: its batches are appended, its answer
// is encoded, and one or more partitions' high watermarks are still below what acks=all asks for.
//
// Threads: belongs to its connection's reactor.
#pragma once

#include <cstdint>
#include <memory>

#include "base/error_code.h"
#include "data_path/partition_entry.h"
#include "data_path/waiter.h"
#include "net/byte_buffer.h"
#include "net/timer_wheel.h"

namespace odradek {

class Worker;

// Told when a pending produce has its answer complete.
class PendingProduceOwner {
 public:
  virtual void produce_completed() = 0;

 protected:
  ~PendingProduceOwner() = default;
};

// Owned by its connection, which answers in the order of the requests; as a timer it ends the wait.
// A request whose answer only waits for an older one's is one of these too, without acks.
class PendingProduce final : public Timer {
 public:
  // Owner and worker must outlive it. `acks_max`: how often add_ack() may be called. `bytes`: of
  // the request, for whoever bounds what is in flight. `began_ns`: when it was taken.
  PendingProduce(PendingProduceOwner& owner, Worker& worker, size_t acks_max, size_t bytes,
                 int64_t began_ns);
  ~PendingProduce() override;

  size_t request_bytes() const { return request_bytes_; }
  int64_t began_ns() const { return began_ns_; }
  // The encoded answer, filled by the maker.
  ByteBuffer& answer() { return answer_; }
  // The answer also waits for `entry` to reach `required`; the partition's error code lies at
  // `error_at` in the answer.
  void add_ack(std::shared_ptr<PartitionEntry> entry, Offset required, uint32_t error_at);
  // Starts to wait, at most timeout_ms. May complete at once, but never tells the owner from here.
  void start(int32_t timeout_ms);
  bool is_complete() const { return started_ && outstanding_ == 0; }

 private:
  class Ack final : public Waiter {
   public:
    void on_ready() override;
    PendingProduce* owner = nullptr;
    std::shared_ptr<PartitionEntry> entry;
    Offset required_offset;
    uint32_t error_at = 0;
  };

  // The time is up: what is not acknowledged is answered so.
  void on_timer() override;
  // One partition's verdict is in. May destroy this object, through the owner.
  void settle(Ack& ack, ErrorCode code);

  PendingProduceOwner& owner_;
  Worker& worker_;
  const size_t request_bytes_;
  const int64_t began_ns_;
  ByteBuffer answer_;
  std::unique_ptr<Ack[]> acks_;
  size_t acks_max_;
  size_t acks_count_ = 0;
  size_t outstanding_ = 0;  // acks without a verdict
  bool started_ = false;
};

}  // namespace odradek
