// The model of a disk that loses power: what each kind of crash may leave, and how calls fail.
#include "file/memory_file_system.h"

#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes bytes_of(std::string_view text) { return Bytes(text.begin(), text.end()); }

std::unique_ptr<File> must_open(FileSystem& fs, const std::string& path) {
  auto file = fs.open(path, OpenMode::create);
  if (!file.ok()) FAIL(file.error().detail);
  return std::move(file).value();
}

// "" stands for a file that is not there: no test here keeps an empty one.
std::string content_of(FileSystem& fs, const std::string& path) {
  const auto bytes = read_whole_file(fs, path, 1 << 20);
  return bytes.ok() ? std::string(as_text(*bytes)) : "";
}

// A disk with a durable file "/f" of one sector of 'a'.
std::unique_ptr<MemoryFileSystem> disk_with_durable_file() {
  auto disk = std::make_unique<MemoryFileSystem>();
  auto file = must_open(*disk, "/f");
  REQUIRE(file->write_at(Position(0), Bytes(512, 'a')).ok());
  REQUIRE(file->sync_data().ok());
  REQUIRE(disk->sync_directory("/").ok());
  return disk;
}

// Makes every crash of a kind: `visit` sees each disk that the choices can lead to.
template <class Visit>
size_t for_each_crash(const MemoryFileSystem& disk, CrashKind kind, Visit visit) {
  std::vector<std::pair<uint64_t, uint64_t>> choices;  // taken, bound
  size_t count = 0;
  while (true) {
    size_t next = 0;
    const auto crashed = disk.after_crash(kind, [&](uint64_t bound) {
      if (next == choices.size()) choices.emplace_back(0, bound);
      REQUIRE(choices[next].second == bound);
      return choices[next++].first;
    });
    visit(*crashed);
    ++count;
    while (!choices.empty() && choices.back().first + 1 == choices.back().second) {
      choices.pop_back();
    }
    if (choices.empty()) return count;
    ++choices.back().first;
  }
}

std::set<std::string> contents_after(const MemoryFileSystem& disk, CrashKind kind,
                                     const std::string& path) {
  std::set<std::string> contents;
  for_each_crash(disk, kind,
                 [&](MemoryFileSystem& crashed) { contents.insert(content_of(crashed, path)); });
  return contents;
}

std::string sectors(std::string_view letters) {
  std::string text;
  for (char letter : letters) text += std::string(512, letter);
  return text;
}

}  // namespace

TEST_CASE("what is synced survives every crash") {
  const auto disk = disk_with_durable_file();
  for (CrashKind kind : {CrashKind::lost, CrashKind::kept, CrashKind::torn, CrashKind::reordered}) {
    CHECK(contents_after(*disk, kind, "/f") == std::set<std::string>{sectors("a")});
  }
}

TEST_CASE("unsynced writes are lost or kept") {
  const auto disk = disk_with_durable_file();
  REQUIRE(must_open(*disk, "/f")->write_at(Position(100), bytes_of("new")).ok());
  CHECK(content_of(*disk->after_crash(CrashKind::lost), "/f") == sectors("a"));
  CHECK(content_of(*disk->after_crash(CrashKind::kept), "/f") == content_of(*disk, "/f"));
  CHECK(disk->journal("/f")->size() == 1);
  CHECK(*disk->durable_content("/f") == Bytes(512, 'a'));
}

TEST_CASE("a torn crash leaves a prefix of the operations, cut at a sector") {
  const auto disk = disk_with_durable_file();
  auto file = must_open(*disk, "/f");
  REQUIRE(file->write_at(Position(512), bytes_of(sectors("bc"))).ok());
  REQUIRE(file->write_at(Position(0), bytes_of(sectors("d"))).ok());
  CHECK(contents_after(*disk, CrashKind::torn, "/f") ==
        std::set<std::string>{sectors("a"), sectors("ab"), sectors("abc"), sectors("dbc")});
}

TEST_CASE("a torn write starts and ends where the sectors do") {
  const auto disk = disk_with_durable_file();
  auto file = must_open(*disk, "/f");
  REQUIRE(file->write_at(Position(500), Bytes(20, 'n')).ok());
  const std::string first = std::string(500, 'a') + std::string(12, 'n');
  CHECK(contents_after(*disk, CrashKind::torn, "/f") ==
        std::set<std::string>{sectors("a"), first, first + std::string(8, 'n')});
}

