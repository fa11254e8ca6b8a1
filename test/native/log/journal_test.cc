#include "log/journal.h"

#include <random>

#include "log/journal_replay.h"
#include "log/uuid_text.h"
#include "log_fixture.h"

namespace odradek {
namespace {

constexpr JournalLimits kSmall{2048, 3};
const std::string kFolder = std::string("/data/") + kJournalFolder;
const std::string kPartition = "/data/orders-0";
const std::string kSegment = kPartition + "/00000000000000000000.log";

class Fixture {
 public:
  explicit Fixture(const JournalLimits& limits = kSmall) : journal(disk, "/data", limits) {
    REQUIRE(disk.create_directories(kFolder).ok());
    REQUIRE(disk.create_directories(kPartition).ok());
    REQUIRE(disk.sync_directory("/data").ok());
    REQUIRE(disk.sync_directory("/").ok());
    REQUIRE(journal.begin(make_uuid(1)).ok());
  }
  void add(Position at, const std::string& text, uint8_t topic = 7) {
    JournalEntry entry;
    entry.topic_id = make_uuid(topic);
    entry.position = at;
    const ByteSpan bytes = journal.open_entry(entry, text.size());
    std::copy(text.begin(), text.end(), bytes.begin());
    journal.close_entry();
  }
  std::optional<JournalPartNumber> commit() {
    auto committed = journal.commit();
    REQUIRE(committed.ok());
    return *committed;
  }
  std::optional<JournalPartNumber> put(Position at, const std::string& text, uint8_t topic = 7) {
    add(at, text, topic);
    return commit();
  }
  bool fence(uint8_t topic = 7) {
    auto committed = journal.commit_fence(make_uuid(topic), PartitionIndex(0));
    REQUIRE(committed.ok());
    return committed->has_value();
  }
  void grow(int parts) {
    for (int i = 0; i < parts; ++i) journal.grow();
  }

  MemoryFileSystem disk;
  Journal journal;
};

LogResult<JournalReplayReport> replay(FileSystem& disk) {
  DirectoryHealth health;
  return replay_journal(disk, health, "/data",
                        [](const Uuid& topic, PartitionIndex) -> std::optional<std::string> {
                          if (topic == make_uuid(7)) return kPartition;
                          return std::nullopt;
                        });
}

// What a replay makes of the segment, and a second one.
std::string replayed(MemoryFileSystem& disk) {
  auto report = replay(disk);
  REQUIRE_MESSAGE(report.ok(), (report.ok() ? std::string() : report.error().detail));
  auto bytes = read_whole_file(disk, kSegment, 1 << 20);
  REQUIRE(replay(disk).ok());
  auto again = read_whole_file(disk, kSegment, 1 << 20);
  CHECK((bytes.ok() == again.ok() && (!bytes.ok() || *bytes == *again)));
  return bytes.ok() ? text_of(*bytes) : "";
}

}  // namespace

TEST_CASE("what was committed comes back after a power cut, in a segment that is gone too") {
  Fixture f;
  f.grow(1);
  REQUIRE(f.put(Position(0), "abc").has_value());
  f.add(Position(3), "def");
  f.add(Position(6), "g");
  REQUIRE(f.commit().has_value());
  auto cut = f.disk.after_crash(CrashKind::lost);
  CHECK(replayed(*cut) == "abcdefg");
  CHECK(text_of(*cut->durable_content(kSegment)) == "abcdefg");
}

TEST_CASE("a commit that a power cut tore is no commit, whatever of it reached the disk") {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    Fixture f;
    f.grow(2);
    REQUIRE(f.put(Position(0), std::string(700, 'a')).has_value());
    f.disk.before_each_change([](const FileCall& call) {
      return call.kind == FileCallKind::sync_data ? FaultDecision::crash()
                                                  : FaultDecision::proceed();
    });
    f.add(Position(700), std::string(600, 'b'));
    f.add(Position(1300), std::string(600, 'c'));
    CHECK_FALSE(f.journal.commit().ok());
    const CrashKind kind = seed % 2 == 0 ? CrashKind::torn : CrashKind::reordered;
    auto cut = f.disk.after_crash(kind, seed);
    const std::string text = replayed(*cut);
    REQUIRE(text.size() >= 700);
    const std::string whole = std::string(700, 'a') + std::string(600, 'b') + std::string(600, 'c');
    CHECK((text.size() == 700 || text.size() == 1300 || text.size() == 1900));
    CHECK(text == whole.substr(0, text.size()));
  }
}

