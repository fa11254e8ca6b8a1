// A partition log in memory, with a high watermark that a test moves by hand or that follows each
// append, and a file that can pretend to be cold.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "batch/batch_view.h"
#include "file/file_system.h"
#include "log/partition_log.h"

namespace odradek {

// A temporary file; unlinked at once.
class FakeFile final : public File {
 public:
  FakeFile() {
    char path[] = "/tmp/odradek-fake-XXXXXX";
    fd_ = ::mkstemp(path);
    ::unlink(path);
    unreadable_fd_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  }
  ~FakeFile() override {
    ::close(fd_);
    ::close(unreadable_fd_);
  }

  FileResult<size_t> read_at(Position at, ByteSpan into) const override {
    ++reads;
    if (broken) return Err(FileError{FileErrorKind::io, EIO, "read: the disk is broken"});
    cold = false;
    return pread_all(at, into);
  }
  FileResult<size_t> read_cached_at(Position at, ByteSpan into) const override {
    ++cached_reads;
    if (cold) return Err(FileError{FileErrorKind::would_block, 0, "cold"});
    if (broken) return Err(FileError{FileErrorKind::io, EIO, "read: the disk is broken"});
    return pread_all(at, into);
  }
  FileResult<DataRange> next_data(Position from) const override {
    return DataRange{from, Position(INT64_MAX)};
  }
  FileResult<void> write_at(Position at, ByteView bytes) override {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), at.value);
    if (n != static_cast<ssize_t>(bytes.size())) return Err(FileError{});
    return {};
  }
  FileResult<void> allocate(int64_t) override { return {}; }
  FileResult<void> truncate(int64_t) override { return {}; }
  FileResult<int64_t> size() const override { return int64_t{0}; }
  FileResult<void> sync_data() override { return {}; }
  void start_write_back(Position, int64_t) override {}
  FileResult<std::unique_ptr<WriteWindow>> map_window(Position, size_t) override {
    return Err(FileError{FileErrorKind::unsupported, 0, ""});
  }
  int descriptor() const override {
    if (!has_descriptor) return -1;
    return broken ? unreadable_fd_ : fd_;
  }

  mutable std::atomic<bool> cold{false};  // until the next read_at
  mutable std::atomic<int> reads{0};
  mutable std::atomic<int> cached_reads{0};
  bool has_descriptor = true;
  std::atomic<bool> broken{false};  // nothing of it can be read, by sendfile neither

 private:
  FileResult<size_t> pread_all(Position at, ByteSpan into) const {
    const ssize_t n = ::pread(fd_, into.data(), into.size(), at.value);
    if (n < 0) return Err(FileError{});
    return static_cast<size_t>(n);
  }
  int fd_;
  int unreadable_fd_;
};

class FakeLog final : public PartitionLog {
 public:
  FakeLog(std::string topic, int32_t partition, bool follow = true)
      : id_{std::move(topic), PartitionIndex(partition)}, follow_(follow) {}

  // For the test.
  void advance_to(Offset offset) { move_high_watermark(offset); }
  void advance_to_end() { move_high_watermark(log_end_offset()); }
  void go_offline() {
    online_ = false;
    tell(kNoOffset);
  }
  void set_log_start(Offset offset) { log_start_ = offset.value; }
  FakeFile& file() { return *file_; }
  void set_topic_id(const Uuid& id) { topic_id_ = id; }
  void fail_appends_with(ErrorCode code) { append_error_ = code; }
  size_t observer_count() const {
    const std::lock_guard lock(observers_mutex_);
    return observers_.size();
  }
  std::vector<AbortedTransaction> aborted;
  Offset diverging_end = kNoOffset;  // answered by end_offset_of()
  LeaderEpoch diverging_found = kNoLeaderEpoch;
  std::atomic<bool> borders_on_disk{false};  // found in memory only while the file is not cold
  mutable std::atomic<int> hinted_reads{0};
  mutable std::atomic<int> failed_reads{0};  // that were told
  LogConfig settings;

  const TopicPartition& topic_partition() const override { return id_; }
  const Uuid& topic_id() const override { return topic_id_; }
  Offset log_start_offset() const override { return Offset(log_start_.load()); }
  Offset durable_offset() const override { return high_watermark(); }
  Offset recovery_point() const override { return Offset(0); }
  Offset high_watermark() const override { return Offset(high_watermark_.load()); }
  Offset last_stable_offset() const override {
    return Offset(std::min(high_watermark_.load(), last_stable_max.load()));
  }
  Offset log_end_offset() const override { return Offset(log_end_.load()); }
  LeaderEpoch leader_epoch() const override { return LeaderEpoch(0); }
  int64_t size_bytes() const override { return 0; }
  size_t segment_count() const override { return 1; }
  bool online() const override { return online_; }
  LogConfig config() const override { return settings; }
  void configure(const LogConfig& config) override { settings = config; }
  void become_leader(LeaderEpoch) override {}
  void add_observer(HighWatermarkObserver* observer) override {
    const std::lock_guard lock(observers_mutex_);
    observers_.push_back(observer);
  }
  void remove_observer(HighWatermarkObserver* observer) override {
    const std::lock_guard lock(observers_mutex_);
    std::erase(observers_, observer);
  }

