// The check of a journal finds what its replay would take, and what would stop it.
#include "check/journal_check.h"

#include "check_fixture.h"
#include "log/journal_format.h"

namespace odradek {
namespace {

constexpr const char* kJournal = "/data/odradek-journal";

// A directory whose journal holds batches of one partition.
void leave_journal(DirectoryFixture& fixture, int batches = 20) {
  fixture.open();
  REQUIRE(fixture.directory->format({std::string(22, 'c'), 1, std::string(22, 'd')}).ok());
  const auto log = fixture.log();
  for (int i = 0; i < batches; ++i) {
    append(*log);
    fixture.directory->run_once();
  }
  REQUIRE(log->durable_offset() == log->log_end_offset());
  fixture.kill();
}

struct Told {
  JournalReport report;
  std::string words;
};

Told told(FileSystem& fs, bool has_folder = true) {
  Findings findings;
  auto report = check_journal(
      fs, "/data",
      [&](const Uuid&, PartitionIndex) {
        return has_folder ? std::make_optional<std::string>(kFolder) : std::nullopt;
      },
      &findings);
  REQUIRE(report.ok());
  return {*report, words_of(findings)};
}

}  // namespace

TEST_CASE("no journal is no finding") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/data").ok());
  const Told nothing = told(disk);
  CHECK(nothing.words == "");
  CHECK_FALSE(nothing.report.there);
}

TEST_CASE("the entries that a replay takes are counted") {
  DirectoryFixture fixture;
  leave_journal(fixture);
  const Told before = told(*fixture.disk);
  CHECK(before.words == "");
  CHECK(before.report.there);
  CHECK(before.report.entries > 0);
  CHECK(before.report.entry_bytes > 0);
  // The start that follows replays just these.
  fixture.open();
  fixture.log();
  CHECK(fixture.directory->recovery_report().journal.entries == before.report.entries);
  CHECK(fixture.directory->recovery_report().journal.bytes_written == before.report.entry_bytes);
}

TEST_CASE("a start that cannot be read is damage, whichever bit it is") {
  DirectoryFixture fixture;
  leave_journal(fixture);
  FileSystem& disk = *fixture.disk;
  const std::string path = std::string(kJournal) + "/" + kJournalStartFile;
  const std::vector<uint8_t> before = content(disk, path);
  for (size_t at = 0; at < before.size(); ++at) {
    write(disk, path, at, before[at] ^ 0x10);
    CHECK(told(disk).words.starts_with("damaged odradek-journal/start: "));
    write(disk, path, at, before[at]);
  }
  cut(disk, path, 10);
  CHECK(told(disk).words.starts_with("damaged odradek-journal/start: "));
}

TEST_CASE("batches of a partition whose folder is gone are told once") {
  DirectoryFixture fixture;
  leave_journal(fixture);
  const Told gone = told(*fixture.disk, false);
  CHECK(gone.words.starts_with("missing odradek-journal/part-"));
  CHECK(gone.words.find("the folder of partition 0") != std::string::npos);
  CHECK(std::count(gone.words.begin(), gone.words.end(), '\n') == 1);
}

TEST_CASE("a partition that was deleted is missed by nobody") {
  DirectoryFixture fixture;
  leave_journal(fixture, 3);
  fixture.open();
  const auto log = fixture.log();
  append(*log);
  fixture.directory->run_once();
  REQUIRE(fixture.directory->delete_partition({"orders", PartitionIndex(0)}).ok());
  fixture.kill();
  CHECK(told(*fixture.disk, false).words == "");
}

TEST_CASE("a part that is missing before later ones is told; a torn last one is not") {
  DirectoryFixture fixture;
  fixture.journal = {1 << 12, 8};
  leave_journal(fixture, 60);
  FileSystem& disk = *fixture.disk;
  const Told whole = told(disk);
  CHECK(whole.words == "");
  const std::vector<std::string> parts = files_in(disk, kJournal, "");
  size_t missed = 0;
  size_t used = 0;
  for (const std::string& name : parts) {
    if (!name.starts_with(kJournalPartPrefix)) continue;
    const std::string path = std::string(kJournal) + "/" + name;
    const std::vector<uint8_t> before = content(disk, path);
    cut(disk, path, 0);
    const Told without = told(disk);
    if (without.report.entries < whole.report.entries) ++used;
    if (without.words.find("is damaged or missing, although later ones") != std::string::npos) {
      ++missed;
    }
    REQUIRE(replace_file(disk, path, before).ok());
  }
  // All that are used but the last.
  CHECK(used > 0);
  CHECK(missed == used - 1);
  CHECK(told(disk).words == "");
}

}  // namespace odradek