TEST_CASE("a reordered crash leaves any set of sectors and any size that the file had") {
  const auto disk = disk_with_durable_file();
  REQUIRE(must_open(*disk, "/f")->write_at(Position(512), bytes_of(sectors("bc"))).ok());
  const std::string zero(512, '\0');
  CHECK(contents_after(*disk, CrashKind::reordered, "/f") ==
        std::set<std::string>{sectors("a"), sectors("abc"), sectors("ab") + zero,
                              sectors("a") + zero + sectors("c"), sectors("a") + zero + zero});
}

TEST_CASE("truncation and allocation are operations like writes") {
  const auto disk = disk_with_durable_file();
  auto file = must_open(*disk, "/f");
  REQUIRE(file->truncate(3).ok());
  REQUIRE(file->allocate(5).ok());
  const std::string grown = std::string("aaa") + std::string(2, '\0');
  CHECK(content_of(*disk, "/f") == grown);
  CHECK(contents_after(*disk, CrashKind::torn, "/f") ==
        std::set<std::string>{sectors("a"), "aaa", grown});
  REQUIRE(file->sync_data().ok());
  CHECK(contents_after(*disk, CrashKind::reordered, "/f") == std::set<std::string>{grown});
}

TEST_CASE("a new name is durable with its directory only, whatever the file's content") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/a/b").ok());
  auto file = must_open(disk, "/a/b/f");
  REQUIRE(file->write_at(Position(0), bytes_of("x")).ok());
  REQUIRE(file->sync_data().ok());
  CHECK(content_of(*disk.after_crash(CrashKind::lost), "/a/b/f").empty());
  REQUIRE(disk.sync_directory("/a/b").ok());
  // The directories above are as new as the file was.
  CHECK(content_of(*disk.after_crash(CrashKind::lost), "/a/b/f").empty());
  REQUIRE(disk.sync_directory("/a").ok());
  REQUIRE(disk.sync_directory("/").ok());
  CHECK(content_of(*disk.after_crash(CrashKind::lost), "/a/b/f") == "x");
  CHECK(disk.namespace_journal().empty());
}

TEST_CASE("a rename is there as a whole or not at all") {
  const auto disk = disk_with_durable_file();
  REQUIRE(disk->create_directories("/d").ok());
  REQUIRE(disk->sync_directory("/").ok());
  REQUIRE(disk->rename("/f", "/d/g").ok());
  for (CrashKind kind : {CrashKind::torn, CrashKind::reordered}) {
    std::set<std::string> seen;
    const size_t crashes = for_each_crash(*disk, kind, [&](MemoryFileSystem& crashed) {
      const bool old_name = !content_of(crashed, "/f").empty();
      const bool new_name = !content_of(crashed, "/d/g").empty();
      CHECK(old_name != new_name);
      seen.insert(old_name ? "old" : "new");
    });
    CHECK(crashes == 2);
    CHECK(seen.size() == 2);
  }
  REQUIRE(disk->sync_directory("/d").ok());  // either directory will do
  CHECK(content_of(*disk->after_crash(CrashKind::lost), "/d/g") == sectors("a"));
  CHECK(content_of(*disk->after_crash(CrashKind::lost), "/f").empty());
}

TEST_CASE("names that build on a lost one are lost with it") {
  MemoryFileSystem disk;
  REQUIRE(must_open(disk, "/tmp")->write_at(Position(0), bytes_of("x")).ok());
  REQUIRE(disk.rename("/tmp", "/f").ok());
  for_each_crash(disk, CrashKind::reordered, [&](MemoryFileSystem& crashed) {
    const auto names = crashed.list("/");
    CHECK(names->size() <= 1);
  });
}

TEST_CASE("a removed file comes back unless its directory was synced") {
  const auto disk = disk_with_durable_file();
  REQUIRE(disk->remove_file("/f").ok());
  CHECK(content_of(*disk->after_crash(CrashKind::lost), "/f") == sectors("a"));
  CHECK(content_of(*disk->after_crash(CrashKind::kept), "/f").empty());
  REQUIRE(disk->sync_directory("/").ok());
  CHECK(content_of(*disk->after_crash(CrashKind::lost), "/f").empty());
}

