// What a crash of the disk in memory may leave, against the rules written down once more and more
// plainly: everything synced survives, and nothing appears that was never written.
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "file/memory_file_system.h"

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937_64;

constexpr int64_t kSectorBytes = 512;

// One file that is written at random, with everything that its bytes ever were since the last sync.
class WrittenFile {
 public:
  explicit WrittenFile(MemoryFileSystem& disk) {
    auto opened = disk.open("/f", OpenMode::create);
    REQUIRE(opened.ok());
    file_ = std::move(*opened);
    sync();
    REQUIRE(disk.sync_directory("/").ok());
  }

  void change(Random& random) {
    switch (random() % 6) {
      case 0: {
        const auto size = static_cast<size_t>(random() % 6000);
        REQUIRE(file_->truncate(static_cast<int64_t>(size)).ok());
        now_.resize(size, 0);
        break;
      }
      case 1: {
        const auto size = static_cast<size_t>(1 + random() % 6000);
        REQUIRE(file_->allocate(static_cast<int64_t>(size)).ok());
        now_.resize(std::max(now_.size(), size), 0);
        break;
      }
      default: {
        const size_t at = random() % 5000;
        const Bytes bytes(1 + random() % 2000, static_cast<uint8_t>(1 + random() % 255));
        REQUIRE(file_->write_at(Position(static_cast<int64_t>(at)), bytes).ok());
        now_.resize(std::max(now_.size(), at + bytes.size()), 0);
        std::copy(bytes.begin(), bytes.end(), now_.begin() + static_cast<ptrdiff_t>(at));
        break;
      }
    }
    history_.push_back(now_);
  }
  void sync() {
    REQUIRE(file_->sync_data().ok());
    history_ = {now_};
  }

  const Bytes& durable() const { return history_.front(); }
  const Bytes& now() const { return now_; }

  bool had_size(size_t size) const {
    for (const Bytes& state : history_) {
      if (state.size() == size) return true;
    }
    return false;
  }
  // True if a byte here was ever this one since the sync; where the file ended, it was 0.
  bool had_byte(size_t at, uint8_t byte) const {
    for (const Bytes& state : history_) {
      if ((at < state.size() ? state[at] : 0) == byte) return true;
    }
    return byte == 0;  // room that was never written
  }
  // True if every byte is that of the state before or after one operation.
  bool is_torn_state(const Bytes& left) const {
    for (size_t i = 0; i + 1 < history_.size(); ++i) {
      if (lies_between(history_[i], history_[i + 1], left)) return true;
    }
    return left == history_.back();
  }

 private:
  // The operation that made `after` out of `before` came as far as some sector.
  static bool lies_between(const Bytes& before, const Bytes& after, const Bytes& left) {
    if (left.size() > std::max(before.size(), after.size())) return false;
    if (left == before || left == after) return true;
    size_t border = 0;  // up to here it is as after, behind it as before
    while (border < left.size() && border < after.size() && left[border] == after[border]) ++border;
    for (size_t at = border; at < left.size(); ++at) {
      const uint8_t old = at < before.size() ? before[at] : 0;
      if (left[at] != old) return false;
    }
    return left.size() == before.size() || left.size() == border || left.size() % kSectorBytes == 0;
  }

  std::unique_ptr<File> file_;
  Bytes now_;
  std::vector<Bytes> history_;  // the durable state first, then one after each change
};

Bytes content_after(const MemoryFileSystem& disk, CrashKind kind, uint64_t seed) {
  const auto crashed = disk.after_crash(kind, seed);
  const auto content = read_whole_file(*crashed, "/f", 1 << 20);
  REQUIRE(content.ok());
  return *content;
}

// Names as a crash that loses all and one that keeps all must leave them.
struct PlainNames {
  std::map<std::string, char> now;
  std::map<std::string, char> durable;
};

std::map<std::string, char> names_on(FileSystem& fs) {
  std::map<std::string, char> names;
  const auto listed = fs.list("/d");
  if (!listed.ok()) return names;
  for (const DirectoryEntry& entry : *listed) {
    const auto content = read_whole_file(fs, "/d/" + entry.name, 16);
    REQUIRE(content.ok());
    REQUIRE(content->size() == 1);
    names[entry.name] = static_cast<char>(content->front());
  }
  return names;
}

}  // namespace

