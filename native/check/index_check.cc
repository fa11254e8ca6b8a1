#include "check/index_check.h"

#include <algorithm>
#include <optional>

#include "base/assert.h"
#include "log/offset_index.h"
#include "log/storage_error.h"
#include "log/time_index.h"

namespace odradek {
namespace {

constexpr size_t kIndexBytesMax = 1U << 30;

Finding entry_finding(const std::string& file, size_t index, size_t entry_bytes, Offset offset,
                      std::string reason) {
  Finding finding;
  finding.file = file;
  finding.from = Position(static_cast<int64_t>(index * entry_bytes));
  finding.to = finding.from + static_cast<int64_t>(entry_bytes);
  finding.first_offset = offset;
  finding.reason = "entry " + std::to_string(index) + " " + std::move(reason);
  return finding;
}

bool same(const AbortedIndexEntry& a, const AbortedIndexEntry& b) {
  return a.producer_id == b.producer_id && a.first_offset == b.first_offset &&
         a.last_offset == b.last_offset && a.last_stable_offset == b.last_stable_offset;
}

std::string words_of(const AbortedIndexEntry& entry) {
  return "producer " + std::to_string(entry.producer_id.value) + ", offsets " +
         std::to_string(entry.first_offset.value) + " to " +
         std::to_string(entry.last_offset.value) + ", last stable offset " +
         std::to_string(entry.last_stable_offset.value);
}

AbortedIndexEntry decode_aborted(const uint8_t* at) {
  return {ProducerId(load_be<int64_t>(at + 2)), Offset(load_be<int64_t>(at + 10)),
          Offset(load_be<int64_t>(at + 18)), Offset(load_be<int64_t>(at + 26))};
}

// The verdict, in the order of the file: what is good and ascends stands, of all but what is lost
// `fault` is told, with whether it is good but does not ascend. The last that stands, if any does.
template <typename Entry, typename Ascends, typename Fault>
const Entry* judge(std::vector<Entry>* entries, const Ascends& ascends, const Fault& fault) {
  std::sort(entries->begin(), entries->end(),
            [](const Entry& a, const Entry& b) { return a.index < b.index; });
  const Entry* last = nullptr;
  for (const Entry& entry : *entries) {
    if (entry.state == EntryState::lost) continue;
    const bool good = entry.state == EntryState::good;
    if (good && (last == nullptr || ascends(*last, entry))) {
      last = &entry;
    } else {
      fault(entry, good);
    }
  }
  return last;
}

}  // namespace

LogResult<IndexBytes> read_index_bytes(FileSystem& fs, const std::string& path,
                                       const std::string& file, size_t entry_bytes,
                                       Findings* findings) {
  IndexBytes index;
  auto bytes = read_whole_file(fs, path, kIndexBytesMax);
  if (!bytes.ok()) {
    if (bytes.error().kind == FileErrorKind::not_found) return index;
    return Err(storage_error(bytes.error()));
  }
  index.there = true;
  index.bytes = std::move(*bytes);
  index.file_bytes = static_cast<int64_t>(index.bytes.size());
  const size_t rest = index.bytes.size() % entry_bytes;
  if (rest == 0) return index;
  index.bytes.resize(index.bytes.size() - rest);
  Finding finding;
  finding.file = file;
  finding.from = Position(static_cast<int64_t>(index.bytes.size()));
  finding.to = Position(index.file_bytes);
  finding.reason = std::to_string(rest) + " bytes behind the last whole entry";
  findings->add(std::move(finding));
  return index;
}

OffsetIndexCheck::OffsetIndexCheck(std::string file, Offset base_offset, IndexBytes index)
    : file_(std::move(file)) {
  const size_t count = index.bytes.size() / kOffsetIndexEntryBytes;
  entries_.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const OffsetIndexEntry entry =
        decode_offset_index_entry(base_offset, index.bytes.data() + i * kOffsetIndexEntryBytes);
    entries_.push_back({i, entry.last_offset, entry.position});
  }
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.position < b.position; });
}

// Entries below `position` whose place was not met stay as `state` says.
void OffsetIndexCheck::pass(Position position, EntryState state) {
  for (; next_ < entries_.size() && entries_[next_].position < position; ++next_) {
    entries_[next_].state = state;
  }
}

void OffsetIndexCheck::batch(const BatchHeader& header, Position position) {
  pass(position, EntryState::unjudged);
  const size_t met = next_;
  while (next_ < entries_.size() && entries_[next_].position == position) ++next_;
  if (next_ > met) {
    met_begin_ = met;
    met_end_ = next_;
  }
  for (size_t i = met_begin_; i < met_end_; ++i) {
    if (entries_[i].last_offset == header.last_offset) entries_[i].state = EntryState::good;
  }
}

void OffsetIndexCheck::damage(Position from, Position to) {
  pass(from, EntryState::unjudged);
  // What was met last may have its offset in the damaged part.
  for (size_t i = met_begin_; i < met_end_; ++i) {
    if (entries_[i].state != EntryState::good) entries_[i].state = EntryState::lost;
  }
  met_begin_ = met_end_ = 0;
  pass(to, EntryState::lost);
}