TEST_CASE("sync_file_system makes everything durable") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/a").ok());
  REQUIRE(must_open(disk, "/a/f")->write_at(Position(0), bytes_of("x")).ok());
  REQUIRE(disk.sync_file_system("/").ok());
  CHECK(content_of(*disk.after_crash(CrashKind::lost), "/a/f") == "x");
}

TEST_CASE("replace_file leaves the old or the new content at every crash") {
  for (CrashKind kind : {CrashKind::lost, CrashKind::torn, CrashKind::reordered}) {
    for (uint64_t call = 1;; ++call) {
      const auto disk = disk_with_durable_file();
      const uint64_t before = disk->calls();
      disk->before_each_change([&](const FileCall& c) {
        return c.number == before + call ? FaultDecision::crash() : FaultDecision::proceed();
      });
      const bool done = replace_file(*disk, "/f", bytes_of("replaced")).ok();
      for_each_crash(*disk, kind, [&](MemoryFileSystem& crashed) {
        const std::string content = content_of(crashed, "/f");
        if (done) CHECK(content == "replaced");
        const bool whole = content == sectors("a") || content == "replaced";
        CHECK(whole);
      });
      if (done) {
        CHECK(call == 6);  // create, write, sync, rename, sync directory: five calls
        break;
      }
    }
  }
}

TEST_CASE("replace_file passes every failure on and then removes what it half wrote") {
  for (uint64_t call = 1; call <= 5; ++call) {
    const auto disk = disk_with_durable_file();
    const uint64_t before = disk->calls();
    disk->before_each_change([&](const FileCall& c) {
      return c.number == before + call ? FaultDecision::fail(FileErrorKind::no_space)
                                       : FaultDecision::proceed();
    });
    const auto result = replace_file(*disk, "/f", bytes_of("replaced"));
    REQUIRE_FALSE(result.ok());
    // A failed sync is never a shortage: what it lost cannot be written again.
    const bool is_sync = call == 3 || call == 5;
    CHECK(result.error().kind == (is_sync ? FileErrorKind::io : FileErrorKind::no_space));
    CHECK(disk->list("/")->size() == 1);
    CHECK(content_of(*disk, "/f") == (call < 5 ? sectors("a") : "replaced"));
  }
}

TEST_CASE("replace_file keeps nothing of a replacement that was not finished") {
  const auto disk = disk_with_durable_file();
  disk->before_each_change([&](const FileCall& c) {
    return c.kind == FileCallKind::rename ? FaultDecision::crash() : FaultDecision::proceed();
  });
  REQUIRE_FALSE(replace_file(*disk, "/f", bytes_of("longer than the next")).ok());
  const auto after = disk->after_crash(CrashKind::torn);
  REQUIRE(replace_file(*after, "/f", bytes_of("short")).ok());
  CHECK(content_of(*after, "/f") == "short");
}

TEST_CASE("the hook sees each change once, in order, with what it is") {
  MemoryFileSystem disk;
  std::vector<FileCall> calls;
  disk.before_each_change([&](const FileCall& call) {
    calls.push_back(call);
    return FaultDecision::proceed();
  });
  REQUIRE(disk.create_directories("/d").ok());
  auto file = must_open(disk, "/d/f");
  must_open(disk, "/d/f");  // is there already: no change
  REQUIRE(file->allocate(8192).ok());
  REQUIRE(file->write_at(Position(10), Bytes(5, 'x')).ok());
  Bytes into(5);
  REQUIRE(file->read_at(Position(10), into).ok());  // not a change
  auto window = *file->map_window(Position(0), 8192);
  window->store(Position(20), Bytes(5, 'y'));
  REQUIRE(file->sync_data().ok());
  REQUIRE(disk.sync_directory("/d").ok());
  using K = FileCallKind;
  const std::vector<K> expected = {
      K::create_directory, K::create,        K::allocate, K::write, K::store,
      K::sync_data,        K::sync_directory};
  REQUIRE(calls.size() == expected.size());
  for (size_t i = 0; i < calls.size(); ++i) {
    CHECK(calls[i].number == i + 1);
    CHECK(calls[i].kind == expected[i]);
  }
  CHECK(calls[3].path == "/d/f");
  CHECK(calls[3].at == Position(10));
  CHECK(calls[3].size == 5);
  CHECK(disk.calls() == calls.size());
}

