#include "log/producer_replay.h"

#include <algorithm>

#include "base/assert.h"
#include "base/large_bytes.h"
#include "log/header_cursor.h"
#include "log/partition_folder.h"
#include "log/producer_snapshot.h"
#include "log/segment_format.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

constexpr size_t kSnapshotBytesMax = 256U << 20;  // five million producers

// The marker in a control batch, which must be read whole for it.
LogResult<std::optional<TransactionMarker>> read_marker(const File& file, const BatchHeader& header,
                                                        Position position) {
  auto allocated = allocate_bytes(static_cast<size_t>(header.size_bytes));
  if (!allocated) return Err(no_memory_for_batch(header.size_bytes));
  const ByteSpan bytes(*allocated);
  auto got = file.read_at(position, bytes);
  if (!got.ok()) return Err(storage_error(got.error()));
  const std::optional<BatchView> batch = BatchView::at(bytes.first(*got));
  if (!batch) return Err(damaged("a segment became shorter while it was read"));
  return transaction_marker(*batch);
}

}  // namespace

ProducerHistory history_of(ProducerState producers, Offset offset) {
  ProducerHistory history;
  for (const auto& [id, entry] : producers.entries()) {
    if (!entry.in_transaction()) continue;
    history.transactions.begin(id, LogPoint::without_position(entry.transaction_first_offset));
  }
  history.producers = std::move(producers);
  history.offset = offset;
  return history;
}

LogResult<ProducerHistory> load_producer_snapshot(FileSystem& fs, const std::string& folder,
                                                  const std::vector<Offset>& snapshots,
                                                  Offset offset, bool only_look) {
  ProducerHistory history;
  for (auto at = snapshots.rbegin(); at != snapshots.rend(); ++at) {
    if (*at > offset) continue;
    const std::string path = segment_file_path(folder, *at, SegmentFileKind::snapshot);
    auto bytes = read_whole_file(fs, path, kSnapshotBytesMax);
    if (!bytes.ok()) return Err(storage_error(bytes.error()));
    auto state = decode_producer_snapshot(*bytes, *at);
    if (!state) {
      if (only_look) return Err(damaged(path + " is no snapshot of producers"));
      RETURN_IF_FILE_ERROR(remove_if_there(fs, path));
      continue;
    }
    history = history_of(std::move(*state), *at);
    history.snapshot_offset = *at;
    break;
  }
  return history;
}

ProducerChange take_in(const BatchHeader& header, const std::optional<TransactionMarker>& marker,
                       const LogPoint& place, ProducerHistory* history) {
  ASSERT(history != nullptr);
  const ProducerChange change = history->producers.update(header, marker);
  if (change.began_transaction) history->transactions.begin(header.producer_id, place);
  history->offset = header.next_offset();
  return change;
}

LogResult<bool> replay_segment(const Segment& segment, Offset end, Position end_position,
                               ProducerHistory* history) {
  auto file = segment.file(ReadWait::may_wait);
  if (!file.ok()) return Err(file.error());
  auto entry = segment.floor(history->offset, ReadWait::may_wait);
  if (!entry.ok()) return Err(entry.error());
  Position start(0);
  if (*entry && (*entry)->position < end_position) start = (*entry)->position;
  HeaderCursor cursor(**file, start, end_position);
  for (;;) {
    auto more = cursor.next();
    if (!more.ok()) return Err(more.error());
    if (!*more) break;
    const BatchHeader& header = cursor.header();
    if (header.last_offset < history->offset || !header.has_producer()) continue;
    std::optional<TransactionMarker> marker;
    if (header.is_control()) {
      auto read = read_marker(**file, header, cursor.position());
      if (!read.ok()) return Err(read.error());
      marker = *read;
    }
    const LogPoint place{header.base_offset, segment.base_offset(), cursor.position()};
    const ProducerChange change = take_in(header, marker, place, history);
    if (change.ended) history->transactions.end(*change.ended);
  }
  if (history->offset < end) history->offset = end;
  return true;
}

}  // namespace odradek
