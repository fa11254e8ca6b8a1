#include "log/roll_policy.h"

#include <algorithm>

#include "base/assert.h"

namespace odradek {

bool must_roll(const ActiveSegment& active, const BatchHeader& batch, const LogConfig& config,
               int64_t jitter_ms, TimestampMs now) {
  ASSERT(jitter_ms >= 0 && batch.size_bytes > 0);
  const int64_t size = active.size_bytes();
  if (size == 0) return false;
  if (size > config.segment_bytes - batch.size_bytes) return true;
  if (batch.last_offset - active.base_offset() > INT32_MAX) return true;

  // By the batches' own time, so that a replayed log rolls where the first one did.
  const TimestampMs first = active.first_batch_timestamp();
  const int64_t waited_ms = first.value >= 0 && batch.max_timestamp.value >= 0
                                ? batch.max_timestamp - first
                                : now - active.created();
  if (waited_ms > config.segment_ms - jitter_ms) return true;

  const SegmentIndexes& indexes = *active.indexes();
  const auto entry_bytes = static_cast<int64_t>(kOffsetIndexEntryBytes);
  const auto time_bytes = static_cast<int64_t>(kTimeIndexEntryBytes);
  if (indexes.offsets.size_bytes() + entry_bytes > config.segment_index_bytes) return true;
  // One entry stays free for the one that is written when the segment is sealed.
  return indexes.times.size_bytes() + 2 * time_bytes > config.segment_index_bytes;
}

int64_t roll_jitter_ms(const LogConfig& config, uint64_t partition_hash, Offset base_offset) {
  const int64_t bound = std::min(config.segment_jitter_ms, config.segment_ms);
  if (bound <= 0) return 0;
  uint64_t mixed =
      partition_hash ^ (static_cast<uint64_t>(base_offset.value) * 0x9e3779b97f4a7c15U);
  mixed = (mixed ^ (mixed >> 32)) * 0xd6e8feb86659fd93U;
  return static_cast<int64_t>((mixed ^ (mixed >> 32)) % static_cast<uint64_t>(bound));
}

}  // namespace odradek