TEST_CASE("a failing write may have written a part") {
  MemoryFileSystem disk;
  auto file = must_open(disk, "/f");
  disk.before_each_change(
      [](const FileCall&) { return FaultDecision::fail(FileErrorKind::no_space, 3); });
  const auto result = file->write_at(Position(0), bytes_of("abcdef"));
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == FileErrorKind::no_space);
  disk.before_each_change(nullptr);
  CHECK(content_of(disk, "/f") == "abc");
}

TEST_CASE("a failed sync makes nothing durable") {
  const auto disk = disk_with_durable_file();
  auto file = must_open(*disk, "/f");
  REQUIRE(file->write_at(Position(0), bytes_of("x")).ok());
  disk->before_each_change([](const FileCall&) { return FaultDecision::fail(FileErrorKind::io); });
  CHECK_FALSE(file->sync_data().ok());
  CHECK(content_of(*disk->after_crash(CrashKind::lost), "/f") == sectors("a"));
}

TEST_CASE("without power nothing works, and locks are gone after the restart") {
  const auto disk = disk_with_durable_file();
  auto lock = disk->lock("/.lock");
  REQUIRE(lock.ok());
  REQUIRE(disk->sync_directory("/").ok());
  auto file = must_open(*disk, "/f");
  disk->before_each_change([](const FileCall&) { return FaultDecision::crash(); });
  CHECK_FALSE(file->write_at(Position(0), bytes_of("x")).ok());
  Bytes into(1);
  CHECK_FALSE(file->read_at(Position(0), into).ok());
  CHECK_FALSE(disk->list("/").ok());
  CHECK_FALSE(disk->open("/f", OpenMode::read).ok());
  CHECK(disk->durable_content("/f").has_value());  // the test may still look
  const auto restarted = disk->after_crash(CrashKind::kept);
  CHECK(restarted->lock("/.lock").ok());
  CHECK(content_of(*restarted, "/f") == sectors("a"));
}

TEST_CASE("a window's store is an unsynced write of whole pages") {
  MemoryFileSystem disk;
  auto file = must_open(disk, "/f");
  REQUIRE(file->allocate(16384).ok());
  REQUIRE(file->sync_data().ok());
  REQUIRE(disk.sync_directory("/").ok());
  auto window = *file->map_window(Position(4096), 8192);
  window->store(Position(8190), bytes_of("page"));
  const auto journal = *disk.journal("/f");
  REQUIRE(journal.size() == 1);
  CHECK(journal[0].at == Position(4096));
  CHECK(journal[0].bytes.size() == 8192);
  CHECK(disk.after_crash(CrashKind::lost)->durable_content("/f") == Bytes(16384, 0));
  REQUIRE(file->sync_data().ok());
  const auto durable = *disk.durable_content("/f");
  CHECK(as_text(ByteView(durable).subspan(8190, 4)) == "page");
}

TEST_CASE("a window that the disk fails says so, and its store is lost") {
  MemoryFileSystem disk;
  auto file = must_open(disk, "/f");
  REQUIRE(file->allocate(4096).ok());
  auto window = *file->map_window(Position(0), 4096);
  disk.before_each_change([](const FileCall&) { return FaultDecision::fail(FileErrorKind::io); });
  window->store(Position(0), bytes_of("x"));
  CHECK(window->failed());
  CHECK(content_of(disk, "/f") == std::string(4096, '\0'));
}

TEST_CASE("a full disk refuses new room, but not writes into room that was allocated") {
  MemoryFileSystem disk(16384);
  auto file = must_open(disk, "/f");
  REQUIRE(file->allocate(8192).ok());
  CHECK(*disk.free_bytes("/") == 8192);
  const auto refused = file->allocate(16385);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == FileErrorKind::no_space);
  auto other = must_open(disk, "/g");
  REQUIRE(other->write_at(Position(0), Bytes(8192, 'x')).ok());
  CHECK(*disk.free_bytes("/") == 0);
  CHECK(file->write_at(Position(0), Bytes(8192, 'y')).ok());
  CHECK_FALSE(file->write_at(Position(8192), Bytes(1, 'y')).ok());
  REQUIRE(disk.remove_file("/g").ok());
  CHECK(file->write_at(Position(8192), Bytes(1, 'y')).ok());
  disk.set_capacity(0);
  CHECK(*disk.free_bytes("/") == 0);
  CHECK_FALSE(other->allocate(12288).ok());
}

