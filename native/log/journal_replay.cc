#include "log/journal_replay.h"

#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "log/segment_format.h"
#include "log/storage_error.h"
#include "log/uuid_text.h"

namespace odradek {
namespace {

constexpr size_t kPartBytesMax = 64U << 20;

// Where an entry's bytes stand in the journal.
struct PlacedEntry {
  JournalEntry entry;
  size_t part;
  size_t at;
  size_t bytes;
};

class Replay {
 public:
  Replay(FileSystem& fs, DirectoryHealth& health, const std::string& path,
         const FolderOfPartition& folder_of)
      : fs_(fs),
        health_(health),
        path_(path),
        folder_(path + "/" + kJournalFolder),
        folder_of_(folder_of) {}

  LogResult<JournalReplayReport> run();

 private:
  using PartitionKey = std::pair<Uuid, PartitionIndex>;
  using Entries = std::vector<PlacedEntry>;
  struct NumberedPart {
    JournalSequence first;
    size_t part;  // index of its bytes
  };

  LogResult<std::optional<JournalStart>> read_start() const;
  LogResult<bool> find_parts(const JournalStart& start);
  void take_part(size_t part, JournalSequence* next);
  void take(const PlacedEntry& placed);
  LogResult<bool> apply(const PartitionKey& partition, const Entries& entries);
  LogResult<std::unique_ptr<File>> open_segment(const std::string& path) const;
  LogResult<bool> write(File& file, const std::string& path, const PlacedEntry& placed);
  LogResult<bool> changed(const FileResult<void>& done);
  LogResult<bool> sync();

