// Which leader epoch wrote from which offset on. File `leader-epoch-checkpoint`, text:
//
//   0                 version
//   2                 number of entries
//   0 0               epoch, start offset: ascending in both
//   4 1200
//
// Pure. Not safe for concurrent use: guarded by the log's state lock.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace odradek {

inline constexpr const char* kLeaderEpochCheckpoint = "leader-epoch-checkpoint";

// An epoch and the first offset that was written under it.
struct LeaderEpochStart {
  LeaderEpoch epoch;
  Offset start_offset;
  auto operator<=>(const LeaderEpochStart&) const = default;
};

class LeaderEpochs {
 public:
  // What the checkpoint says; nothing if it is malformed.
  static std::optional<LeaderEpochs> parse(std::string_view text);
  std::string format() const;

  const std::vector<LeaderEpochStart>& entries() const { return entries_; }
  LeaderEpoch latest() const { return entries_.empty() ? kNoLeaderEpoch : entries_.back().epoch; }

  // Notes that `epoch` wrote at `start_offset`. True if that is news: the epoch is above the
  // latest.
  bool assign(LeaderEpoch epoch, Offset start_offset);
  // Drops epochs that begin at or after `end`. True if any did.
  bool truncate_end(Offset end);
  // Nothing before `start` is left: the epoch of `start` now begins there. True if anything
  // changed.
  bool truncate_start(Offset start);

  // The epoch of the record at `offset`, -1 if unknown.
  LeaderEpoch at(Offset offset) const;
  // Where `epoch` ends, which is where the next one known begins or the log end; -1 if all known
  // epochs are lower or there are none. `found` gets the epoch that is meant: the largest one known
  // that is not above `epoch`, or `epoch` itself if all known ones are higher.
  Offset end_offset_of(LeaderEpoch epoch, Offset log_end, LeaderEpoch* found) const;

 private:
  std::vector<LeaderEpochStart> entries_;
};

}  // namespace odradek