TEST_CASE("a dropped cache refuses reads that must not wait, until one that may") {
  const auto disk = disk_with_durable_file();
  auto file = must_open(*disk, "/f");
  Bytes into(4);
  CHECK(*file->read_cached_at(Position(0), into) == 4);
  disk->drop_cache();
  const auto refused = file->read_cached_at(Position(0), into);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == FileErrorKind::would_block);
  CHECK(*file->read_at(Position(0), into) == 4);
  CHECK(*file->read_cached_at(Position(0), into) == 4);
}

TEST_CASE("one seed makes one crash") {
  const auto disk = disk_with_durable_file();
  auto file = must_open(*disk, "/f");
  for (int i = 0; i < 40; ++i) {
    REQUIRE(file->write_at(Position(512 * i), Bytes(512, static_cast<uint8_t>(i + 1))).ok());
  }
  std::set<std::string> different;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const std::string once = content_of(*disk->after_crash(CrashKind::reordered, seed), "/f");
    CHECK(once == content_of(*disk->after_crash(CrashKind::reordered, seed), "/f"));
    different.insert(once);
  }
  CHECK(different.size() > 5);
}

TEST_CASE("a disk that lies answers success and does nothing") {
  auto disk = disk_with_durable_file();
  disk->before_each_change([](const FileCall& call) {
    const bool lies = call.kind == FileCallKind::sync_data || call.kind == FileCallKind::truncate ||
                      call.kind == FileCallKind::sync_directory;
    return lies ? FaultDecision::pretend() : FaultDecision::proceed();
  });
  auto file = must_open(*disk, "/f");
  REQUIRE(file->write_at(Position(0), bytes_of("new")).ok());
  CHECK(file->sync_data().ok());
  CHECK(file->truncate(1).ok());
  CHECK(*file->size() == 512);
  must_open(*disk, "/g");
  CHECK(disk->sync_directory("/").ok());
  auto crashed = disk->after_crash(CrashKind::lost);
  CHECK(content_of(*crashed, "/f") == std::string(512, 'a'));
  CHECK_FALSE(crashed->status("/g").ok());
}

TEST_CASE("the hook may look at the disk, and a crash there is one before the call") {
  auto disk = disk_with_durable_file();
  std::string before;
  disk->before_each_change([&](const FileCall&) {
    before = content_of(*disk->after_crash(CrashKind::kept), "/f").substr(0, 3);
    return FaultDecision::proceed();
  });
  auto file = must_open(*disk, "/f");
  REQUIRE(file->write_at(Position(0), bytes_of("new")).ok());
  CHECK(before == "aaa");
  REQUIRE(file->sync_data().ok());
  CHECK(before == "new");
}

TEST_CASE("a file tells when it was changed last, after a crash too") {
  MemoryFileSystem disk;
  disk.set_time(TimestampMs(10));
  auto file = disk.open("/a", OpenMode::create);
  REQUIRE(file.ok());
  CHECK(disk.status("/a")->modified == TimestampMs(10));
  disk.set_time(TimestampMs(20));
  CHECK(disk.status("/a")->modified == TimestampMs(10));
  REQUIRE((*file)->write_at(Position(0), as_bytes("x")).ok());
  CHECK(disk.status("/a")->modified == TimestampMs(20));
  CHECK(disk.after_crash(CrashKind::kept)->status("/a")->modified == TimestampMs(20));
}

TEST_CASE("disks are the same by fingerprint when names and bytes are") {
  const auto made = [](std::string_view name, std::string_view content) {
    auto disk = std::make_unique<MemoryFileSystem>();
    REQUIRE(disk->create_directories("/d").ok());
    auto file = must_open(*disk, "/d/" + std::string(name));
    REQUIRE(file->write_at(Position(0), bytes_of(content)).ok());
    return disk;
  };
  const uint64_t one = made("f", "content, more than a word")->fingerprint();
  CHECK(made("f", "content, more than a word")->fingerprint() == one);
  CHECK(made("f", "content, more than a Word")->fingerprint() != one);
  CHECK(made("f", "content, more than a wor")->fingerprint() != one);
  CHECK(made("g", "content, more than a word")->fingerprint() != one);
  CHECK(MemoryFileSystem().fingerprint() != one);
}

