#include "log/journal_format.h"

#include <algorithm>

#include "base/assert.h"
#include "checksum/crc32c.h"

namespace odradek {
namespace {

constexpr uint32_t kPartMagic = 0x4f44524a;   // "ODRJ"
constexpr uint32_t kStartMagic = 0x4f445253;  // "ODRS"
constexpr int16_t kVersion = 1;

// Entry header: the checksum of all that follows, then these.
constexpr size_t kLengthAt = 4;  // of the bytes
constexpr size_t kSequenceAt = 8;
constexpr size_t kKindAt = 16;
constexpr size_t kTopicIdAt = 17;
constexpr size_t kPartitionAt = 33;
constexpr size_t kSegmentAt = 37;
constexpr size_t kPositionAt = 45;
static_assert(kPositionAt + 8 == kJournalEntryHeaderBytes);

// Headers of parts and the start: checksum, magic, version, run id, then one or two numbers.
constexpr size_t kMagicAt = 4;
constexpr size_t kVersionAt = 8;
constexpr size_t kRunAt = 10;
constexpr size_t kNumberAt = 26;
constexpr size_t kFirstAt = 34;
static_assert(kNumberAt + 8 == kJournalStartBytes && kFirstAt + 8 == kJournalPartHeaderBytes);

void store_uuid(uint8_t* to, const Uuid& uuid) {
  std::copy(uuid.bytes.begin(), uuid.bytes.end(), to);
}

Uuid load_uuid(const uint8_t* from) {
  Uuid uuid;
  std::copy_n(from, uuid.bytes.size(), uuid.bytes.begin());
  return uuid;
}

}  // namespace

JournalSeed::JournalSeed(const Uuid& run_id) : run(run_id), crc(crc32c(ByteView(run.bytes))) {}

void store_journal_entry(JournalSequence sequence, const JournalEntry& entry, ByteSpan whole) {
  ASSERT(whole.size() >= kJournalEntryHeaderBytes);
  const size_t bytes = whole.size() - kJournalEntryHeaderBytes;
  ASSERT(bytes <= INT32_MAX);
  uint8_t* at = whole.data();
  store_be<int32_t>(at + kLengthAt, static_cast<int32_t>(bytes));
  store_be<int64_t>(at + kSequenceAt, sequence.value);
  at[kKindAt] = static_cast<uint8_t>(entry.kind);
  store_uuid(at + kTopicIdAt, entry.topic_id);
  store_be<int32_t>(at + kPartitionAt, entry.partition.value);
  store_be<int64_t>(at + kSegmentAt, entry.segment_base.value);
  store_be<int64_t>(at + kPositionAt, entry.position.value);
}

void seal_journal_entry(const JournalSeed& seed, ByteSpan whole) {
  ASSERT(whole.size() >= kJournalEntryHeaderBytes);
  store_be<uint32_t>(whole.data(), crc32c_extend(seed.crc, whole.subspan(kLengthAt)));
}

std::optional<DecodedJournalEntry> decode_journal_entry(const JournalSeed& seed,
                                                        JournalSequence sequence, ByteView from) {
  if (from.size() < kJournalEntryHeaderBytes) return std::nullopt;
  const uint8_t* at = from.data();
  const auto length = load_be<int32_t>(at + kLengthAt);
  if (length < 0 || static_cast<size_t>(length) > from.size() - kJournalEntryHeaderBytes) {
    return std::nullopt;
  }
  if (load_be<int64_t>(at + kSequenceAt) != sequence.value) return std::nullopt;
  const ByteView covered =
      from.subspan(kLengthAt, kJournalEntryHeaderBytes - kLengthAt + static_cast<size_t>(length));
  if (load_be<uint32_t>(at) != crc32c_extend(seed.crc, covered)) return std::nullopt;
  DecodedJournalEntry decoded;
  decoded.bytes = static_cast<size_t>(length);
  const auto kind = static_cast<JournalEntryKind>(at[kKindAt]);
  decoded.entry = {
      kind, load_uuid(at + kTopicIdAt), PartitionIndex(load_be<int32_t>(at + kPartitionAt)),
      Offset(load_be<int64_t>(at + kSegmentAt)), Position(load_be<int64_t>(at + kPositionAt))};
  if (kind != JournalEntryKind::batches && kind != JournalEntryKind::fence) return std::nullopt;
  const bool in_range = decoded.entry.partition >= PartitionIndex(0) &&
                        decoded.entry.segment_base >= Offset(0) &&
                        decoded.entry.position >= Position(0);
  if (!in_range) return std::nullopt;
  return decoded;
}

std::vector<uint8_t> encode_journal_part_header(const JournalSeed& seed,
                                                const JournalPartHeader& header) {
  std::vector<uint8_t> bytes(kJournalPartHeaderBytes);
  uint8_t* at = bytes.data();
  store_be<uint32_t>(at + kMagicAt, kPartMagic);
  store_be<int16_t>(at + kVersionAt, kVersion);
  store_uuid(at + kRunAt, seed.run);
  store_be<int64_t>(at + kNumberAt, header.number.value);
  store_be<int64_t>(at + kFirstAt, header.first.value);
  store_be<uint32_t>(at, crc32c_extend(seed.crc, ByteView(bytes).subspan(kMagicAt)));
  return bytes;
}

std::optional<JournalPartHeader> decode_journal_part_header(const JournalSeed& seed,
                                                            ByteView from) {
  if (from.size() < kJournalPartHeaderBytes) return std::nullopt;
  const uint8_t* at = from.data();
  const ByteView covered = from.subspan(kMagicAt, kJournalPartHeaderBytes - kMagicAt);
  if (load_be<uint32_t>(at) != crc32c_extend(seed.crc, covered)) return std::nullopt;
  if (load_be<uint32_t>(at + kMagicAt) != kPartMagic) return std::nullopt;
  if (load_be<int16_t>(at + kVersionAt) != kVersion) return std::nullopt;
  if (load_uuid(at + kRunAt) != seed.run) return std::nullopt;
  return JournalPartHeader{JournalPartNumber(load_be<int64_t>(at + kNumberAt)),
                           JournalSequence(load_be<int64_t>(at + kFirstAt))};
}

std::vector<uint8_t> encode_journal_start(const JournalStart& start) {
  std::vector<uint8_t> bytes(kJournalStartBytes);
  uint8_t* at = bytes.data();
  store_be<uint32_t>(at + kMagicAt, kStartMagic);
  store_be<int16_t>(at + kVersionAt, kVersion);
  store_uuid(at + kRunAt, start.run);
  store_be<int64_t>(at + kNumberAt, start.first_part.value);
  store_be<uint32_t>(at, crc32c(ByteView(bytes).subspan(kMagicAt)));
  return bytes;
}

std::optional<JournalStart> decode_journal_start(ByteView bytes) {
  if (bytes.size() != kJournalStartBytes) return std::nullopt;
  const uint8_t* at = bytes.data();
  if (load_be<uint32_t>(at) != crc32c(bytes.subspan(kMagicAt))) return std::nullopt;
  if (load_be<uint32_t>(at + kMagicAt) != kStartMagic) return std::nullopt;
  if (load_be<int16_t>(at + kVersionAt) != kVersion) return std::nullopt;
  return JournalStart{load_uuid(at + kRunAt), JournalPartNumber(load_be<int64_t>(at + kNumberAt))};
}

}  // namespace odradek
