// The part of PartitionLogImpl that puts a cleaned segment in place of others: see
// docs/decisions/compaction.md for the order of its steps.
#include <utility>

#include "base/assert.h"
#include "log/cleaned_segment.h"
#include "log/partition_folder.h"
#include "log/partition_log_impl.h"
#include "log/sealed_reads.h"
#include "log/storage_error.h"

namespace odradek {
namespace {

LogError swap_refused(const std::string& what) {
  return LogError{ErrorCode::invalid_request, "segments cannot be replaced: " + what, {}};
}

}  // namespace

class PartitionLogImpl::Replacement final : public SegmentReplacement {
 public:
  Replacement(std::shared_ptr<PartitionLogImpl> log, Sealed replaced, Offset end,
              std::unique_ptr<CleanedSegment> cleaned)
      : log_(std::move(log)),
        replaced_(std::move(replaced)),
        end_(end),
        cleaned_(std::move(cleaned)) {}
  ~Replacement() override {
    cleaned_ = nullptr;
    log_->replacing_.store(false);
  }

  LogResult<bool> append(ByteView batches) override {
    RETURN_IF_ERROR(log_->check_online());
    auto appended = cleaned_->append(batches, log_->config().index_interval_bytes);
    if (!appended.ok() && appended.error().disk_failed) {
      log_->context_->health.fail("a write failed: " + appended.error().detail);
    }
    return appended;
  }
  void append_aborted(const AbortedIndexEntry& entry) override { cleaned_->append_aborted(entry); }
  LogResult<bool> commit() override {
    auto done = log_->swap_in(replaced_, end_, *cleaned_);
    log_->after_flush();  // what was synced for it may have been waited for
    return done;
  }