void OffsetIndexCheck::finish(Findings* findings) {
  const auto ascends = [](const Entry& a, const Entry& b) {
    return b.last_offset > a.last_offset && b.position > a.position;
  };
  judge(&entries_, ascends, [&](const Entry& entry, bool good) {
    const std::string what = good ? "does not ascend" : "names no batch that is there";
    findings->add(entry_finding(file_, entry.index, kOffsetIndexEntryBytes, entry.last_offset,
                                "(offset " + std::to_string(entry.last_offset.value) +
                                    " at position " + std::to_string(entry.position.value) + ") " +
                                    what));
  });
}

TimeIndexCheck::TimeIndexCheck(std::string file, Offset base_offset, IndexBytes index)
    : file_(std::move(file)), there_(index.there) {
  const size_t count = index.bytes.size() / kTimeIndexEntryBytes;
  entries_.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const TimeIndexEntry entry =
        decode_time_index_entry(base_offset, index.bytes.data() + i * kTimeIndexEntryBytes);
    entries_.push_back({i, entry.timestamp, entry.offset});
  }
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.offset < b.offset; });
}

void TimeIndexCheck::batch(const BatchHeader& header) {
  largest_ = std::max(largest_, header.max_timestamp);
  while (next_ < entries_.size() && entries_[next_].offset < header.base_offset) ++next_;
  for (; next_ < entries_.size() && entries_[next_].offset <= header.last_offset; ++next_) {
    Entry& entry = entries_[next_];
    const bool carries = header.max_timestamp == entry.timestamp;
    if (carries && largest_ == entry.timestamp) entry.state = EntryState::good;
  }
}

void TimeIndexCheck::damage(Offset from, Offset to) {
  damaged_ = true;
  while (next_ < entries_.size() && entries_[next_].offset < from) ++next_;
  for (; next_ < entries_.size() && entries_[next_].offset < to; ++next_) {
    entries_[next_].state = EntryState::lost;
    largest_ = std::max(largest_, entries_[next_].timestamp);
  }
}

void TimeIndexCheck::finish(Findings* findings) {
  const auto ascends = [](const Entry& a, const Entry& b) {
    return b.offset > a.offset && b.timestamp > a.timestamp;
  };
  bool faulty = false;
  const Entry* last = judge(&entries_, ascends, [&](const Entry& entry, bool good) {
    faulty = true;
    const std::string what =
        good ? "does not ascend" : "is not the largest timestamp up to a batch that is there";
    findings->add(entry_finding(file_, entry.index, kTimeIndexEntryBytes, entry.offset,
                                "(timestamp " + std::to_string(entry.timestamp.value) +
                                    " at offset " + std::to_string(entry.offset.value) + ") " +
                                    what));
  });
  // Every index of a segment that is done ends with its largest timestamp.
  if (faulty || damaged_ || !there_ || largest_ == kNoTimestamp) return;
  if (last != nullptr && last->timestamp >= largest_) return;
  Finding finding;
  finding.kind = FindingKind::missing;
  finding.file = file_;
  finding.from = finding.to =
      Position(static_cast<int64_t>(entries_.size() * kTimeIndexEntryBytes));
  finding.reason =
      "its last entry is missing: the batches go up to timestamp " + std::to_string(largest_.value);
  findings->add(std::move(finding));
}

void check_aborted_index(const std::string& file, const IndexBytes& index,
                         const std::vector<AbortedIndexEntry>* expected, Findings* findings) {
  const size_t count = index.bytes.size() / kAbortedIndexEntryBytes;
  Offset previous = kNoOffset;
  size_t matched = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* at = index.bytes.data() + i * kAbortedIndexEntryBytes;
    const AbortedIndexEntry entry = decode_aborted(at);
    const auto fault = [&](std::string why) {
      findings->add(
          entry_finding(file, i, kAbortedIndexEntryBytes, entry.last_offset, std::move(why)));
    };
    if (load_be<int16_t>(at) != 0) {
      fault("has version " + std::to_string(load_be<int16_t>(at)) + " where 0 is known");
    } else if (entry.first_offset.value < 0 || entry.first_offset > entry.last_offset ||
               entry.last_offset <= previous) {
      fault("(" + words_of(entry) + ") does not ascend");
    } else if (expected != nullptr && matched < expected->size() &&
               !same(entry, (*expected)[matched])) {
      fault("says " + words_of(entry) + "; the batches say " + words_of((*expected)[matched]));
    } else if (expected != nullptr && matched >= expected->size()) {
      fault("(" + words_of(entry) + ") names no aborted transaction of the batches");
    } else {
      previous = entry.last_offset;
    }
    ++matched;
  }
  if (expected == nullptr || matched >= expected->size()) return;
  Finding finding;
  finding.kind = FindingKind::missing;
  finding.file = file;
  finding.from = finding.to = Position(static_cast<int64_t>(index.bytes.size()));
  finding.first_offset = (*expected)[matched].first_offset;
  finding.next_offset = (*expected)[matched].last_offset + 1;
  finding.reason = "an aborted transaction is not in it: " + words_of((*expected)[matched]);
  findings->add(std::move(finding));
}

}  // namespace odradek
