#include "check/journal_check.h"

#include <utility>
#include <vector>

#include "log/journal_format.h"
#include "log/storage_error.h"
#include "log/uuid_text.h"

namespace odradek {
namespace {

constexpr size_t kPartBytesMax = 64U << 20;

Finding journal_finding(FindingKind kind, std::string file, std::string reason) {
  Finding finding;
  finding.kind = kind;
  finding.file = std::move(file);
  finding.reason = std::move(reason);
  return finding;
}

class JournalCheck {
 public:
  JournalCheck(FileSystem& fs, const std::string& path, const FolderOfPartition& folder_of,
               Findings* findings)
      : fs_(fs),
        folder_(path + "/" + kJournalFolder),
        name_(kJournalFolder),
        folder_of_(folder_of),
        findings_(findings) {}

  LogResult<JournalReport> run();

 private:
  struct Part {
    std::string name;
    JournalSequence first;
  };
  LogResult<std::optional<JournalStart>> read_start();
  LogResult<bool> find_parts(const JournalSeed& seed, const JournalStart& start);
  LogResult<bool> walk_part(const JournalSeed& seed, const Part& part, JournalSequence* next);
  void take(const DecodedJournalEntry& decoded, const std::string& file, size_t at);

  FileSystem& fs_;
  const std::string folder_;
  const std::string name_;
  const FolderOfPartition& folder_of_;
  Findings* const findings_;
  std::map<JournalPartNumber, Part> parts_;
  // Where the first entry of a partition without a folder stands; a fence makes it void.
  std::map<std::pair<Uuid, PartitionIndex>, Finding> homeless_;
  JournalReport report_;
};

LogResult<JournalReport> JournalCheck::run() {
  auto status = fs_.status(folder_);
  if (!status.ok() && status.error().kind == FileErrorKind::not_found) return report_;
  if (!status.ok()) return Err(storage_error(status.error()));
  report_.there = true;
  auto start = read_start();
  if (!start.ok()) return Err(start.error());
  if (!*start) return report_;
  const JournalSeed seed((*start)->run);
  RETURN_IF_ERROR(find_parts(seed, **start));
  JournalPartNumber number = (*start)->first_part;
  JournalSequence next;
  for (;; number += 1) {
    const auto part = parts_.find(number);
    if (part == parts_.end()) break;
    if (number == (*start)->first_part) next = part->second.first;
    if (part->second.first != next) break;
    RETURN_IF_ERROR(walk_part(seed, part->second, &next));
  }
  for (const auto& [partition, finding] : homeless_) findings_->add(finding);
  if (parts_.lower_bound(number) != parts_.end()) {
    findings_->add(journal_finding(FindingKind::missing, name_,
                                   "part " + std::to_string(number.value) +
                                       " is damaged or missing, although later ones are there"));
  }
  return report_;
}

LogResult<std::optional<JournalStart>> JournalCheck::read_start() {
  using Start = std::optional<JournalStart>;
  auto bytes = read_whole_file(fs_, folder_ + "/" + kJournalStartFile, kPartBytesMax);
  // A stop before the first commit: there is nothing to replay.
  if (!bytes.ok() && bytes.error().kind == FileErrorKind::not_found) return Start();
  if (!bytes.ok()) return Err(storage_error(bytes.error()));
  report_.bytes += static_cast<int64_t>(bytes->size());
  auto start = decode_journal_start(*bytes);
  if (!start) {
    findings_->add(journal_finding(FindingKind::damaged, name_ + "/" + kJournalStartFile,
                                   "length, version or checksum is wrong, so that what the "
                                   "journal holds cannot be told"));
  }
  return start;
}

LogResult<bool> JournalCheck::find_parts(const JournalSeed& seed, const JournalStart& start) {
  auto listed = fs_.list(folder_);
  if (!listed.ok()) return Err(storage_error(listed.error()));
  for (const DirectoryEntry& entry : *listed) {
    if (!entry.name.starts_with(kJournalPartPrefix)) continue;
    auto file = fs_.open(folder_ + "/" + entry.name, OpenMode::read);
    if (!file.ok()) return Err(storage_error(file.error()));
    std::vector<uint8_t> head(kJournalPartHeaderBytes);
    auto got = (*file)->read_at(Position(0), head);
    if (!got.ok()) return Err(storage_error(got.error()));
    const auto header = decode_journal_part_header(seed, ByteView(head).first(*got));
    // One of an earlier run, or one that is being made.
    if (!header || header->number < start.first_part) continue;
    parts_[header->number] = {entry.name, header->first};
  }
  return true;
}

LogResult<bool> JournalCheck::walk_part(const JournalSeed& seed, const Part& part,
                                        JournalSequence* next) {
  auto bytes = read_whole_file(fs_, folder_ + "/" + part.name, kPartBytesMax);
  if (!bytes.ok()) return Err(storage_error(bytes.error()));
  report_.bytes += static_cast<int64_t>(bytes->size());
  for (size_t at = kJournalPartHeaderBytes; at <= bytes->size();) {
    const auto decoded = decode_journal_entry(seed, *next, ByteView(*bytes).subspan(at));
    if (!decoded) break;
    take(*decoded, name_ + "/" + part.name, at);
    at += kJournalEntryHeaderBytes + decoded->bytes;
    *next += 1;
  }
  return true;
}

void JournalCheck::take(const DecodedJournalEntry& decoded, const std::string& file, size_t at) {
  report_.entries += 1;
  report_.entry_bytes += static_cast<int64_t>(decoded.bytes);
  const JournalEntry& entry = decoded.entry;
  if (entry.kind == JournalEntryKind::fence) homeless_.erase({entry.topic_id, entry.partition});
  if (entry.kind != JournalEntryKind::batches) return;
  if (folder_of_(entry.topic_id, entry.partition)) return;
  Finding finding =
      journal_finding(FindingKind::missing, file,
                      "the folder of partition " + std::to_string(entry.partition.value) +
                          " of the topic with the id " + format_uuid(entry.topic_id) +
                          ", whose acknowledged batches it holds, is not there");
  finding.from = Position(static_cast<int64_t>(at));
  finding.to = finding.from + static_cast<int64_t>(kJournalEntryHeaderBytes + decoded.bytes);
  homeless_.try_emplace({entry.topic_id, entry.partition}, std::move(finding));
}

}  // namespace

LogResult<JournalReport> check_journal(FileSystem& fs, const std::string& path,
                                       const FolderOfPartition& folder_of, Findings* findings) {
  return JournalCheck(fs, path, folder_of, findings).run();
}

}  // namespace odradek
