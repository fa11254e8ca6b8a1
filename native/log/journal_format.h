// Bytes of the journal, the one file format that is Odradek's own (docs/decisions/journal.md). All
// integers are big endian.
//
//   odradek-journal/start   which run the journal belongs to and its first part that counts
//   odradek-journal/part-N  a header, then entries without gaps; a file takes the place of the
//                           oldest part again and again
//
// Every checksum is seeded with the run id, which is random for each start, and covers a sequence
// number. So nothing that an earlier run or turn left in a file can be taken for an entry of this
// one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"

namespace odradek {

inline constexpr const char* kJournalFolder = "odradek-journal";
inline constexpr const char* kJournalStartFile = "start";
inline constexpr std::string_view kJournalPartPrefix = "part-";

inline constexpr size_t kJournalStartBytes = 34;
inline constexpr size_t kJournalPartHeaderBytes = 42;
inline constexpr size_t kJournalEntryHeaderBytes = 53;

// What a log is called in the journal and beside it. A zero topic id is no identity that outlives
// the log's name: such a log stays out.
struct JournalIdentity {
  Uuid topic_id;
  PartitionIndex partition{0};
};

// Order of entries within a run, without gaps, from 0.
using JournalSequence = StrongInt<struct JournalSequenceTag, int64_t>;
// Order of parts within a run, without gaps, from 0.
using JournalPartNumber = StrongInt<struct JournalPartNumberTag, int64_t>;

// What seeds the checksums of one run.
struct JournalSeed {
  explicit JournalSeed(const Uuid& run_id);
  Uuid run;
  uint32_t crc;
};

// What an entry does.
enum class JournalEntryKind : uint8_t {
  batches = 1,  // bytes of a partition's log, as they stand in its segment
  fence = 2,    // the partition's earlier entries are void: its segments, synced, say it all
};

// What an entry says, without its bytes.
struct JournalEntry {
  JournalEntryKind kind = JournalEntryKind::batches;
  Uuid topic_id;  // with the partition, the identity: a name may be used again
  PartitionIndex partition{0};
  // Of batches only: the segment, and where in its file they stand.
  Offset segment_base{0};
  Position position{0};
};

// An entry in two steps, so that its bytes are read straight to where they are written from.
// `whole` is the header and the bytes behind it; first all but the checksum, then that.
void store_journal_entry(JournalSequence sequence, const JournalEntry& entry, ByteSpan whole);
void seal_journal_entry(const JournalSeed& seed, ByteSpan whole);

// The entry at the start of `from` and the length of its bytes, which follow the header. Nothing if
// there is no whole entry of this seed and sequence there, of a kind that is known and with numbers
// that a partition can have.
struct DecodedJournalEntry {
  JournalEntry entry;
  size_t bytes = 0;
};
std::optional<DecodedJournalEntry> decode_journal_entry(const JournalSeed& seed,
                                                        JournalSequence sequence, ByteView from);

// The first bytes of a part.
struct JournalPartHeader {
  JournalPartNumber number;
  JournalSequence first;  // of the first entry in it
};
std::vector<uint8_t> encode_journal_part_header(const JournalSeed& seed,
                                                const JournalPartHeader& header);
// Nothing if it is not one of this run.
std::optional<JournalPartHeader> decode_journal_part_header(const JournalSeed& seed, ByteView from);

// The content of `start`.
struct JournalStart {
  Uuid run;
  JournalPartNumber first_part;  // those before it are void
};
std::vector<uint8_t> encode_journal_start(const JournalStart& start);
std::optional<JournalStart> decode_journal_start(ByteView bytes);

}  // namespace odradek