TEST_CASE("a full journal says so and forgets what was pending; a release makes room") {
  Fixture f;
  CHECK(f.journal.wants_part());
  CHECK_FALSE(f.put(Position(0), "early").has_value());  // no part yet
  f.grow(3);
  CHECK_FALSE(f.journal.wants_part());
  int64_t at = 0;
  const std::string piece(900, 'x');
  while (f.put(Position(at), piece).has_value()) at += 900;
  CHECK(at == 3 * 900);
  CHECK(f.journal.wants_release());
  CHECK(f.journal.holds(JournalPartNumber(0)));
  const JournalPartNumber first = f.journal.mark();
  CHECK(first == JournalPartNumber(3));
  REQUIRE(f.journal.release(first).ok());
  CHECK_FALSE(f.journal.holds(JournalPartNumber(2)));
  CHECK_FALSE(f.journal.wants_release());
  CHECK(f.put(Position(0), "abc") == JournalPartNumber(3));
  auto cut = f.disk.after_crash(CrashKind::lost);
  CHECK(replayed(*cut) == "abc");
}

TEST_CASE("a larger commit than a part goes elsewhere") {
  Fixture f;
  f.grow(1);
  CHECK_FALSE(f.put(Position(0), std::string(2048, 'x')).has_value());
  CHECK(f.put(Position(0), "small").has_value());
}

TEST_CASE("parts are used again and again, and only the entries since the release count") {
  std::mt19937_64 random(20261121);
  Fixture f;
  f.grow(3);
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string piece(1 + random() % 300, static_cast<char>('a' + i % 26));
    const bool fits = f.put(Position(static_cast<int64_t>(expected.size())), piece).has_value();
    if (fits) expected += piece;
    if (!fits || random() % 16 == 0) {
      // As the flusher does it: all that is durable goes to the segments, then the parts are free.
      const JournalPartNumber first = f.journal.mark();
      auto file = f.disk.open(kSegment, OpenMode::create);
      REQUIRE(file.ok());
      REQUIRE((*file)->write_at(Position(0), as_bytes(expected)).ok());
      REQUIRE((*file)->sync_data().ok());
      REQUIRE(f.disk.sync_directory(kPartition).ok());
      REQUIRE(f.journal.release(first).ok());
    }
    if (i % 10 != 0) continue;
    CAPTURE(i);
    auto cut = f.disk.after_crash(CrashKind::torn, static_cast<uint64_t>(i));
    CHECK(replayed(*cut) == expected);
  }
}

TEST_CASE("behind a fence nothing earlier of its partition comes back") {
  Fixture f;
  f.grow(1);
  REQUIRE(f.put(Position(0), "old and longer").has_value());
  CHECK(f.fence());
  auto fenced = f.disk.after_crash(CrashKind::lost);
  CHECK(replayed(*fenced).empty());
  REQUIRE(f.put(Position(0), "new").has_value());
  auto cut = f.disk.after_crash(CrashKind::lost);
  CHECK(replayed(*cut) == "new");
}

TEST_CASE("a new run takes the parts over, but none of their entries") {
  Fixture f;
  f.grow(1);
  REQUIRE(f.put(Position(0), std::string(700, 'o')).has_value());
  REQUIRE(f.put(Position(700), std::string(700, 'o')).has_value());
  Journal next(f.disk, "/data", kSmall);
  REQUIRE(next.begin(make_uuid(2)).ok());
  CHECK_FALSE(next.wants_part());
  // The first entry of the new run ends where the old second one begins.
  JournalEntry entry;
  entry.topic_id = make_uuid(7);
  const ByteSpan bytes = next.open_entry(entry, 700);
  std::fill(bytes.begin(), bytes.end(), static_cast<uint8_t>('n'));
  next.close_entry();
  auto committed = next.commit();
  REQUIRE((committed.ok() && committed->has_value()));
  auto cut = f.disk.after_crash(CrashKind::kept);
  CHECK(replayed(*cut) == std::string(700, 'n'));
}

