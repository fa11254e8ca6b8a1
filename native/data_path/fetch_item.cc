#include "data_path/fetch_item.h"

#include <algorithm>

#include "base/assert.h"
#include "file/file_system.h"

namespace odradek {
namespace {

// The kernel brings pages in by larger pieces than this, and drops them so.
constexpr int64_t kCacheSampleBytes = 256 << 10;

ErrorCode epoch_error(const FetchItem& item, const FetchTerms& terms) {
  const LeaderEpoch asked = item.asked.current_leader_epoch;
  const LeaderEpoch ours = item.entry->leader_epoch();
  if (asked != kNoLeaderEpoch && asked < ours) return ErrorCode::fenced_leader_epoch;
  if (asked != kNoLeaderEpoch && asked > ours) return ErrorCode::unknown_leader_epoch;
  if (!terms.from_follower) return ErrorCode::none;
  // A follower that is not among the replicas, which has none but us.
  return asked != kNoLeaderEpoch ? ErrorCode::unknown_leader_epoch
                                 : ErrorCode::not_leader_or_follower;
}

// The numbers without bytes. The log's offsets only rise, so reading the lower ones first keeps
// their order.
void take_numbers(FetchItem* item) {
  const PartitionLog& log = item->entry->log();
  item->read_end = item->hint.position;
  item->read.file.reset();
  item->read.bytes = 0;
  item->read.is_cold = false;
  item->read.aborted.clear();
  item->read.log_start_offset = log.log_start_offset();
  item->read.last_stable_offset = log.last_stable_offset();
  item->read.high_watermark = log.high_watermark();
  item->read.log_end_offset = log.log_end_offset();
}

// Where an epoch ends in this log; `found` gets the epoch that is meant, -1 if none can be. As if
// each leader noted the start of its epoch at once, which Apache Kafka does: a log knows an epoch
// from its first record on, and the records may all be of earlier ones.
Offset end_of_epoch(const PartitionEntry& entry, LeaderEpoch asked, LeaderEpoch* found) {
  const PartitionLog& log = entry.log();
  const Offset log_end = log.log_end_offset();
  *found = asked;
  if (asked == entry.leader_epoch()) return log_end;
  const Offset end = log.end_offset_of(asked, found);
  if (end != kNoOffset || asked > entry.leader_epoch()) return end;
  *found = log_end == log.log_start_offset() ? asked : log.leader_epoch_at(log_end - 1);
  return log_end;
}

// True if the client's last record belongs to a history that this log does not have: it is told
// where its epoch ends here. May find the offset out of range instead.
bool diverges(FetchItem* item) {
  if (item->asked.last_fetched_epoch == kNoLeaderEpoch) return false;
  const PartitionLog& log = item->entry->log();
  LeaderEpoch found = kNoLeaderEpoch;
  const Offset end = end_of_epoch(*item->entry, item->asked.last_fetched_epoch, &found);
  if (found == kNoLeaderEpoch || end == kNoOffset ||
      item->asked.fetch_offset < log.log_start_offset()) {
    refuse_fetch_item(item, ErrorCode::offset_out_of_range);
    return true;
  }
  if (found == item->asked.last_fetched_epoch && end >= item->asked.fetch_offset) return false;
  take_numbers(item);
  item->diverging = true;
  item->diverging_epoch = found;
  item->diverging_end = end;
  return true;
}

}  // namespace

void refuse_fetch_item(FetchItem* item, ErrorCode code) {
  item->error = code;
  item->read = ReadOutcome{};
  item->read.high_watermark = kNoOffset;
  item->read.last_stable_offset = kNoOffset;
  item->read.log_start_offset = kNoOffset;
  item->read.log_end_offset = kNoOffset;
}

void evaluate_fetch_item(FetchItem* item, const FetchTerms& terms, size_t bytes_max,
                         bool whole_first_batch) {
  if (item->entry == nullptr) return;
  const PartitionLog& log = item->entry->log();
  item->error = ErrorCode::none;
  item->diverging = false;
  item->is_cold = false;
  item->entry_changes = item->entry->changes();
  if (item->entry->is_retired())
    return refuse_fetch_item(item, ErrorCode::unknown_topic_or_partition);
  if (!log.online()) return refuse_fetch_item(item, ErrorCode::kafka_storage_error);
  const ErrorCode wrong_epoch = epoch_error(*item, terms);
  if (wrong_epoch != ErrorCode::none) return refuse_fetch_item(item, wrong_epoch);
  if (diverges(item)) return;
  const Offset limit = terms.committed ? log.last_stable_offset() : log.high_watermark();
  // The usual case of a waiting consumer, and of a whole-answer limit that is used up.
  if (item->asked.fetch_offset == limit ||
      (bytes_max == 0 && !whole_first_batch && item->asked.fetch_offset < limit &&
       item->asked.fetch_offset >= log.log_start_offset())) {
    take_numbers(item);
    return;
  }
  const bool may_wait = item->is_warmed || !item->entry->has_helper();
  // The hint itself stays: a request that waits may read from there again.
  item->read_end = item->hint.position;
  auto read = log.read(item->asked.fetch_offset, bytes_max, terms.limit(), whole_first_batch,
                       &item->read_end, may_wait ? ReadWait::may_wait : ReadWait::cached_only);
  if (!read) return refuse_fetch_item(item, read.error().code);
  item->read = std::move(*read);
  item->is_cold = item->read.is_cold;
  if (item->is_cold) return;
  // A piece of the first batch helps nobody.
  if (item->read.next_offset <= item->asked.fetch_offset) item->read.bytes = 0;
  if (item->read.bytes == 0) item->read.file.reset();
}

bool is_in_page_cache(const ReadOutcome& read) {
  ASSERT(read.file != nullptr && read.bytes > 0);
  const Position last = read.position + static_cast<int64_t>(read.bytes) - 1;
  for (Position at = read.position;; at = std::min(at + kCacheSampleBytes, last)) {
    uint8_t byte;
    const auto sampled = read.file->read_cached_at(at, {&byte, 1});
    if (!sampled && sampled.error().kind == FileErrorKind::would_block) return false;
    // Any other failure will show when the bytes are read.
    if (!sampled || at == last) return true;
  }
}

}  // namespace odradek