TEST_CASE("where only the process ends, what was not synced stays so") {
  MemoryFileSystem disk;
  must_open(disk, "/old");
  REQUIRE(disk.create_directories("/folder").ok());
  REQUIRE(disk.sync_file_system("/").ok());
  auto file = must_open(disk, "/old");
  REQUIRE(file->write_at(Position(0), bytes_of("unsynced")).ok());
  must_open(disk, "/folder/new");
  REQUIRE(disk.rename("/folder/new", "/moved").ok());

  const auto killed = disk.after_crash(CrashKind::kept);
  CHECK(killed->fingerprint() == disk.fingerprint());
  CHECK(killed->cache_identity("/") == disk.cache_identity("/"));
  CHECK(content_of(*killed, "/old") == "unsynced");
  CHECK(killed->status("/moved").ok());
  const auto cut = killed->after_crash(CrashKind::lost);
  CHECK(cut->cache_identity("/") != disk.cache_identity("/"));
  CHECK(content_of(*cut, "/old").empty());
  CHECK_FALSE(cut->status("/moved").ok());
  // The two are two disks.
  auto other = must_open(*killed, "/old");
  REQUIRE(other->sync_data().ok());
  REQUIRE(killed->sync_directory("/").ok());
  CHECK(content_of(*disk.after_crash(CrashKind::lost), "/old").empty());
  const auto synced = killed->after_crash(CrashKind::lost);
  CHECK(content_of(*synced, "/old") == "unsynced");
  CHECK(synced->status("/moved").ok());
}

TEST_CASE("the lowest choices of a reordered crash lose all, the highest keep all") {
  auto disk = disk_with_durable_file();
  auto file = must_open(*disk, "/f");
  REQUIRE(file->write_at(Position(100), Bytes(2000, 'b')).ok());
  REQUIRE(file->truncate(700).ok());
  REQUIRE(file->allocate(3000).ok());
  REQUIRE(file->write_at(Position(900), Bytes(100, 'c')).ok());
  REQUIRE(file->truncate(512).ok());
  must_open(*disk, "/g");
  const auto crash = [&](const CrashChoice& choose) {
    return disk->after_crash(CrashKind::reordered, choose)->fingerprint();
  };
  CHECK(crash([](uint64_t) { return 0; }) == disk->after_crash(CrashKind::lost)->fingerprint());
  const auto all = disk->after_crash(CrashKind::kept);
  REQUIRE(all->sync_file_system("/").ok());
  CHECK(crash([](uint64_t bound) { return bound - 1; }) == all->fingerprint());
}

TEST_CASE("any look at the disk can be made to fail, and changes nothing") {
  auto disk = disk_with_durable_file();
  REQUIRE(disk->create_directories("/d").ok());
  auto file = must_open(*disk, "/f");
  const uint64_t before = disk->calls();
  std::set<FileCallKind> seen;
  uint64_t last = 0;
  disk->before_each_look([&](const FileCall& call) {
    CHECK((last == 0 || call.number == last + 1));
    last = call.number;
    seen.insert(call.kind);
    return FaultDecision::fail(FileErrorKind::too_many_files);
  });
  Bytes bytes(10);
  const auto kind = [](const auto& failed) {
    REQUIRE_FALSE(failed.ok());
    return failed.error().kind;
  };
  CHECK(kind(disk->open("/f", OpenMode::read)) == FileErrorKind::too_many_files);
  CHECK(kind(file->read_at(Position(0), bytes)) == FileErrorKind::too_many_files);
  CHECK(kind(file->size()) == FileErrorKind::too_many_files);
  CHECK(kind(file->map_window(Position(0), 512)) == FileErrorKind::too_many_files);
  CHECK(kind(disk->status("/f")) == FileErrorKind::too_many_files);
  CHECK(kind(disk->list("/d")) == FileErrorKind::too_many_files);
  CHECK(seen.size() == 6);
  CHECK(kind(disk->status("/gone")) == FileErrorKind::not_found);
  disk->before_each_look(nullptr);
  CHECK(content_of(*disk, "/f") == std::string(512, 'a'));
  CHECK(disk->calls() == before);
}

}  // namespace odradek
