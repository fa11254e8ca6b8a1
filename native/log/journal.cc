#include "log/journal.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "log/partition_folder.h"

namespace odradek {
namespace {

constexpr size_t kPrewriteBytes = 1U << 20;
constexpr int64_t kFenceRoomMax = 64 << 10;

}  // namespace

FileResult<void> Journal::begin(const Uuid& run) {
  const std::lock_guard upkeep(upkeep_mutex_);
  ASSERT(!begun());
  ASSERT(room_for_batches() > 0);
  auto listed = fs_.list(folder_);
  if (!listed.ok()) return Err(listed.error());
  // First of all nothing of the run before counts any more: its parts go one by one.
  const JournalStart start{run, next_number_};
  RETURN_IF_ERROR(
      replace_file(fs_, folder_ + "/" + kJournalStartFile, encode_journal_start(start)));
  spare_.clear();  // of an earlier attempt
  for (const DirectoryEntry& entry : *listed) {
    if (entry.name.starts_with(kJournalPartPrefix)) RETURN_IF_ERROR(take_over(entry.name));
  }
  const std::lock_guard lock(mutex_);
  seed_ = std::make_unique<const JournalSeed>(run);
  begun_ = true;
  return {};
}

// A part of an earlier run is as good as a new one.
FileResult<void> Journal::take_over(const std::string& name) {
  const std::string path = folder_ + "/" + name;
  auto opened = fs_.open(path, OpenMode::read_write);
  if (!opened.ok()) return Err(opened.error());
  auto size = (*opened)->size();
  if (!size.ok()) return Err(size.error());
  // One of another size belongs to other limits.
  if (*size != limits_.part_bytes) return remove_if_there(fs_, path);
  const std::lock_guard lock(mutex_);
  spare_.push_back({path, std::move(*opened)});
  return {};
}

void Journal::close() {
  const std::lock_guard upkeep(upkeep_mutex_);
  const std::lock_guard lock(mutex_);
  live_.clear();
  spare_.clear();
  begun_ = false;
}

FileResult<void> Journal::remove() {
  close();
  const std::lock_guard upkeep(upkeep_mutex_);
  auto listed = fs_.list(folder_);
  if (!listed.ok() && listed.error().kind == FileErrorKind::not_found) return {};
  if (!listed.ok()) return Err(listed.error());
  // Without its start nothing of the journal counts.
  RETURN_IF_ERROR(remove_if_there(fs_, folder_ + "/" + kJournalStartFile));
  RETURN_IF_ERROR(fs_.sync_directory(folder_));
  for (const DirectoryEntry& entry : *listed) {
    RETURN_IF_ERROR(remove_if_there(fs_, folder_ + "/" + entry.name));
  }
  return fs_.remove_directory(folder_);
}

ByteSpan Journal::open_entry(const JournalEntry& entry, size_t bytes) {
  ASSERT(entry_at_ == 0);
  ASSERT((entry.kind == JournalEntryKind::batches) == (bytes > 0));
  entry_at_ = buffer_.size();
  buffer_.resize(entry_at_ + kJournalEntryHeaderBytes + bytes);
  const ByteSpan whole = ByteSpan(buffer_).subspan(entry_at_);
  store_journal_entry(pending_, entry, whole);
  return whole.subspan(kJournalEntryHeaderBytes);
}

void Journal::close_entry() {
  ASSERT(entry_at_ != 0 && seed_ != nullptr);
  seal_journal_entry(*seed_, ByteSpan(buffer_).subspan(entry_at_));
  entry_at_ = 0;
  pending_ += 1;
}

void Journal::take_back(const Pending& before) {
  ASSERT(before.bytes <= buffer_.size() && before.next <= pending_);
  buffer_.resize(before.bytes);
  pending_ = before.next;
  entry_at_ = 0;
}

FileResult<std::optional<JournalPartNumber>> Journal::commit() { return write(false); }

FileResult<std::optional<JournalPartNumber>> Journal::commit_fence(const Uuid& topic_id,
                                                                   PartitionIndex partition) {
  ASSERT(pending_bytes() == 0);
  JournalEntry entry;
  entry.kind = JournalEntryKind::fence;
  entry.topic_id = topic_id;
  entry.partition = partition;
  open_entry(entry, 0);
  close_entry();
  return write(true);
}

FileResult<std::optional<JournalPartNumber>> Journal::write(bool fence) {
  ASSERT(entry_at_ == 0 && pending_bytes() > 0);
  const auto bytes = static_cast<int64_t>(pending_bytes());
  std::shared_ptr<File> file;
  JournalPartNumber part;
  Position at;
  bool opens_part = false;
  {
    const std::lock_guard lock(mutex_);
    ASSERT(begun_);
    const bool fits = fence ? !live_.empty() && written_.value + bytes <= limits_.part_bytes
                            : !closed_ && written_.value + bytes <= room_for_batches();
    opens_part = !fits;
    const int64_t header = kJournalPartHeaderBytes;
    if (opens_part && (header + bytes > room_for_batches() || !next_part())) {
      abandon();
      return std::optional<JournalPartNumber>();
    }
    file = live_.back().part.file;
    part = live_.back().number;
    at = written_;
    if (opens_part) {
      const auto encoded = encode_journal_part_header(*seed_, JournalPartHeader{part, next_});
      std::copy(encoded.begin(), encoded.end(), buffer_.begin());
    }
  }
  const ByteView whole(buffer_);
  const ByteView written = opens_part ? whole : whole.subspan(kJournalPartHeaderBytes);
  // A full disk is a failure like any other here: the room was written once, and what of the commit
  // stands in it now could pass for one.
  FileResult<void> done = file->write_at(at, written);
  if (done.ok()) done = file->sync_data();
  if (!done.ok()) {
    abandon();  // nothing is tried again
    return Err(done.error());
  }
  const std::lock_guard lock(mutex_);
  written_ += static_cast<int64_t>(written.size());
  ASSERT(written_.value <= limits_.part_bytes);
  next_ = pending_;
  abandon();
  return std::optional<JournalPartNumber>(part);
}

void Journal::abandon() {
  buffer_.resize(kJournalPartHeaderBytes);
  entry_at_ = 0;
  pending_ = next_;
}

// The rest of a part is for fences.
int64_t Journal::room_for_batches() const {
  return limits_.part_bytes - std::min(kFenceRoomMax, limits_.part_bytes / 8);
}

bool Journal::next_part() {
  if (spare_.empty()) return false;
  live_.push_back({std::move(spare_.back()), next_number_});
  spare_.pop_back();
  next_number_ += 1;
  written_ = Position(0);
  closed_ = false;
  return true;
}

JournalPartNumber Journal::mark() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  return next_number_;
}