TEST_CASE("a crash leaves of a file what the kind of crash allows, and no other byte") {
  size_t in_between = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    MemoryFileSystem disk;
    WrittenFile file(disk);
    for (int step = 0; step < 12; ++step) {
      file.change(random);
      if (random() % 5 == 0) file.sync();
      CHECK(content_after(disk, CrashKind::lost, random()) == file.durable());
      CHECK(content_after(disk, CrashKind::kept, random()) == file.now());
      CHECK(*disk.durable_content("/f") == file.durable());
      const Bytes torn = content_after(disk, CrashKind::torn, random());
      CHECK(file.is_torn_state(torn));
      const Bytes reordered = content_after(disk, CrashKind::reordered, random());
      CHECK(file.had_size(reordered.size()));
      for (size_t at = 0; at < reordered.size(); ++at) {
        if (!file.had_byte(at, reordered[at])) {
          CAPTURE(at);
          FAIL("a byte that was never there");
        }
      }
      if (torn != file.durable() && torn != file.now()) ++in_between;
    }
  }
  CHECK(in_between > 500);  // or the crashes above were all the simple ones
}

TEST_CASE("two crashes of one moment with one seed are one, and the disk goes on as before") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    MemoryFileSystem disk;
    WrittenFile file(disk);
    for (int step = 0; step < 5; ++step) file.change(random);
    for (const CrashKind kind : {CrashKind::torn, CrashKind::reordered}) {
      CHECK(content_after(disk, kind, seed) == content_after(disk, kind, seed));
    }
    CHECK(content_after(disk, CrashKind::kept, 0) == file.now());
    file.sync();
    for (const CrashKind kind :
         {CrashKind::lost, CrashKind::kept, CrashKind::torn, CrashKind::reordered}) {
      CHECK(content_after(disk, kind, seed) == file.now());
    }
  }
}

TEST_CASE("names survive a crash as their directory was synced, whatever the order of changes") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    MemoryFileSystem disk;
    REQUIRE(disk.create_directories("/d").ok());
    REQUIRE(disk.sync_directory("/").ok());
    PlainNames model;
    std::set<char> written;
    char next = 'A';
    for (int step = 0; step < 20; ++step) {
      const std::string name(1, static_cast<char>('a' + random() % 4));
      const std::string other(1, static_cast<char>('a' + random() % 4));
      switch (random() % 5) {
        case 0:
          REQUIRE(disk.sync_directory("/d").ok());
          model.durable = model.now;
          break;
        case 1:
          CHECK(disk.remove_file("/d/" + name).ok() == (model.now.erase(name) == 1));
          break;
        case 2:
          if (name == other) break;
          CHECK(disk.rename("/d/" + name, "/d/" + other).ok() == model.now.contains(name));
          if (model.now.contains(name)) {
            model.now[other] = model.now[name];
            model.now.erase(name);
          }
          break;
        default: {
          if (model.now.contains(name)) break;
          auto made = disk.open("/d/" + name, OpenMode::create_new);
          REQUIRE(made.ok());
          const auto content = static_cast<uint8_t>(next);
          REQUIRE((*made)->write_at(Position(0), {&content, 1}).ok());
          REQUIRE((*made)->sync_data().ok());
          written.insert(next);
          model.now[name] = next++;
          break;
        }
      }
      CHECK(names_on(disk) == model.now);
      CHECK(names_on(*disk.after_crash(CrashKind::lost)) == model.durable);
      CHECK(names_on(*disk.after_crash(CrashKind::kept)) == model.now);
      for (const CrashKind kind : {CrashKind::torn, CrashKind::reordered}) {
        for (const auto& [left, content] : names_on(*disk.after_crash(kind, random()))) {
          CHECK(written.contains(content));
        }
      }
    }
  }
}

TEST_CASE("a torn crash of names is a prefix of what happened") {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    MemoryFileSystem disk;
    REQUIRE(disk.create_directories("/d").ok());
    REQUIRE(disk.sync_directory("/").ok());
    std::map<std::string, char> now;
    std::set<std::map<std::string, char>> prefixes = {now};
    for (int step = 0; step < 8; ++step) {
      const std::string name(1, static_cast<char>('a' + random() % 3));
      if (now.contains(name)) {
        REQUIRE(disk.remove_file("/d/" + name).ok());
        now.erase(name);
      } else {
        auto made = disk.open("/d/" + name, OpenMode::create_new);
        REQUIRE(made.ok());
        const uint8_t content = 'x';
        REQUIRE((*made)->write_at(Position(0), {&content, 1}).ok());
        REQUIRE((*made)->sync_data().ok());
        now[name] = 'x';
      }
      prefixes.insert(now);
    }
    for (int crash = 0; crash < 20; ++crash) {
      CHECK(prefixes.contains(names_on(*disk.after_crash(CrashKind::torn, random()))));
    }
  }
}

}  // namespace odradek
