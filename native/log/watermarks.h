// Synced and durable offset, high watermark and log end offset of one partition, and the rule
// between them. On a single node, rounded down
// to a batch:
//
//   high watermark = min(log end, durable + flush.messages - 1)
//
// What is durable but not synced stands in the directory's journal.
//
// Invariant: high watermark <= log end, synced <= durable <= log end; the high watermark never
// moves back but for a truncation. Not safe for concurrent use: guarded by the log's state lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "log/log_point.h"

namespace odradek {

class Watermarks {
 public:
  // A log whose stored batches are all durable.
  Watermarks(LogPoint log_end, int64_t flush_messages)
      : Watermarks(log_end, log_end, flush_messages) {}
  // One whose stored batches may all be shown, and are durable up to `synced`.
  Watermarks(LogPoint log_end, LogPoint synced, int64_t flush_messages)
      : synced_(synced),
        durable_(synced),
        high_watermark_(log_end),
        log_end_(log_end),
        flush_messages_(flush_messages) {}

  const LogPoint& synced() const { return synced_; }
  const LogPoint& durable() const { return durable_; }
  const LogPoint& high_watermark() const { return high_watermark_; }
  const LogPoint& log_end() const { return log_end_; }
  // True when a flush is due by count.
  bool wants_flush() const { return log_end_.offset - durable_.offset >= flush_messages_; }

  // A new segment begins at the log end.
  void rolled() { log_end_ = {log_end_.offset, log_end_.offset, Position(0)}; }

  // The segments that hold [from, end) are others now; the next one begins at `end`.
  void replaced(Offset from, Offset end);

  // Each returns true if the high watermark moved up.
  bool appended(const LogPoint& log_end);
  // Everything below stands in synced segments.
  bool synced(const LogPoint& end);
  // Everything below stands in the journal or in synced segments.
  bool committed(const LogPoint& end);
  bool configure(int64_t flush_messages);

  // Everything from `log_end` on is gone. May move all four back.
  void truncated(const LogPoint& log_end);

 private:
  bool advance();
  void drop_passed();

  LogPoint synced_;
  LogPoint durable_;
  LogPoint high_watermark_;
  LogPoint log_end_;
  int64_t flush_messages_;
  // Batch ends above the high watermark, where it may stop: those from `first_above_` on,
  // ascending, the last is the log end. There are any only while a flush is under way; a deque
  // would take memory of each partition where there are none.
  std::vector<LogPoint> ends_above_;
  size_t first_above_ = 0;
};

}  // namespace odradek
