// A journal, as a start finds it: whatever its parts hold, replay writes the bytes of this run's
// entries to where they say and nothing else, all of them where no entry is odd, and doing it again
// changes nothing.
//
//   parts (1 byte), then for each: options (1 byte), number (1 byte), first sequence (1 byte),
//   entries (1 byte), then for each entry: options (1 byte), partition (1 byte), segment (1 byte),
//   position (2 bytes), bytes behind their length (2 bytes); behind a part's entries raw bytes
#include <map>
#include <string>

#include "base/assert.h"
#include "file/memory_file_system.h"
#include "input.h"
#include "log/journal_replay.h"
#include "log/segment_format.h"

namespace odradek {
namespace {

enum PartOption : uint8_t { other_run = 1, no_header = 2, cut = 4 };
enum EntryOption : uint8_t { is_fence = 1, torn = 2, wrong_sequence = 4, foreign = 8, large = 16 };

using Content = std::map<std::string, std::vector<uint8_t>>;

const std::string kData = "/data";
constexpr int kFolders = 3;
constexpr size_t kSegmentBytes = 300;  // that each segment has before

std::string folder_of(int partition) { return kData + "/orders-" + std::to_string(partition); }

Uuid run_id(uint8_t seed) {
  Uuid id;
  id.bytes.fill(seed);
  return id;
}

class Replayed {
 public:
  explicit Replayed(fuzz::Input input) : seed_(run_id(7)) {
    ASSERT(disk_.create_directories(kData + "/" + kJournalFolder).ok());
    for (int p = 0; p < kFolders; ++p) {
      ASSERT(disk_.create_directories(folder_of(p)).ok());
      write(segment_file_path(folder_of(p), Offset(0), SegmentFileKind::log),
            std::vector<uint8_t>(kSegmentBytes, static_cast<uint8_t>(1 + p)));
    }
    write(journal_file(kJournalStartFile), encode_journal_start({seed_.run, JournalPartNumber(0)}));
    const int parts = input.number<uint8_t>() % 6;
    for (int i = 0; i < parts; ++i) {
      write(journal_file("part-" + std::to_string(i)), make_part(i, &input));
    }
  }

  void run() {
    const Content before = content();
    const bool done = replay();
    const Content after = content();
    check(before, after);
    if (!done) return;
    if (is_plain_) ASSERT(after == with_due(before));
    ASSERT(replay());
    ASSERT(content() == after);
  }

 private:
  struct Allowed {
    int64_t position;
    std::vector<uint8_t> bytes;
  };

  static std::string journal_file(const std::string& name) {
    return kData + "/" + kJournalFolder + "/" + name;
  }
  void write(const std::string& path, ByteView bytes) {
    ASSERT(replace_file(disk_, path, bytes).ok());
  }

  std::vector<uint8_t> make_part(int index, fuzz::Input* input) {
    const auto options = input->number<uint8_t>();
    const JournalSeed seed((options & other_run) != 0 ? run_id(8) : seed_.run);
    const JournalPartNumber number(input->number<uint8_t>() % 8);
    JournalSequence sequence(input->number<uint8_t>() % 16);
    const bool follows = index == 0 || sequence == next_;
    is_plain_ = is_plain_ && options == 0 && number.value == index && follows;
    std::vector<uint8_t> part = encode_journal_part_header(seed, {number, sequence});
    if ((options & no_header) != 0) part.assign(part.size(), 0);
    for (int entries = input->number<uint8_t>() % 8; entries > 0; --entries) {
      add_entry(seed, &sequence, input, &part);
    }
    next_ = sequence;
    if ((options & cut) != 0) part.resize(part.size() - part.size() / 8);
    const std::vector<uint8_t> behind = input->piece();
    part.insert(part.end(), behind.begin(), behind.end());
    return part;
  }

