// Finds a record by its timestamp inside one batch.
#pragma once

#include <optional>

#include "batch/batch_view.h"

namespace odradek {

// Where a search by time came out, as ListOffsets answers it.
struct TimestampedOffset {
  Offset offset;
  TimestampMs timestamp;
};

// The first record at offset `from` or later whose timestamp is at least `target`; nothing if there
// is none, or behind a record that can't be parsed. `opened` is the batch's records section,
// decompressed if the batch is compressed. With log append time every record has the batch's time.
std::optional<TimestampedOffset> find_by_timestamp(const BatchView& batch, ByteView opened,
                                                   TimestampMs target, Offset from);

// The same for an uncompressed batch; a compressed one must be opened first, which is our bug here.
std::optional<TimestampedOffset> find_by_timestamp(const BatchView& batch, TimestampMs target,
                                                   Offset from);

}  // namespace odradek
