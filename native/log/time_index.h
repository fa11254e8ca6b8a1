// The sparse time index of a segment. File `.timeindex`: entries of 12 bytes, big endian, with
// strictly ascending timestamps:
//
//   +------------------------------------+--------------------------+
//   | int64 largest timestamp so far     | int32 offset - base      |
//   +------------------------------------+--------------------------+
//
// The offset is the last one of the batch that carries that timestamp. An entry is offered with
// each entry of the offset index and once more when the segment is sealed or closed.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "log/append_only_array.h"

namespace odradek {

inline constexpr size_t kTimeIndexEntryBytes = 12;

// A timestamp and the offset that was the last when it was the largest.
struct TimeIndexEntry {
  TimestampMs timestamp = kNoTimestamp;
  Offset offset = kNoOffset;  // last offset of the batch with that timestamp
};

// One entry as it lies in the file. `bytes` holds at least kTimeIndexEntryBytes.
TimeIndexEntry decode_time_index_entry(Offset base, const uint8_t* bytes);

// The index of the active segment, in memory. One appender, any number of readers without a lock.
class TimeIndex {
 public:
  explicit TimeIndex(Offset base) : base_(base) {}

  size_t size() const { return entries_.size(); }
  int64_t size_bytes() const { return static_cast<int64_t>(size() * kTimeIndexEntryBytes); }
  std::optional<TimeIndexEntry> last() const;

  // Adds the entry unless its timestamp is not above the last one's (or is -1).
  void offer(const TimeIndexEntry& entry);

  // The last entry with a timestamp below `timestamp`. No batch up to its offset has one as large,
  // so a search for the first such batch starts behind it.
  std::optional<TimeIndexEntry> below(TimestampMs timestamp) const;

  // The file's content, or that of the entries in [from, to), where to <= size().
  std::vector<uint8_t> encode() const { return encode(0, size()); }
  std::vector<uint8_t> encode(size_t from, size_t to) const;

 private:
  struct Packed {
    int64_t timestamp;
    int32_t relative_offset;
  };
  TimeIndexEntry unpack(const Packed& packed) const {
    return {TimestampMs(packed.timestamp), base_ + packed.relative_offset};
  }

  Offset base_;
  AppendOnlyArray<Packed> entries_;
};

}  // namespace odradek
