// Checks the index files of a segment against its batches, entry by entry, whatever their order.
// Each check is fed the whole batches while they are walked; at the end it says which entries are
// wrong. An index is held in memory as it lies on the disk.
//
// Apache Kafka up to 3.9 gave one entry to a set of batches that were appended together: the last
// offset of the set, and where its first batch begins. So the offset of an entry may be that of a
// later batch, up to where the next entry begins. Its time index may name the record itself.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "check/finding.h"
#include "file/file_system.h"
#include "log/aborted_index.h"
#include "log/batch_header.h"
#include "log/log_error.h"

namespace odradek {

// The bytes of one index file. Invariant: whole entries.
struct IndexBytes {
  bool there = false;
  std::vector<uint8_t> bytes;
  int64_t file_bytes = 0;
};

// Reads an index; bytes behind the last whole entry are a finding on `file`, and left out.
LogResult<IndexBytes> read_index_bytes(FileSystem& fs, const std::string& path,
                                       const std::string& file, size_t entry_bytes,
                                       Findings* findings);

// What the batches say of an index entry; `lost` where damage may hold what it points to.
enum class EntryState : uint8_t { unjudged, good, lost };

// The check of a `.index`.
class OffsetIndexCheck {
 public:
  // `file` is what findings call it.
  OffsetIndexCheck(std::string file, Offset base_offset, IndexBytes index);

  void batch(const BatchHeader& header, Position position);
  // [from, to) of the segment is damaged: entries that point there cannot be judged.
  void damage(Position from, Position to);
  void finish(Findings* findings);

 private:
  struct Entry {
    size_t index;
    Offset last_offset;
    Position position;
    EntryState state = EntryState::unjudged;
  };
  void pass(Position position, EntryState state);

  const std::string file_;
  std::vector<Entry> entries_;  // by position
  size_t next_ = 0;             // the first whose position was not reached
  size_t met_begin_ = 0;        // [met_begin_, met_end_): those whose position was met last
  size_t met_end_ = 0;
};

// The check of a `.timeindex`.
class TimeIndexCheck {
 public:
  TimeIndexCheck(std::string file, Offset base_offset, IndexBytes index);

  void batch(const BatchHeader& header);
  // Offsets [from, to) are damaged; what stands there may have been the largest timestamp.
  void damage(Offset from, Offset to);
  void finish(Findings* findings);

 private:
  struct Entry {
    size_t index;
    TimestampMs timestamp;
    Offset offset;
    EntryState state = EntryState::unjudged;
  };

  const std::string file_;
  const bool there_;
  std::vector<Entry> entries_;  // by offset
  size_t next_ = 0;
  TimestampMs largest_ = kNoTimestamp;
  bool damaged_ = false;
};

// Compares a `.txnindex` with the aborted transactions that the batches tell of. Without `expected`
// (the producers before the segment are not known) only its form is judged.
void check_aborted_index(const std::string& file, const IndexBytes& index,
                         const std::vector<AbortedIndexEntry>* expected, Findings* findings);

}  // namespace odradek
