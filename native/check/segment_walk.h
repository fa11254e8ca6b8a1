// Walks the batches of a segment file to its end, whatever is damaged in between: judges each by
// frame, checksum and order, and where none stands looks for the next one.
//
// Base offset and leader epoch lie outside a batch's checksum. A batch whose number is too low for
// those before it is damaged; one whose number is too high is told by the batch behind it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "check/file_window.h"
#include "log/batch_header.h"
#include "log/leader_epochs.h"

namespace odradek {

// What holds where a walk stands; taken on from segment to segment.
struct WalkOrder {
  Offset next_offset{0};  // no batch begins below
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
};

// How many headers are asked about a number that went up.
inline constexpr size_t kHeadersBehind = 2;

// What surrounds the segment.
struct SegmentPlace {
  Offset base_offset;
  Offset end_offset{INT64_MAX};           // base of the next segment; no batch reaches it
  const LeaderEpochs* epochs = nullptr;   // as the checkpoint has them; must outlive the walk
  std::vector<BatchHeader> next_segment;  // its first headers, as far as they can be read
};

// How a step ended.
enum class WalkStep : uint8_t {
  batch,    // a whole batch: header() and position()
  damaged,  // [position(), damage_end()) holds no whole batch that fits; reason() says why
  zeros,    // nothing but zeros in [position(), damage_end()), the end of the file
  end,      // the file ends behind a whole batch
};

class SegmentWalk {
 public:
  // `file` must outlive this.
  SegmentWalk(FileWindow& file, const SegmentPlace& place, const WalkOrder& order)
      : file_(file), place_(place), order_(order) {}

  // Errors only from the disk. After `zeros` and `end` there is nothing more.
  LogResult<WalkStep> next();

  const BatchHeader& header() const { return header_; }
  Position position() const { return position_; }
  Position damage_end() const { return next_; }
  // Where the offsets behind damage go on; nothing if no batch follows in the file.
  std::optional<Offset> damage_end_offset() const {
    return next_.value < file_.size() ? std::make_optional(header_.base_offset) : std::nullopt;
  }
  const std::string& reason() const { return reason_; }
  // Before the batch of this step; behind damage the offset is the last known one.
  const WalkOrder& order() const { return order_; }
  // The whole batch of this step, if it is no larger than FileWindow::kBytesMax.
  LogResult<std::optional<BatchView>> batch();

 private:
  // Why no batch that fits begins at `at`; nothing if one does, which is then header_.
  LogResult<std::optional<std::string>> fault_at(Position at);
  std::optional<std::string> fault_of(const BatchHeader& header) const;
  LogResult<std::optional<std::string>> contradiction(const BatchHeader& header, Position at);
  LogResult<std::vector<BatchHeader>> headers_behind(Position at);
  LogResult<Position> find_batch(Position from);

  FileWindow& file_;
  const SegmentPlace place_;
  WalkOrder order_;
  Position position_;
  Position next_;
  BatchHeader header_;
  bool at_batch_ = false;
  std::string reason_;
};

}  // namespace odradek
