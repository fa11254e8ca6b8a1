// The aborted transactions of a segment. File `.txnindex`: entries of 34 bytes, big endian, one for
// each ABORT marker in the segment, in the markers' order; no file if there are none:
//
//   +---------+---------------+----------------+---------------+--------------------------+
//   | int16 0 | producer id 8 | first offset 8 | last offset 8 | last stable offset 8     |
//   +---------+---------------+----------------+---------------+--------------------------+
//
// `last offset` is the marker's. `last stable offset` is the one just after the transaction ended:
// a reader whose range ends at or before it needs no later entry.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "log/partition_log.h"

namespace odradek {

inline constexpr size_t kAbortedIndexEntryBytes = 34;

// The content of a `.txnindex` file with these entries.
std::vector<uint8_t> encode_aborted_index(const std::vector<AbortedIndexEntry>& entries);
// Nothing if the size or a version is wrong.
std::optional<std::vector<AbortedIndexEntry>> decode_aborted_index(ByteView bytes);

// The entries of one segment. One appender at a time, any number of readers.
class AbortedIndex {
 public:
  AbortedIndex() = default;
  explicit AbortedIndex(std::vector<AbortedIndexEntry> entries) : entries_(std::move(entries)) {}

  bool empty() const;
  void append(const AbortedIndexEntry& entry);
  std::vector<AbortedIndexEntry> entries() const;
  // Adds the transactions that overlap [from, to) to `found`. False once no later segment can hold
  // another one.
  bool collect(Offset from, Offset to, std::vector<AbortedTransaction>* found) const;

 private:
  mutable std::mutex mutex_;  // aborts are rare; held for a copy only
  std::vector<AbortedIndexEntry> entries_;
};

}  // namespace odradek