TEST_CASE("replay refuses what it cannot explain and says what to do") {
  {
    Fixture f;
    f.grow(1);
    REQUIRE(f.put(Position(0), "x", 9).has_value());
    auto report = replay(f.disk);
    REQUIRE_FALSE(report.ok());
    const std::string& sentence = report.error().detail;
    CHECK(sentence.find("folder is not there") != std::string::npos);
    CHECK(sentence.find("id " + format_uuid(make_uuid(9))) != std::string::npos);
    CHECK(sentence.find("/data/odradek-journal/start") != std::string::npos);
  }
  {
    Fixture f;
    f.grow(1);
    REQUIRE(f.put(Position(5), "x").has_value());
    auto report = replay(f.disk);
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().detail.find("ends at 0, before") != std::string::npos);
  }
  {
    Fixture f;
    auto start = f.disk.open(kFolder + "/" + kJournalStartFile, OpenMode::read_write);
    REQUIRE(start.ok());
    REQUIRE((*start)->write_at(Position(12), as_bytes("!")).ok());
    auto report = replay(f.disk);
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().detail.find("start is damaged") != std::string::npos);
  }
}

TEST_CASE("an entry with any bit flipped is no entry") {
  const JournalSeed seed(make_uuid(3));
  JournalEntry entry;
  entry.topic_id = make_uuid(7);
  entry.segment_base = Offset(42);
  entry.position = Position(99);
  std::vector<uint8_t> whole(kJournalEntryHeaderBytes + 5);
  store_journal_entry(JournalSequence(8), entry, whole);
  std::fill(whole.end() - 5, whole.end(), static_cast<uint8_t>('z'));
  seal_journal_entry(seed, whole);
  auto decoded = decode_journal_entry(seed, JournalSequence(8), whole);
  REQUIRE(decoded.has_value());
  CHECK(decoded->entry.segment_base == Offset(42));
  CHECK(decoded->entry.position == Position(99));
  CHECK(decoded->bytes == 5);
  CHECK_FALSE(decode_journal_entry(seed, JournalSequence(9), whole).has_value());
  CHECK_FALSE(
      decode_journal_entry(JournalSeed(make_uuid(4)), JournalSequence(8), whole).has_value());
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    whole[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
    CHECK_FALSE(decode_journal_entry(seed, JournalSequence(8), whole).has_value());
    whole[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
  }
  for (size_t length = 0; length < whole.size(); ++length) {
    CHECK_FALSE(
        decode_journal_entry(seed, JournalSequence(8), ByteView(whole).first(length)).has_value());
  }
}

// A checksum says who wrote it, not that the writer was right.
TEST_CASE("an entry of no kind that is known, or with numbers that no partition has, is none") {
  const JournalSeed seed(make_uuid(3));
  const auto decodes = [&](const JournalEntry& entry) {
    std::vector<uint8_t> whole(kJournalEntryHeaderBytes + 5);
    store_journal_entry(JournalSequence(8), entry, whole);
    seal_journal_entry(seed, whole);
    return decode_journal_entry(seed, JournalSequence(8), whole).has_value();
  };
  JournalEntry entry;
  entry.topic_id = make_uuid(7);
  CHECK(decodes(entry));
  for (const uint8_t kind : {0, 3, 255}) {
    JournalEntry changed = entry;
    changed.kind = static_cast<JournalEntryKind>(kind);
    CHECK_FALSE(decodes(changed));
  }
  JournalEntry changed = entry;
  changed.partition = PartitionIndex(-1);
  CHECK_FALSE(decodes(changed));
  changed = entry;
  changed.segment_base = Offset(-1);
  CHECK_FALSE(decodes(changed));
  changed = entry;
  changed.position = Position(INT64_MIN);
  CHECK_FALSE(decodes(changed));
}

TEST_CASE("a disk without room for a part stops the growth until a release") {
  Fixture f;
  f.grow(1);
  REQUIRE(f.put(Position(0), "abc").has_value());
  f.disk.before_each_change([](const FileCall& call) {
    return call.kind == FileCallKind::allocate ? FaultDecision::fail(FileErrorKind::no_space)
                                               : FaultDecision::proceed();
  });
  f.journal.grow();
  CHECK_FALSE(f.journal.wants_part());
  CHECK_FALSE(f.journal.wants_release());  // there is room left in the only one
  CHECK_FALSE(f.disk.status(kFolder + "/part-1").ok());
  f.disk.before_each_change(nullptr);
  REQUIRE(f.put(Position(3), std::string(1000, 'x')).has_value());
  CHECK(f.journal.wants_release());
  REQUIRE(f.journal.release(f.journal.mark()).ok());
  CHECK_FALSE(f.journal.wants_release());
  CHECK_FALSE(f.journal.wants_part());
  f.journal.allow_growth();
  REQUIRE(f.put(Position(0), "abc").has_value());
  CHECK(f.journal.wants_part());
}

TEST_CASE("there is room for a fence in a journal that is full, or closed by a mark") {
  for (const bool closed : {false, true}) {
    CAPTURE(closed);
    Fixture f;
    f.grow(1);
    REQUIRE(f.put(Position(0), std::string(1600, 'x')).has_value());
    REQUIRE_FALSE(f.put(Position(1600), std::string(200, 'y')).has_value());
    if (closed) f.journal.mark();
    CHECK(f.fence());
    auto cut = f.disk.after_crash(CrashKind::lost);
    CHECK(replayed(*cut).empty());
  }
}

TEST_CASE("a part that is missing before others is damage, not the end") {
  Fixture f;
  f.grow(2);
  REQUIRE(f.put(Position(0), std::string(1600, 'x')).has_value());
  REQUIRE(f.put(Position(1600), std::string(1600, 'y')).has_value());
  REQUIRE(f.disk.remove_file(kFolder + "/part-1").ok());  // the one that was used first
  auto report = replay(f.disk);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().detail.find("part 0 of /data/odradek-journal is damaged or missing") !=
        std::string::npos);
}