  FileSystem& fs_;
  DirectoryHealth& health_;
  const std::string path_;
  const std::string folder_;
  const FolderOfPartition& folder_of_;
  std::unique_ptr<const JournalSeed> seed_;
  std::map<JournalPartNumber, NumberedPart> numbered_;
  std::vector<std::vector<uint8_t>> parts_;
  std::map<PartitionKey, Entries> entries_;
  std::set<std::string> folders_;   // with segments that entries went to
  std::set<std::string> segments_;  // their paths
  JournalReplayReport report_;
};

LogResult<JournalReplayReport> Replay::run() {
  auto start = read_start();
  if (!start.ok()) return Err(start.error());
  if (!*start) return report_;
  seed_ = std::make_unique<const JournalSeed>((*start)->run);
  RETURN_IF_ERROR(find_parts(**start));
  JournalSequence next;
  JournalPartNumber number = (*start)->first_part;
  for (;; number += 1) {
    const auto part = numbered_.find(number);
    if (part == numbered_.end()) break;
    // The first part that counts begins where it says; each later one where the one before ended.
    if (number == (*start)->first_part) next = part->second.first;
    if (part->second.first != next) break;
    take_part(part->second.part, &next);
  }
  // A commit is begun only when the one before is on the disk: what is torn is the very last.
  if (numbered_.lower_bound(number) != numbered_.end()) {
    return Err(storage_error("part " + std::to_string(number.value) + " of " + folder_ +
                             " is damaged or missing, although later ones are there; restore the "
                             "directory from a copy, or remove " +
                             folder_ + "/" + kJournalStartFile +
                             " to do without what was acknowledged last"));
  }
  for (const auto& [partition, entries] : entries_) RETURN_IF_ERROR(apply(partition, entries));
  RETURN_IF_ERROR(sync());
  return report_;
}

LogResult<std::optional<JournalStart>> Replay::read_start() const {
  const std::string file = folder_ + "/" + kJournalStartFile;
  auto bytes = read_whole_file(fs_, file, kJournalStartBytes);
  if (!bytes.ok() && bytes.error().kind == FileErrorKind::not_found) {
    return std::optional<JournalStart>();
  }
  if (!bytes.ok()) return Err(storage_error(bytes.error()));
  auto start = decode_journal_start(*bytes);
  if (start) return start;
  return Err(storage_error(file +
                           " is damaged, so that what the journal holds cannot be told; restore "
                           "the directory from a copy, or remove this file to do without what was "
                           "acknowledged last"));
}

LogResult<bool> Replay::find_parts(const JournalStart& start) {
  auto listed = fs_.list(folder_);
  if (!listed.ok()) return Err(storage_error(listed.error()));
  for (const DirectoryEntry& name : *listed) {
    if (!name.name.starts_with(kJournalPartPrefix)) continue;
    auto bytes = read_whole_file(fs_, folder_ + "/" + name.name, kPartBytesMax);
    if (!bytes.ok()) return Err(storage_error(bytes.error()));
    const auto header = decode_journal_part_header(*seed_, *bytes);
    if (!header || header->number < start.first_part) continue;
    numbered_[header->number] = {header->first, parts_.size()};
    parts_.push_back(std::move(*bytes));
  }
  return true;
}

void Replay::take_part(size_t part, JournalSequence* next) {
  const ByteView bytes(parts_[part]);
  for (size_t at = kJournalPartHeaderBytes;;) {
    const auto decoded = decode_journal_entry(*seed_, *next, bytes.subspan(at));
    if (!decoded) return;
    at += kJournalEntryHeaderBytes;
    take({decoded->entry, part, at, decoded->bytes});
    at += decoded->bytes;
    *next += 1;
  }
}

void Replay::take(const PlacedEntry& placed) {
  ++report_.entries;
  Entries& earlier = entries_[{placed.entry.topic_id, placed.entry.partition}];
  if (placed.entry.kind == JournalEntryKind::fence) {
    earlier.clear();
  } else {
    earlier.push_back(placed);
  }
}

LogResult<bool> Replay::apply(const PartitionKey& partition, const Entries& entries) {
  if (entries.empty()) return true;
  const auto folder = folder_of_(partition.first, partition.second);
  if (!folder) {
    return Err(storage_error("the journal of " + path_ +
                             " holds acknowledged batches of partition " +
                             std::to_string(partition.second.value) + " of the topic with the id " +
                             format_uuid(partition.first) +
                             ", whose folder is not there any more; put the folder back (its "
                             "partition.metadata has that "
                             "id), or remove " +
                             folder_ + "/" + kJournalStartFile +
                             " to do without whatever is in the journal alone, of all partitions"));
  }
  folders_.insert(*folder);
  std::unique_ptr<File> file;
  std::string open;
  for (const PlacedEntry& placed : entries) {
    const std::string path =
        segment_file_path(*folder, placed.entry.segment_base, SegmentFileKind::log);
    if (path != open) {
      auto opened = open_segment(path);
      if (!opened.ok()) return Err(opened.error());
      file = std::move(*opened);
      open = path;
      segments_.insert(path);
    }
    RETURN_IF_ERROR(write(*file, path, placed));
  }
  return true;
}

// A segment may be missing: a roll leaves it to the next sync to make its name durable.
LogResult<std::unique_ptr<File>> Replay::open_segment(const std::string& path) const {
  auto opened = fs_.open(path, OpenMode::create);
  if (!opened.ok()) return Err(storage_error(opened.error()));
  return std::move(*opened);
}

LogResult<bool> Replay::write(File& file, const std::string& path, const PlacedEntry& placed) {
  auto size = file.size();
  if (!size.ok()) return Err(storage_error(size.error()));
  const Position at = placed.entry.position;
  if (*size < at.value) {
    return Err(storage_error(path + " ends at " + std::to_string(*size) +
                             ", before what the journal adds at " + std::to_string(at.value) +
                             ": acknowledged batches are missing; restore the partition's folder "
                             "from a copy, or move it away"));
  }
  // Also where the same bytes can be read: a write-back that failed in an earlier process leaves
  // them in the page cache, clean, and no sync would bring them to the disk.
  ASSERT(placed.at + placed.bytes <= parts_[placed.part].size());
  const ByteView bytes = ByteView(parts_[placed.part]).subspan(placed.at, placed.bytes);
  RETURN_IF_ERROR(changed(file.write_at(at, bytes)));
  report_.bytes_written += static_cast<int64_t>(bytes.size());
  return true;
}

LogResult<bool> Replay::changed(const FileResult<void>& done) {
  if (!done.ok()) return Err(health_.change_failed(done.error()));
  return true;
}

LogResult<bool> Replay::sync() {
  auto at_once = sync_at_once(fs_, path_, segments_.size());
  if (!at_once.ok()) return Err(health_.change_failed(at_once.error()));
  if (*at_once) return true;
  for (const std::string& path : segments_) {
    auto file = open_segment(path);
    if (!file.ok()) return Err(file.error());
    RETURN_IF_ERROR(changed((*file)->sync_data()));
  }
  for (const std::string& folder : folders_) RETURN_IF_ERROR(changed(fs_.sync_directory(folder)));
  return true;
}

}  // namespace

LogResult<JournalReplayReport> replay_journal(FileSystem& fs, DirectoryHealth& health,
                                              const std::string& path,
                                              const FolderOfPartition& folder_of) {
  return Replay(fs, health, path, folder_of).run();
}

}  // namespace odradek