  void add_entry(const JournalSeed& seed, JournalSequence* sequence, fuzz::Input* input,
                 std::vector<uint8_t>* part) {
    const auto options = input->number<uint8_t>();
    JournalEntry entry;
    entry.kind = (options & is_fence) != 0 ? JournalEntryKind::fence : JournalEntryKind::batches;
    entry.partition = PartitionIndex(input->number<uint8_t>() % kFolders);
    entry.topic_id = run_id((options & foreign) != 0 ? 99 : 1);
    entry.segment_base = Offset(input->number<uint8_t>() % 4);
    entry.position = Position(input->number<uint16_t>() % ((options & large) != 0 ? 65536 : 400));
    std::vector<uint8_t> bytes = input->piece();
    if (entry.kind == JournalEntryKind::fence) bytes.clear();
    std::vector<uint8_t> whole(kJournalEntryHeaderBytes + bytes.size());
    std::copy(bytes.begin(), bytes.end(), whole.begin() + kJournalEntryHeaderBytes);
    const JournalSequence number = *sequence + ((options & wrong_sequence) != 0 ? 1 : 0);
    store_journal_entry(number, entry, whole);
    seal_journal_entry(seed, whole);
    if ((options & torn) != 0) whole[whole.size() / 2] ^= 1;
    part->insert(part->end(), whole.begin(), whole.end());
    *sequence += 1;
    note_due(options, entry, bytes);
    if ((options & (torn | wrong_sequence | is_fence)) != 0 || seed.run != seed_.run) return;
    const std::string folder = folder_of(entry.partition.value);
    allowed_[segment_file_path(folder, entry.segment_base, SegmentFileKind::log)].push_back(
        {entry.position.value, std::move(bytes)});
  }

  void note_due(uint8_t options, const JournalEntry& entry, const std::vector<uint8_t>& bytes) {
    const std::string folder = folder_of(entry.partition.value);
    if ((options & (torn | wrong_sequence | foreign)) != 0) {
      is_plain_ = false;
    } else if (entry.kind == JournalEntryKind::fence) {
      std::erase_if(due_, [&](const auto& one) { return one.first.starts_with(folder + "/"); });
    } else {
      is_plain_ = is_plain_ && !bytes.empty();
      due_.push_back({segment_file_path(folder, entry.segment_base, SegmentFileKind::log),
                      {entry.position.value, bytes}});
    }
  }

  // What stands there once all that is due was written.
  Content with_due(Content content) const {
    for (const auto& [path, one] : due_) {
      std::vector<uint8_t>& there = content[path];
      const auto at = static_cast<size_t>(one.position);
      there.resize(std::max(there.size(), at + one.bytes.size()));
      std::copy(one.bytes.begin(), one.bytes.end(), there.begin() + one.position);
    }
    return content;
  }

  bool replay() {
    DirectoryHealth health;
    auto done = replay_journal(disk_, health, kData, [](const Uuid& id, PartitionIndex partition) {
      const bool known = id == run_id(1) && partition.value < kFolders;
      return known ? std::make_optional(folder_of(partition.value)) : std::nullopt;
    });
    ASSERT(done.ok() || !done.error().detail.empty());
    ASSERT(health.online());
    return done.ok();
  }

  Content content() {
    Content all;
    for (int p = 0; p < kFolders; ++p) add_content(folder_of(p), &all);
    add_content(kData + "/" + kJournalFolder, &all);
    return all;
  }
  void add_content(const std::string& folder, Content* all) {
    auto listed = disk_.list(folder);
    ASSERT(listed.ok());
    for (const DirectoryEntry& entry : *listed) {
      auto bytes = read_whole_file(disk_, folder + "/" + entry.name, 1 << 24);
      ASSERT(bytes.ok());
      (*all)[folder + "/" + entry.name] = std::move(*bytes);
    }
  }

  // Each byte is what it was, or what an entry of this run wanted there.
  void check(const Content& before, const Content& after) const {
    for (const auto& [path, bytes] : before) ASSERT(after.contains(path));
    for (const auto& [path, bytes] : after) {
      const auto was = before.find(path);
      const std::vector<uint8_t> old = was == before.end() ? std::vector<uint8_t>() : was->second;
      ASSERT(bytes.size() >= old.size());
      const auto wanted = allowed_.find(path);
      ASSERT(wanted != allowed_.end() || (was != before.end() && bytes == old));
      for (size_t at = 0; at < bytes.size(); ++at) {
        if (at < old.size() && bytes[at] == old[at]) continue;
        ASSERT(is_wanted(wanted->second, static_cast<int64_t>(at), bytes[at]));
      }
    }
  }
  static bool is_wanted(const std::vector<Allowed>& all, int64_t at, uint8_t byte) {
    return std::any_of(all.begin(), all.end(), [&](const Allowed& one) {
      const int64_t index = at - one.position;
      return index >= 0 && index < static_cast<int64_t>(one.bytes.size()) &&
             one.bytes[static_cast<size_t>(index)] == byte;
    });
  }

  const JournalSeed seed_;
  MemoryFileSystem disk_;
  std::map<std::string, std::vector<Allowed>> allowed_;
  // Of parts in order without an odd entry: what replay has to write, in the order of the entries.
  bool is_plain_ = true;
  JournalSequence next_;
  std::vector<std::pair<std::string, Allowed>> due_;
};

}  // namespace
}  // namespace odradek

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  odradek::Replayed({data, size}).run();
  return 0;
}