  using PartitionLog::append;
  LogResult<AppendOutcome> append(ByteSpan batch, AppendOrigin, FlushTurn*) override {
    if (append_error_ != ErrorCode::none) return Err(LogError{append_error_, "told to fail", {}});
    AppendOutcome outcome;
    {
      const std::lock_guard lock(mutex_);
      const auto view = BatchView::at(batch);
      const int64_t base = log_end_;
      store_be<int64_t>(batch.data() + kBaseOffsetAt, base);
      outcome.base_offset = Offset(base);
      outcome.last_offset = Offset(base + view->last_offset_delta());
      outcome.required_high_watermark = outcome.last_offset + 1;
      outcome.log_start_offset = log_start_offset();
      (void)file_->write_at(Position(end_position_), batch);
      batches_.push_back({base, end_position_, batch.size()});
      end_position_ += static_cast<int64_t>(batch.size());
      log_end_ = outcome.last_offset.value + 1;
    }
    if (follow_) advance_to_end();
    return outcome;
  }

  using PartitionLog::read;
  LogResult<ReadOutcome> read(Offset from, size_t bytes_max, ReadLimit limit,
                              bool whole_first_batch, ReadHint* hint,
                              ReadWait wait) const override {
    const std::lock_guard lock(mutex_);
    if (from.value < log_start_ || from.value > log_end_) {
      return Err(LogError{ErrorCode::offset_out_of_range, "out of range", {}});
    }
    ReadOutcome outcome;
    outcome.next_offset = from;
    outcome.high_watermark = high_watermark();
    outcome.last_stable_offset = last_stable_offset();
    outcome.log_start_offset = log_start_offset();
    outcome.log_end_offset = log_end_offset();
    if (borders_on_disk && file_->cold && wait == ReadWait::cached_only) {
      outcome.is_cold = true;
      outcome.bytes = bytes_max;
      return outcome;
    }
    if (hint != nullptr && hint->offset == from) ++hinted_reads;
    const int64_t end = limit == ReadLimit::last_stable_offset ? last_stable_offset().value
                                                               : high_watermark_.load();
    for (size_t i = 0; i < batches_.size(); ++i) {
      const int64_t next = i + 1 < batches_.size() ? batches_[i + 1].base : log_end_.load();
      if (next <= from.value || batches_[i].base >= end) continue;
      const bool first = outcome.bytes == 0;
      if (outcome.bytes + batches_[i].bytes > bytes_max && !(first && whole_first_batch)) break;
      if (first) outcome.position = Position(batches_[i].position);
      outcome.bytes += batches_[i].bytes;
      outcome.next_offset = Offset(next);
    }
    if (outcome.bytes > 0) outcome.file = file_;
    if (limit == ReadLimit::last_stable_offset) outcome.aborted = aborted;
    if (hint != nullptr) hint->offset = outcome.next_offset;
    return outcome;
  }
  void read_failed(const FileError& error) const override {
    ++failed_reads;
    online_ = online_ && error.kind != FileErrorKind::io;
  }
  LogResult<TimestampLookup> lookup_timestamp(TimestampMs, ReadLimit, Offset) const override {
    return Err(LogError{});
  }
  LogResult<TimestampLookup> lookup_max_timestamp(ReadLimit, Offset) const override {
    return Err(LogError{});
  }
  Offset end_offset_of(LeaderEpoch, LeaderEpoch* found) const override {
    *found = diverging_found;
    return diverging_end;
  }
  LeaderEpoch leader_epoch_at(Offset) const override { return LeaderEpoch(0); }
  LogResult<Offset> truncate_to(Offset) override { return Err(LogError{}); }
  LogResult<SegmentDetail> segment_detail(Offset) const override { return SegmentDetail(); }
  LogResult<Position> segment_position(Offset, Offset) const override { return Position(0); }
  LogResult<std::vector<uint8_t>> read_segment(Offset, Position, size_t) const override {
    return std::vector<uint8_t>();
  }
  LogResult<std::vector<SegmentSummary>> segments() const override {
    return std::vector<SegmentSummary>();
  }
  LogResult<Offset> roll() override { return Offset(0); }
  LogResult<std::unique_ptr<SegmentReplacement>> replace_segments(Offset, Offset) override {
    return Err(LogError{});
  }
  std::vector<AbortedIndexEntry> aborted_entries(Offset, Offset) const override { return {}; }
  LogResult<Offset> delete_up_to(Offset offset) override { return offset; }
  LogResult<Offset> flush() override { return log_end_offset(); }
  std::vector<ProducerSummary> producers() const override { return {}; }

  std::atomic<int64_t> last_stable_max{INT64_MAX};

 private:
  struct Stored {
    int64_t base;
    int64_t position;
    size_t bytes;
  };
  void move_high_watermark(Offset offset) {
    high_watermark_ = offset.value;
    tell(offset);
  }
  void tell(Offset offset) {
    const std::lock_guard lock(observers_mutex_);
    for (HighWatermarkObserver* observer : observers_) {
      observer->high_watermark_advanced(*this, offset);
    }
  }

  const TopicPartition id_;
  Uuid topic_id_{};
  const bool follow_;
  mutable std::mutex mutex_;
  std::vector<Stored> batches_;
  int64_t end_position_ = 0;
  std::shared_ptr<FakeFile> file_ = std::make_shared<FakeFile>();
  std::atomic<int64_t> log_start_{0};
  std::atomic<int64_t> log_end_{0};
  std::atomic<int64_t> high_watermark_{0};
  mutable std::atomic<bool> online_{true};
  std::atomic<ErrorCode> append_error_{ErrorCode::none};
  mutable std::mutex observers_mutex_;
  std::vector<HighWatermarkObserver*> observers_;
};

}  // namespace odradek