FileResult<void> Journal::release(JournalPartNumber first) {
  const std::lock_guard upkeep(upkeep_mutex_);
  Uuid run;
  {
    const std::lock_guard lock(mutex_);
    ASSERT(first <= next_number_);
    if (!begun_ || live_.empty() || live_.front().number >= first) return {};
    run = seed_->run;
  }
  RETURN_IF_ERROR(replace_file(fs_, folder_ + "/" + kJournalStartFile,
                               encode_journal_start(JournalStart{run, first})));
  const std::lock_guard lock(mutex_);
  while (!live_.empty() && live_.front().number < first) {
    ASSERT(live_.size() > 1 || closed_);
    spare_.push_back(std::move(live_.front().part));
    live_.pop_front();
  }
  return {};
}

bool Journal::begun() const {
  const std::lock_guard lock(mutex_);
  return begun_;
}

bool Journal::holds(JournalPartNumber part) const {
  const std::lock_guard lock(mutex_);
  return !live_.empty() && live_.front().number <= part;
}

bool Journal::wants_part() const {
  const std::lock_guard lock(mutex_);
  return begun_ && spare_.empty() && !no_growth_ && live_.size() < limits_.parts_max;
}

bool Journal::wants_release() const {
  const std::lock_guard lock(mutex_);
  if (live_.empty()) return false;
  const bool may_grow = !no_growth_ && live_.size() + spare_.size() < limits_.parts_max;
  if (!spare_.empty() || may_grow) return live_.size() * 2 > limits_.parts_max;
  return live_.size() > 1 || written_.value * 2 > limits_.part_bytes;
}

void Journal::allow_growth() {
  const std::lock_guard lock(mutex_);
  no_growth_ = false;
}

void Journal::grow() {
  const std::lock_guard upkeep(upkeep_mutex_);
  const std::string name = std::string(kJournalPartPrefix) + std::to_string(names_++);
  const std::string path = folder_ + "/" + name;
  auto made = make_part(path);
  if (!made.ok() && made.error().kind == FileErrorKind::exists) return;  // the next name then
  if (!made.ok()) static_cast<void>(remove_if_there(fs_, path));
  const std::lock_guard lock(mutex_);
  if (made.ok() && begun_) {
    spare_.push_back({path, std::move(*made)});
  } else {
    no_growth_ = true;
  }
}

FileResult<std::unique_ptr<File>> Journal::make_part(const std::string& path) const {
  auto opened = fs_.open(path, OpenMode::create_new);
  if (!opened.ok()) return opened;
  RETURN_IF_ERROR(prewrite(**opened));
  RETURN_IF_ERROR(fs_.sync_directory(folder_));
  return opened;
}

// Zeros are written, not only reserved: a write into reserved room changes the file's extents, and
// each commit would wait for the file system's own journal as well.
FileResult<void> Journal::prewrite(File& file) const {
  RETURN_IF_ERROR(file.allocate(limits_.part_bytes));
  const std::vector<uint8_t> zeros(
      std::min(kPrewriteBytes, static_cast<size_t>(limits_.part_bytes)));
  for (int64_t at = 0; at < limits_.part_bytes; at += static_cast<int64_t>(zeros.size())) {
    const auto length = std::min(zeros.size(), static_cast<size_t>(limits_.part_bytes - at));
    RETURN_IF_ERROR(file.write_at(Position(at), ByteView(zeros).first(length)));
  }
  return file.sync_data();
}

}  // namespace odradek
