// Walks the record batches of a Fetch answer while their bytes arrive, without keeping them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "batch/batch_format.h"

namespace odradek::bench {

// Fed with all bytes of one partition's records, in pieces of any size. Only headers are looked
// at; a batch counts when its last byte has passed, a cut one at the end never does.
class BatchWalker {
 public:
  void start() { *this = BatchWalker(); }

  // Takes `size` bytes; `data` is read only where a header is.
  void feed(const uint8_t* data, size_t size) {
    while (size > 0) {
      const size_t used = body_left_ > 0 ? feed_body(size) : feed_header(data, size);
      data += used;
      size -= used;
    }
  }

  // How many of the next bytes feed() will not look at.
  size_t body_left() const { return body_left_; }
  // Offset behind the last whole batch; -1 before the first.
  int64_t next_offset() const { return next_offset_; }
  int64_t records() const { return records_; }
  int64_t batch_bytes() const { return batch_bytes_; }
  // False after a header whose length cannot be: the caller gives up.
  bool ok() const { return ok_; }

 private:
  size_t feed_header(const uint8_t* data, size_t size);
  size_t feed_body(size_t size);
  void finish_batch();

  uint8_t header_[kBatchHeaderBytes];
  size_t header_bytes_ = 0;
  size_t body_left_ = 0;
  int64_t next_offset_ = -1;
  int64_t records_ = 0;
  int64_t batch_bytes_ = 0;
  bool ok_ = true;
};

}  // namespace odradek::bench
