#include "log/aborted_index.h"

#include "base/assert.h"

namespace odradek {

std::vector<uint8_t> encode_aborted_index(const std::vector<AbortedIndexEntry>& entries) {
  std::vector<uint8_t> bytes(entries.size() * kAbortedIndexEntryBytes);
  uint8_t* at = bytes.data();
  for (const AbortedIndexEntry& entry : entries) {
    store_be<int16_t>(at, 0);
    store_be<int64_t>(at + 2, entry.producer_id.value);
    store_be<int64_t>(at + 10, entry.first_offset.value);
    store_be<int64_t>(at + 18, entry.last_offset.value);
    store_be<int64_t>(at + 26, entry.last_stable_offset.value);
    at += kAbortedIndexEntryBytes;
  }
  return bytes;
}

std::optional<std::vector<AbortedIndexEntry>> decode_aborted_index(ByteView bytes) {
  if (bytes.size() % kAbortedIndexEntryBytes != 0) return std::nullopt;
  std::vector<AbortedIndexEntry> entries;
  entries.reserve(bytes.size() / kAbortedIndexEntryBytes);
  for (size_t at = 0; at < bytes.size(); at += kAbortedIndexEntryBytes) {
    const uint8_t* entry = bytes.data() + at;
    if (load_be<int16_t>(entry) != 0) return std::nullopt;
    const auto first = load_be<int64_t>(entry + 10);
    const auto last = load_be<int64_t>(entry + 18);
    if (first < 0 || first > last) return std::nullopt;
    if (!entries.empty() && last <= entries.back().last_offset.value) return std::nullopt;
    entries.push_back({ProducerId(load_be<int64_t>(entry + 2)),
                       Offset(load_be<int64_t>(entry + 10)), Offset(load_be<int64_t>(entry + 18)),
                       Offset(load_be<int64_t>(entry + 26))});
  }
  return entries;
}

bool AbortedIndex::empty() const {
  const std::lock_guard lock(mutex_);
  return entries_.empty();
}

void AbortedIndex::append(const AbortedIndexEntry& entry) {
  ASSERT(entry.first_offset <= entry.last_offset);
  const std::lock_guard lock(mutex_);
  ASSERT(entries_.empty() || entries_.back().last_offset < entry.last_offset);
  entries_.push_back(entry);
}

std::vector<AbortedIndexEntry> AbortedIndex::entries() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

bool AbortedIndex::collect(Offset from, Offset to, std::vector<AbortedTransaction>* found) const {
  const std::lock_guard lock(mutex_);
  for (const AbortedIndexEntry& entry : entries_) {
    if (entry.last_offset >= from && entry.first_offset < to) {
      found->push_back({entry.producer_id, entry.first_offset});
    }
    if (entry.last_stable_offset >= to) return false;
  }
  return true;
}

}  // namespace odradek