 private:
  const std::shared_ptr<PartitionLogImpl> log_;
  const Sealed replaced_;
  const Offset end_;
  std::unique_ptr<CleanedSegment> cleaned_;
};

LogResult<std::unique_ptr<SegmentReplacement>> PartitionLogImpl::replace_segments(Offset base,
                                                                                  Offset end) {
  RETURN_IF_ERROR(check_online());
  const std::shared_ptr<const SegmentSet> segments = state_.segments();
  const size_t first = segments->index_of_base(base);
  const size_t behind = segments->index_of_base(end);
  if (behind == segments->size() || first >= behind) {
    return Err(swap_refused("no sealed segments hold the offsets " + std::to_string(base.value) +
                            " to " + std::to_string(end.value)));
  }
  if (end > last_stable_offset())
    return Err(swap_refused("they reach above the last stable offset"));
  if (replacing_.exchange(true)) return Err(swap_refused("others of this log are being replaced"));
  auto cleaned = CleanedSegment::create(context_->fs, folder_, base, end, context_->clock.now());
  if (!cleaned.ok()) {
    replacing_.store(false);
    return Err(context_->health.change_failed(cleaned.error()));
  }
  const auto begin = segments->sealed().begin();
  Sealed replaced(begin + static_cast<ptrdiff_t>(first), begin + static_cast<ptrdiff_t>(behind));
  return std::unique_ptr<SegmentReplacement>(std::make_unique<Replacement>(
      shared_from_this(), std::move(replaced), end, std::move(*cleaned)));
}

std::vector<AbortedIndexEntry> PartitionLogImpl::aborted_entries(Offset base, Offset end) const {
  std::vector<AbortedIndexEntry> found;
  const std::shared_ptr<const SegmentSet> segments = state_.segments();
  for (size_t i = 0; i < segments->size(); ++i) {
    const Segment& segment = segments->at(i);
    if (segment.base_offset() < base || segment.base_offset() >= end) continue;
    for (const AbortedIndexEntry& entry : segment.aborted().entries()) found.push_back(entry);
  }
  return found;
}

LogResult<SegmentDetail> PartitionLogImpl::segment_detail(Offset base) const {
  return on_view([&](const LogView& view) { return sealed_detail(view, base); });
}

LogResult<Position> PartitionLogImpl::segment_position(Offset base, Offset offset) const {
  return on_view([&](const LogView& view) { return sealed_position(view, base, offset); });
}

LogResult<std::vector<uint8_t>> PartitionLogImpl::read_segment(Offset base, Position from,
                                                               size_t bytes_max) const {
  return on_view([&](const LogView& view) { return sealed_bytes(view, base, from, bytes_max); });
}

// Under surgery_mutex_: nothing but an append changes the set meanwhile.
LogResult<bool> PartitionLogImpl::may_swap(const Sealed& replaced, Offset end) {
  RETURN_IF_ERROR(check_online());
  const std::shared_ptr<const SegmentSet> segments = state_.segments();
  const size_t first = segments->index_of_base(replaced.front()->base_offset());
  const auto& sealed = segments->sealed();
  for (size_t i = 0; i < replaced.size(); ++i) {
    if (first + i >= sealed.size() || sealed[first + i] != replaced[i]) return false;
  }
  if (segments->at(first + replaced.size()).base_offset() != end) return false;
  // Above it a gap would pass for a hole, and what recovery scans must not change.
  if (context_->checkpoints.recovery_point_on_disk(id_) < end) {
    return Err(swap_refused("a checkpoint has to come first"));
  }
  ASSERT(end <= state_.synced() && end <= state_.high_watermark());
  return true;
}

LogResult<bool> PartitionLogImpl::swap_in(const Sealed& replaced, Offset end,
                                          CleanedSegment& cleaned) {
  const FileResult<void> synced = between_syncs([&] { return cleaned.sync(); });
  if (!synced.ok()) return Err(storage_error(synced.error()));
  const std::lock_guard surgery(surgery_mutex_);
  auto may = may_swap(replaced, end);
  if (!may.ok() || !*may) return may;
  RETURN_IF_ERROR(context_->resume_points.erase(journal_identity()));
  synced_resume_offset_ = resume_offset_ = kNoOffset;
  std::shared_ptr<SealedSegment> sealed =
      SealedSegment::seal(context_->fs, context_->open_files, folder_, cleaned.segment());
  // The journal must bring nothing back into files that are others then.
  RETURN_IF_ERROR(context_->flusher.exclusively(*this, [&]() -> LogResult<bool> {
    RETURN_IF_ERROR(check_online());
    const FileResult<void> named = cleaned.name_swap();
    if (!named.ok()) return Err(context_->health.change_failed(named.error()));
    publish_swap(replaced, end, sealed);
    return true;
  }));
  changed_ = true;
  const FileResult<void> changed = change_names(replaced, cleaned);
  if (!changed.ok()) return Err(write_failed(changed.error()));
  // Where there is no room for its indexes, they stay in memory until a helper finds some.
  const FileResult<void> finished = between_syncs([&] { return sealed->finish(); });
  if (!finished.ok() && !is_shortage(finished.error())) return Err(write_failed(finished.error()));
  if (!finished.ok()) finish_soon();
  return true;
}

// Before the names change: a reader that still has the old set and meets the new file, or none,
// finds that its positions are void and looks again.
void PartitionLogImpl::publish_swap(const Sealed& replaced, Offset end,
                                    const std::shared_ptr<SealedSegment>& cleaned) {
  const std::lock_guard lock(append_mutex_);
  const std::shared_ptr<const SegmentSet> before = state_.segments();
  const Offset base = cleaned->base_offset();
  Sealed after;
  for (const auto& segment : before->sealed()) {
    const Offset at = segment->base_offset();
    if (at < base || at >= end) after.push_back(segment);
    if (at == base) after.push_back(cleaned);
  }
  ASSERT(after.size() + replaced.size() == before->sealed().size() + 1);
  state_.replaced(std::make_shared<const SegmentSet>(std::move(after), before->active()), base,
                  end);
}

// What is replaced goes at once: who reads it has it open. A name with `.deleted` could still be
// taken, by what the last replacement left.
FileResult<void> PartitionLogImpl::change_names(const Sealed& replaced, CleanedSegment& cleaned) {
  for (const auto& segment : replaced) {
    const Offset base = segment->base_offset();
    RETURN_IF_ERROR(remove_segment_files(context_->fs, folder_, base));
    // The state before the first is that before its replacement.
    if (segment == replaced.front()) continue;
    RETURN_IF_ERROR(
        remove_if_there(context_->fs, segment_file_path(folder_, base, SegmentFileKind::snapshot)));
  }
  RETURN_IF_ERROR(context_->fs.sync_directory(folder_));
  return cleaned.name_live();
}

}  // namespace odradek
