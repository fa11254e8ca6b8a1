// The published state of one log: its segments and its offsets, changed by the appender and the
// flusher, read by everybody. One short lock, held for copies and arithmetic, never during a system
// call; single offsets can be read without it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "log/flusher.h"
#include "log/leader_epochs.h"
#include "log/log_config.h"
#include "log/log_view.h"
#include "log/open_transactions.h"
#include "log/watermarks.h"

namespace odradek {

class LogState {
 public:
  // A log whose stored batches may all be shown, and stand in synced segments up to `synced`;
  // `transactions` may be open in it.
  LogState(std::shared_ptr<const SegmentSet> segments, LogPoint log_end, LogPoint synced,
           Offset log_start, LeaderEpochs epochs, OpenTransactions transactions,
           const LogConfig& config);

  LogView view() const;
  std::shared_ptr<const SegmentSet> segments() const;

  Offset log_start() const { return load(log_start_); }
  Offset synced() const;
  Offset durable() const { return load(durable_); }
  Offset high_watermark() const { return load(high_watermark_); }
  Offset last_stable() const { return load(last_stable_); }
  Offset log_end() const { return load(log_end_); }
  uint64_t truncations() const { return truncations_.load(std::memory_order_acquire); }

  struct Moved {
    bool high_watermark = false;   // it moved up
    bool wants_flush = false;      // a flush is due by count
    bool first_unflushed = false;  // from now on there is something to flush by time
    int64_t counted_bytes = 0;     // change of the bytes that a flush is asked for
  };
  // A batch is stored in the active segment, up to `log_end`. `change` is what it did to
  // transactions; an aborted one is added to the segment's index.
  Moved appended(const BatchHeader& batch, const LogPoint& begin, const LogPoint& log_end,
                 const ProducerChange& change);
  // A new active segment begins at the log end.
  void rolled(std::shared_ptr<const SegmentSet> segments);
  Moved configured(const LogConfig& config);
  // Everything from `log_end` on is gone.
  Moved truncated(std::shared_ptr<const SegmentSet> segments, const LogPoint& log_end,
                  OpenTransactions transactions);
  // The log start moved up and segments before it are gone.
  void deleted(std::shared_ptr<const SegmentSet> segments, Offset log_start);

  // Other segments hold the offsets [from, end): positions noted before are void.
  void replaced(std::shared_ptr<const SegmentSet> segments, Offset from, Offset end);

  // What has to be synced; false if all is.
  bool begin_sync(SyncOrder* order) const;
  Moved finish_sync(const SyncOrder& order);
  // What has to be written to the journal; false if all is durable.
  bool begin_commit(CommitOrder* order) const;
  Moved finish_commit(const CommitOrder& order);

  LeaderEpochs epochs() const;
  LeaderEpoch epoch_at(Offset offset) const;
  Offset end_offset_of(LeaderEpoch epoch, LeaderEpoch* found) const;
  // True once after the epochs changed: they are to be written to their checkpoint.
  bool take_epochs_changed();
  void epochs_not_written();
  int64_t counted_bytes() const;
  // Nobody waits for this log's flushes any more. Returns the change of the counted bytes.
  int64_t stop_counting();

 private:
  static Offset load(const std::atomic<int64_t>& offset) {
    return Offset(offset.load(std::memory_order_acquire));
  }
  // mutex_ is held for these.
  Moved now_durable(LogPoint end, int64_t counted, bool high_watermark);
  int64_t all_counted();
  LogPoint last_stable_point() const;
  void publish();  // copies the offsets into the atomics

  mutable std::mutex mutex_;
  std::shared_ptr<const SegmentSet> segments_;
  Watermarks watermarks_;
  OpenTransactions transactions_;
  LeaderEpochs epochs_;
  bool epochs_changed_ = false;
  Offset start_;
  bool asks_for_flushes_ = false;
  // Bytes appended while flushes were asked for, since the start; and how many of them are durable.
  int64_t counted_appended_ = 0;
  int64_t counted_durable_ = 0;

  std::atomic<int64_t> log_start_{0};
  std::atomic<int64_t> durable_{0};
  std::atomic<int64_t> high_watermark_{0};
  std::atomic<int64_t> last_stable_{0};
  std::atomic<int64_t> log_end_{0};
  std::atomic<uint64_t> truncations_{0};
};

}  // namespace odradek
