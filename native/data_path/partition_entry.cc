#include "data_path/partition_entry.h"

#include <bit>

#include "base/assert.h"

namespace odradek {
namespace {

uint64_t next_serial() {
  static std::atomic<uint64_t> serial{0};
  return serial.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

PartitionEntry::PartitionEntry(HostedPartition hosted, const std::vector<PartitionWaker*>& wakers,
                               std::shared_ptr<TopicTraffic> traffic)
    : hosted_(std::move(hosted)),
      wakers_(wakers),
      traffic_(std::move(traffic)),
      serial_(next_serial()),
      leader_epoch_(hosted_.leader_epoch.value),
      internal_(hosted_.internal),
      local_(new Local[wakers.size()]) {
  ASSERT(hosted_.log != nullptr && traffic_ != nullptr);
  ASSERT(!wakers.empty() && wakers.size() <= kReactorsMax);
}

PartitionEntry::~PartitionEntry() { ASSERT(!opened_ || retired_); }

void PartitionEntry::open() {
  ASSERT(!opened_ && !retired_);
  opened_ = true;
  hosted_.log->add_observer(this);
}

void PartitionEntry::retire() {
  ASSERT(opened_ && !retired_);
  retired_ = true;
  ++changes_;
  hosted_.log->remove_observer(this);
  wake_armed();
}

void PartitionEntry::change(LeaderEpoch leader_epoch, bool internal) {
  leader_epoch_ = leader_epoch.value;
  internal_ = internal;
  ++changes_;
  wake_armed();
}

bool PartitionEntry::take_change(size_t reactor) {
  const uint32_t now = changes();
  const bool changed = local_[reactor].changes_seen != now;
  local_[reactor].changes_seen = now;
  return changed;
}

void PartitionEntry::arm(size_t reactor) {
  ASSERT(reactor < wakers_.size());
  const uint64_t bit = uint64_t{1} << reactor;
  // A bit that is still set will be taken by an advance that is still to come, or its wake-up is
  // under way: either way this reactor looks again afterwards.
  if ((armed_.load(std::memory_order_relaxed) & bit) != 0) return;
  armed_.fetch_or(bit, std::memory_order_acq_rel);
}

void PartitionEntry::high_watermark_advanced(PartitionLog&, Offset high_watermark) noexcept {
  if (high_watermark == kNoOffset) ++changes_;  // offline, closed or deleted
  wake_armed();
}

// The exchange reads what arm() wrote or is read by it: whoever comes second sees the other's
// earlier stores, so either the bit is seen here or the new high watermark there.
void PartitionEntry::wake_armed() {
  uint64_t bits = armed_.exchange(0, std::memory_order_acq_rel);
  while (bits != 0) {
    const int reactor = std::countr_zero(bits);
    bits &= bits - 1;
    wakers_[static_cast<size_t>(reactor)]->wake(shared_from_this());
  }
}

}  // namespace odradek