TEST_CASE("an order goes in as a whole or not at all") {
  Fixture f;
  f.grow(1);
  f.add(Position(0), "kept");
  const Journal::Pending before = f.journal.pending();
  f.add(Position(4), "first slice");
  JournalEntry entry;
  entry.topic_id = make_uuid(7);
  f.journal.open_entry(entry, 5);
  f.journal.take_back(before);
  f.add(Position(4), "!");
  REQUIRE(f.commit().has_value());
  auto cut = f.disk.after_crash(CrashKind::lost);
  CHECK(replayed(*cut) == "kept!");
}

TEST_CASE("parts of another size go only when nothing in them counts any more") {
  Fixture f;
  f.grow(2);
  REQUIRE(f.put(Position(0), std::string(1600, 'o')).has_value());
  REQUIRE(f.put(Position(1600), std::string(200, 'p')).has_value());
  CHECK(f.fence());
  REQUIRE(f.put(Position(0), "new").has_value());
  CHECK(replayed(f.disk) == "new");
  for (int crash_at = 0; crash_at < 8; ++crash_at) {
    CAPTURE(crash_at);
    auto disk = f.disk.after_crash(CrashKind::kept);
    int calls = 0;
    disk->before_each_change([&](const FileCall&) {
      return calls++ == crash_at ? FaultDecision::crash() : FaultDecision::proceed();
    });
    Journal next(*disk, "/data", {4096, 4});
    static_cast<void>(next.begin(make_uuid(2)));
    auto cut = disk->after_crash(CrashKind::kept);
    CHECK(replayed(*cut).substr(0, 3) == "new");
  }
}

TEST_CASE("a begin that met a full disk is repeated, and takes each part over once") {
  Fixture f;
  f.grow(2);
  REQUIRE(f.put(Position(0), "old").has_value());
  Journal next(f.disk, "/data", kSmall);
  f.disk.before_each_change([](const FileCall& call) {
    const bool start = call.path.find("start") != std::string::npos;
    return start ? FaultDecision::fail(FileErrorKind::no_space) : FaultDecision::proceed();
  });
  REQUIRE_FALSE(next.begin(make_uuid(2)).ok());
  CHECK(replayed(f.disk) == "old");
  f.disk.before_each_change(nullptr);
  REQUIRE(next.begin(make_uuid(2)).ok());
  int commits = 0;
  for (;; ++commits) {
    JournalEntry entry;
    entry.topic_id = make_uuid(7);
    entry.position = Position(commits * 1600);
    const ByteSpan bytes = next.open_entry(entry, 1600);
    std::fill(bytes.begin(), bytes.end(), static_cast<uint8_t>('n'));
    next.close_entry();
    auto committed = next.commit();
    REQUIRE(committed.ok());
    if (!committed->has_value()) break;
  }
  CHECK(commits == 2);
  auto cut = f.disk.after_crash(CrashKind::lost);
  CHECK(replayed(*cut) == std::string(3200, 'n'));
}

}  // namespace odradek
