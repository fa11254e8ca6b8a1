// The sparse offset index of a segment. File `.index`: entries of 8 bytes, big endian, ascending:
//
//   +----------------------------+---------------------------+
//   | int32 last offset - base   | int32 position            |
//   +----------------------------+---------------------------+
//
// An entry stands for one batch: its last offset, and where the batch starts in the `.log` file.
// Batches between two entries are found by walking headers.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "log/append_only_array.h"

namespace odradek {

inline constexpr size_t kOffsetIndexEntryBytes = 8;

// An offset and where its batch begins.
struct OffsetIndexEntry {
  Offset last_offset;  // of the batch
  Position position;   // of its first byte
};

// One entry as it lies in the file. `bytes` holds at least kOffsetIndexEntryBytes.
OffsetIndexEntry decode_offset_index_entry(Offset base, const uint8_t* bytes);

// The index of the active segment, in memory. One appender, any number of readers without a lock.
class OffsetIndex {
 public:
  explicit OffsetIndex(Offset base) : base_(base) {}

  Offset base_offset() const { return base_; }
  size_t size() const { return entries_.size(); }
  int64_t size_bytes() const { return static_cast<int64_t>(size() * kOffsetIndexEntryBytes); }
  std::optional<OffsetIndexEntry> last() const;

  // Both must be above those of the last entry and fit 32 bits from the base.
  void append(Offset last_offset, Position position);

  // The last entry at or before `offset`, or at or before `position`.
  std::optional<OffsetIndexEntry> floor(Offset offset) const;
  std::optional<OffsetIndexEntry> floor(Position position) const;

  // The file's content, or that of the entries in [from, to), where to <= size().
  std::vector<uint8_t> encode() const { return encode(0, size()); }
  std::vector<uint8_t> encode(size_t from, size_t to) const;

 private:
  struct Packed {
    int32_t relative_offset;
    int32_t position;
  };
  OffsetIndexEntry unpack(const Packed& packed) const {
    return {base_ + packed.relative_offset, Position(packed.position)};
  }

  Offset base_;
  AppendOnlyArray<Packed> entries_;
};

}  // namespace odradek
