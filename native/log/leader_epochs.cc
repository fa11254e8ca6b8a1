#include "log/leader_epochs.h"

#include "base/assert.h"
#include "log/sorted_search.h"
#include "log/text_lines.h"

namespace odradek {

std::optional<LeaderEpochs> LeaderEpochs::parse(std::string_view text) {
  // Of a file that a crash cut short the last number would read as a smaller one.
  if (!text.ends_with('\n')) return std::nullopt;
  const auto lines = checkpoint_entries(text);
  if (!lines) return std::nullopt;
  LeaderEpochs epochs;
  for (const std::string_view line : *lines) {
    const auto fields = split_fields(line);
    if (fields.size() != 2) return std::nullopt;
    const auto epoch = parse_decimal<int32_t>(fields[0]);
    const auto start = parse_decimal<int64_t>(fields[1]);
    if (!epoch || !start || *epoch < 0 || *start < 0) return std::nullopt;
    if (!epochs.entries_.empty() && epochs.entries_.back().start_offset.value >= *start) {
      return std::nullopt;
    }
    if (!epochs.assign(LeaderEpoch(*epoch), Offset(*start))) return std::nullopt;
  }
  return epochs;
}

std::string LeaderEpochs::format() const {
  std::string text = "0\n" + std::to_string(entries_.size()) + "\n";
  for (const LeaderEpochStart& entry : entries_) {
    text +=
        std::to_string(entry.epoch.value) + " " + std::to_string(entry.start_offset.value) + "\n";
  }
  return text;
}

bool LeaderEpochs::assign(LeaderEpoch epoch, Offset start_offset) {
  if (epoch.value < 0 || epoch <= latest()) return false;
  // An epoch that wrote nothing gives way to the one that begins at the same offset.
  while (!entries_.empty() && entries_.back().start_offset >= start_offset) entries_.pop_back();
  entries_.push_back({epoch, start_offset});
  return true;
}

bool LeaderEpochs::truncate_end(Offset end) {
  bool changed = false;
  while (!entries_.empty() && entries_.back().start_offset >= end) {
    entries_.pop_back();
    changed = true;
  }
  return changed;
}

bool LeaderEpochs::truncate_start(Offset start) {
  const size_t front =
      count_front(entries_.size(), [&](size_t i) { return entries_[i].start_offset <= start; });
  if (front == 0) return false;
  LeaderEpochStart& first = entries_[front - 1];
  const bool changed = front > 1 || first.start_offset != start;
  first.start_offset = start;
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<ptrdiff_t>(front - 1));
  return changed;
}

LeaderEpoch LeaderEpochs::at(Offset offset) const {
  const size_t front =
      count_front(entries_.size(), [&](size_t i) { return entries_[i].start_offset <= offset; });
  return front == 0 ? kNoLeaderEpoch : entries_[front - 1].epoch;
}

Offset LeaderEpochs::end_offset_of(LeaderEpoch epoch, Offset log_end, LeaderEpoch* found) const {
  ASSERT(found != nullptr);
  *found = kNoLeaderEpoch;
  if (epoch.value < 0 || entries_.empty() || epoch > latest()) return kNoOffset;
  const size_t front =
      count_front(entries_.size(), [&](size_t i) { return entries_[i].epoch <= epoch; });
  *found = front == 0 ? epoch : entries_[front - 1].epoch;
  return front == entries_.size() ? log_end : entries_[front].start_offset;
}

}  // namespace odradek
