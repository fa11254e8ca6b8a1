// Reads a segment file batch by batch and judges each: frame, checksum, order. For recovery and for
// rebuilding indexes; readers use HeaderCursor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "batch/batch_view.h"
#include "file/file_system.h"
#include "log/batch_header.h"
#include "log/log_error.h"

namespace odradek {

// What the next batch must follow. Taken on from segment to segment.
struct BatchOrder {
  Offset next_offset{0};                      // no batch may begin below
  LeaderEpoch leader_epoch = kNoLeaderEpoch;  // nor be of a lower epoch
  Offset segment_base{0};          // no offset may lie further above than the index format reaches
  Offset gapless_from{INT64_MAX};  // a batch that begins above this begins at next_offset
};

// How one step of a scan ended.
enum class ScanStep : uint8_t {
  batch,    // header() and batch() are valid
  end,      // the file ends behind a whole batch
  zeros,    // nothing but zeros follows: preallocated room
  damaged,  // no whole, intact batch that fits the order; reason() says why
};

class SegmentScanner {
 public:
  // Begins at `from`, a batch boundary; `file_bytes` is the file's size. `file` must outlive this,
  // and `buffer`, which may be shared by scanners that follow one another: memory that is touched
  // for the first time costs more than the reading.
  SegmentScanner(const File& file, Position from, int64_t file_bytes, BatchOrder order,
                 std::vector<uint8_t>* buffer = nullptr);

  // Errors only from the disk.
  LogResult<ScanStep> next();

  const BatchHeader& header() const { return header_; }
  BatchView batch() const;
  // Where the batch of the last step begins; after any other step where the whole batches end.
  Position position() const { return position_; }
  const BatchOrder& order() const { return order_; }
  const std::string& reason() const { return reason_; }

 private:
  LogResult<bool> hold(int64_t bytes);  // makes [position_, +bytes) readable in buffer_
  ByteView held() const { return ByteView(buffer_).subspan(skip(), held_ - skip()); }
  size_t skip() const { return static_cast<size_t>(position_ - buffer_begin_); }
  LogResult<ScanStep> no_batch(std::string reason);
  LogResult<bool> only_zeros_follow();

  const File& file_;
  const int64_t file_bytes_;
  BatchOrder order_;
  Position position_;
  BatchHeader header_;
  bool at_batch_ = false;
  std::string reason_;
  std::vector<uint8_t> own_buffer_;
  std::vector<uint8_t>& buffer_;
  bool read_before_ = false;
  Position data_end_{0};  // up to there the file is known to hold something
  Position buffer_begin_;
  size_t held_ = 0;
};

}  // namespace odradek
