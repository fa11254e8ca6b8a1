#include "check/segment_walk.h"

#include <algorithm>

#include "base/assert.h"

namespace odradek {
namespace {

constexpr auto kHeaderBytes = static_cast<int64_t>(kBatchHeaderBytes);
constexpr int64_t kChecksummedFrom = kAttributesAt;

std::string number_follows(const char* what, int64_t number, int64_t previous) {
  return std::string(what) + " " + std::to_string(number) + " follows " + std::to_string(previous);
}

std::string is_followed(const char* what, int64_t number, int64_t next) {
  return std::string(what) + " " + std::to_string(number) + " is followed by " +
         std::to_string(next);
}

}  // namespace

LogResult<WalkStep> SegmentWalk::next() {
  if (at_batch_) {
    order_ = {header_.next_offset(), header_.leader_epoch};
    at_batch_ = false;
  }
  position_ = next_;
  if (position_.value == file_.size()) return WalkStep::end;
  auto fault = fault_at(position_);
  if (!fault.ok()) return Err(fault.error());
  if (!*fault) {
    at_batch_ = true;
    next_ = position_ + header_.size_bytes;
    return WalkStep::batch;
  }
  auto byte = file_.first_byte(position_);
  if (!byte.ok()) return Err(byte.error());
  if (byte->value == file_.size()) {
    next_ = *byte;
    return WalkStep::zeros;
  }
  reason_ = std::move(**fault);
  auto found = find_batch(position_ + 1);
  if (!found.ok()) return Err(found.error());
  next_ = *found;
  return WalkStep::damaged;
}

LogResult<std::optional<BatchView>> SegmentWalk::batch() {
  ASSERT(at_batch_);
  if (header_.size_bytes > FileWindow::kBytesMax) return std::optional<BatchView>();
  auto bytes = file_.view(position_, header_.size_bytes);
  if (!bytes.ok()) return Err(bytes.error());
  return BatchView::at(*bytes);
}

LogResult<std::optional<std::string>> SegmentWalk::fault_at(Position at) {
  using Fault = std::optional<std::string>;
  const int64_t left = file_.size() - at.value;
  if (left < kHeaderBytes) return Fault("the file ends inside a batch header");
  auto bytes = file_.view(at, kHeaderBytes);
  if (!bytes.ok()) return Err(bytes.error());
  const auto header = BatchHeader::parse(*bytes);
  if (!header) return Fault("there is no batch header");
  const auto stored_crc = load_be<uint32_t>(bytes->data() + kCrcAt);
  if (header->size_bytes > left) return Fault("the file ends inside the batch");
  auto crc = file_.crc(at + kChecksummedFrom, at + header->size_bytes);
  if (!crc.ok()) return Err(crc.error());
  if (*crc != stored_crc) return Fault("the checksum does not match");
  if (auto fault = fault_of(*header)) return fault;
  auto contradicted = contradiction(*header, at);
  if (!contradicted.ok() || *contradicted) return contradicted;
  header_ = *header;
  return Fault();
}

// What those before it, and the segments around it, say against a header.
std::optional<std::string> SegmentWalk::fault_of(const BatchHeader& header) const {
  if (header.base_offset < order_.next_offset) {
    return number_follows("offset", header.base_offset.value, order_.next_offset.value - 1);
  }
  if (header.last_offset >= place_.end_offset) {
    return "offset " + std::to_string(header.last_offset.value) + " lies in the next segment";
  }
  if (header.last_offset - place_.base_offset > INT32_MAX) {
    return "offset " + std::to_string(header.last_offset.value) +
           " is too far from the segment's first";
  }
  if (header.leader_epoch < order_.leader_epoch) {
    return number_follows("leader epoch", header.leader_epoch.value, order_.leader_epoch.value);
  }
  return std::nullopt;
}

// What the batches behind say against a number that went up. They are asked only where one leaps,
// so that a log without gaps costs nothing. An epoch may well rise, and the one behind be the
// damaged one: the checkpoint knows, or two must deny it.
LogResult<std::optional<std::string>> SegmentWalk::contradiction(const BatchHeader& header,
                                                                 Position at) {
  using Fault = std::optional<std::string>;
  const bool leaps = header.base_offset > order_.next_offset;
  const bool rises = header.leader_epoch > order_.leader_epoch;
  if (!leaps && !rises) return Fault();
  auto behind = headers_behind(at + header.size_bytes);
  if (!behind.ok()) return Err(behind.error());
  if (behind->empty()) return Fault();
  const BatchHeader& next = behind->front();
  if (leaps && next.base_offset <= header.last_offset && next.base_offset >= order_.next_offset) {
    return Fault(is_followed("offset", header.last_offset.value, next.base_offset.value));
  }
  const auto denies = [&](const BatchHeader& other) {
    return other.leader_epoch < header.leader_epoch && other.leader_epoch >= order_.leader_epoch;
  };
  const bool wrong = place_.epochs != nullptr
                         ? place_.epochs->at(header.base_offset) != header.leader_epoch
                         : std::all_of(behind->begin(), behind->end(), denies);
  if (rises && denies(next) && wrong) {
    return Fault(is_followed("leader epoch", header.leader_epoch.value, next.leader_epoch.value));
  }
  return Fault();
}

// Up to two headers from `at` on, into the next segment, as far as they can be read.
LogResult<std::vector<BatchHeader>> SegmentWalk::headers_behind(Position at) {
  std::vector<BatchHeader> headers;
  while (headers.size() < kHeadersBehind && at.value < file_.size()) {
    auto bytes = file_.view(at, kHeaderBytes);
    if (!bytes.ok()) return Err(bytes.error());
    const auto header = BatchHeader::parse(*bytes);
    if (!header) return headers;
    headers.push_back(*header);
    at += header->size_bytes;
  }
  if (at.value != file_.size()) return headers;
  for (const BatchHeader& header : place_.next_segment) {
    if (headers.size() < kHeadersBehind) headers.push_back(header);
  }
  return headers;
}

// Where the next whole batch that fits begins; the file's size if there is none.
LogResult<Position> SegmentWalk::find_batch(Position from) {
  const Position end(file_.size());
  while (end - from >= kHeaderBytes) {
    auto bytes = file_.view(from, std::min(FileWindow::kBytesMax, end - from));
    if (!bytes.ok()) return Err(bytes.error());
    const auto starts = static_cast<int64_t>(bytes->size()) - kHeaderBytes + 1;
    int64_t at = 0;
    const auto plausible = [&](int64_t start) {
      if ((*bytes)[static_cast<size_t>(start) + kMagicAt] != kMagic) return false;
      const auto header = BatchHeader::parse(bytes->subspan(static_cast<size_t>(start)));
      return header && header->size_bytes <= end - (from + start) && !fault_of(*header);
    };
    while (at < starts && !plausible(at)) ++at;
    from += at;
    if (at == starts) continue;
    auto fault = fault_at(from);
    if (!fault.ok()) return Err(fault.error());
    if (!*fault) return from;
    from += 1;
  }
  return end;
}

}  // namespace odradek
