// The part of PartitionLogImpl that makes its folder, and opens and closes its active segment's
// file.
#include "log/partition_log_impl.h"
#include "log/partition_metadata.h"
#include "log/storage_error.h"

namespace odradek {

// The folder of a log that is written for the first time. Nothing is synced: the first flush is one
// of the segment, with all names that lead to it, and before that nothing goes to the journal. A
// crash may leave any part of it; a beginning of partition.metadata counts as none.
LogResult<bool> PartitionLogImpl::make_folder() {
  FileSystem& fs = context_->fs;
  FileResult<void> made = fs.create_directories(folder_);
  if (made.ok() && !topic_id_.is_zero()) {
    auto file = fs.open(folder_ + "/" + kPartitionMetadataFile, OpenMode::create);
    const std::string content = format_partition_metadata(topic_id_);
    made = file.ok() ? (*file)->write_at(Position(0), as_bytes(content)) : Err(file.error());
  }
  if (made.ok()) made = state_.segments()->active()->make();
  if (!made.ok()) {
    // Apache Kafka would take half of one for a failed disk.
    static_cast<void>(fs.remove_file(folder_ + "/" + kPartitionMetadataFile));
    return Err(refused(made.error()));
  }
  changed_ = true;
  made_.store(true);
  return true;
}

LogResult<bool> PartitionLogImpl::open_active() {
  const auto file = state_.segments()->active()->open_file();
  if (!file.ok()) return Err(refused(file.error()));
  return true;
}

// Where the disk is full, or no descriptor is left, only this call is refused.
LogError PartitionLogImpl::refused(const FileError& error) {
  if (!is_shortage(error)) return write_failed(error);
  return storage_error("no segment could be opened, nothing was appended: " + error.detail);
}

void PartitionLogImpl::settle(ActiveSegment& active) const {
  active.settle({&context_->fs, &context_->active_files}, folder_);
}

ActiveFileUse PartitionLogImpl::let_go_of_file() {
  const std::lock_guard surgery(surgery_mutex_);
  const std::lock_guard lock(append_mutex_);
  const ActiveSegment& active = *state_.segments()->active();
  if (active.uses_windows()) return ActiveFileUse::busy;
  if (young_.load() || state_.synced() != state_.log_end()) return ActiveFileUse::unsynced;
  active.let_go();
  return ActiveFileUse::none;
}

}  // namespace odradek
