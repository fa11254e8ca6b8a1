// One hosted partition as the reactors share it: its log, its leader epoch, and who waits for its
// high watermark.
//
// Waking is cheap however many appends there are: a reactor that has waiters sets its bit; the
// first advance takes all bits and wakes those reactors once; a reactor with waiters left sets its
// bit again. A reactor sets its bit first and looks at the high watermark afterwards, an advance
// does the reverse, so no advance is missed.
//
// Threads: waiters(i), has_change(i) and take_change(i) belong to reactor i; everything else may be
// called from any thread. An entry is retired exactly once, before its last reference goes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data_path/broker_data_path.h"
#include "data_path/topic_traffic.h"
#include "data_path/waiter.h"

namespace odradek {

class PartitionEntry;

// A reactor, as those see it who must wake it. May be called from any thread; never blocks.
class PartitionWaker {
 public:
  virtual ~PartitionWaker() = default;
  // `entry` has news: its high watermark rose, or it changed.
  virtual void wake(std::shared_ptr<PartitionEntry> entry) = 0;
};

// As many as PartitionEntry's mask has bits.
inline constexpr size_t kReactorsMax = 64;

// Shared by the table, its views and the requests that wait; the last of them destroys it. A
// retired entry serves nobody, but stays readable for whoever still holds it.
class PartitionEntry final : public HighWatermarkObserver,
                             public std::enable_shared_from_this<PartitionEntry> {
 public:
  // One waker per reactor, in the order of their indexes; they must outlive the entry's retirement.
  PartitionEntry(HostedPartition hosted, const std::vector<PartitionWaker*>& wakers,
                 std::shared_ptr<TopicTraffic> traffic);
  ~PartitionEntry() override;

  // Starts to observe the log.
  void open();
  // Ends it: the partition is no longer served from this entry. Waiters are woken.
  void retire();
  // A new leader epoch of the same log. Waiters are woken.
  void change(LeaderEpoch leader_epoch, bool internal);

  // As hosted; never change.
  const std::string& topic() const { return hosted_.topic; }
  const Uuid& topic_id() const { return hosted_.topic_id; }
  PartitionIndex partition() const { return hosted_.partition; }
  PartitionLog& log() const { return *hosted_.log; }
  const std::shared_ptr<PartitionLog>& shared_log() const { return hosted_.log; }
  // See HostedPartition::run_on_helper; only with has_helper().
  bool has_helper() const { return static_cast<bool>(hosted_.run_on_helper); }
  void run_on_helper(std::function<void()> job) const { hosted_.run_on_helper(std::move(job)); }
  // Of its topic.
  TopicTraffic& traffic() const { return *traffic_; }
  // Never used twice in a process: tells entries apart where a pointer could be reused.
  uint64_t serial() const { return serial_; }

  // Of the present moment: a request reads each once.
  LeaderEpoch leader_epoch() const { return LeaderEpoch(leader_epoch_.load()); }
  bool is_internal() const { return internal_.load(); }
  bool is_retired() const { return retired_.load(); }
  // Counts retirement and changes of the leader epoch.
  uint32_t changes() const { return changes_.load(); }

  // Who waits on this reactor. Worker::park() is the way to join.
  WaiterList& waiters(size_t reactor) { return local_[reactor].waiters; }
  // True if the entry changed since the reactor took the last change.
  bool has_change(size_t reactor) const { return local_[reactor].changes_seen != changes(); }
  bool take_change(size_t reactor);
  // The reactor wants to be woken at the next advance or change.
  void arm(size_t reactor);

  // Called by the log, on whichever thread moved the high watermark.
  void high_watermark_advanced(PartitionLog& log, Offset high_watermark) noexcept override;

 private:
  struct alignas(64) Local {
    WaiterList waiters;
    uint32_t changes_seen = 0;
  };
  void wake_armed();

  const HostedPartition hosted_;
  const std::vector<PartitionWaker*>& wakers_;
  const std::shared_ptr<TopicTraffic> traffic_;
  const uint64_t serial_;
  std::atomic<int32_t> leader_epoch_;
  std::atomic<bool> internal_;
  std::atomic<bool> retired_{false};
  std::atomic<bool> opened_{false};
  std::atomic<uint32_t> changes_{0};
  std::atomic<uint64_t> armed_{0};  // bit per reactor
  std::unique_ptr<Local[]> local_;  // one per reactor
};

}  // namespace odradek
