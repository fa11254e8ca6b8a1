// The same random calls on the machine's file system and on the one in memory: every answer must be
// the same, or tests that run on the model prove nothing about the disk.
#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "file/memory_file_system.h"
#include "temporary_directory.h"

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937_64;

// One of the two, with what is open on it.
struct Side {
  Side(FileSystem& file_system, std::string root) : fs(file_system), root(std::move(root)) {}

  std::string path(const std::string& name) const {
    return name.empty() ? root : root + "/" + name;
  }

  FileSystem& fs;
  std::string root;
  std::map<int, std::unique_ptr<File>> open;
};

// How a call ended, in words that compare.
template <class T>
std::string outcome(const Result<T, FileError>& result) {
  if (result.ok()) return "ok";
  CHECK_FALSE(result.error().detail.empty());
  return "error " + std::to_string(static_cast<int>(result.error().kind));
}

std::string listing(FileSystem& fs, const std::string& path) {
  auto entries = fs.list(path);
  if (!entries.ok()) return outcome(entries);
  std::string text;
  for (const DirectoryEntry& entry : *entries) {
    text += entry.name + (entry.is_directory ? "/ " : " ");
  }
  return text;
}

// Everything below `path`, with the content of the files.
std::string tree(FileSystem& fs, const std::string& path) {
  auto entries = fs.list(path);
  REQUIRE(entries.ok());
  std::string text;
  for (const DirectoryEntry& entry : *entries) {
    const std::string child = path + "/" + entry.name;
    text += entry.name;
    if (entry.is_directory) {
      text += "{" + tree(fs, child) + "}";
    } else {
      const auto content = read_whole_file(fs, child, 1 << 20);
      REQUIRE(content.ok());
      text += "=" + std::string(as_text(*content));
    }
  }
  return text;
}

class Scenario {
 public:
  explicit Scenario(uint64_t seed)
      : random_(seed), disk_(posix_file_system(), directory_.path()), memory_(model_, "/data") {
    REQUIRE(model_.create_directories("/data").ok());
  }

  void step() {
    const std::string one = any_name();
    const std::string other = any_name();
    CAPTURE(one);
    CAPTURE(other);
    switch (random_() % 12) {
      case 0:
        both([&](Side& side) { return outcome(side.fs.create_directories(side.path(one))); });
        break;
      case 1:
        // Moves between a directory and what lies in it fail on both, each in its own words.
        if (one == other || other.starts_with(one + "/") || one.starts_with(other + "/")) break;
        both([&](Side& side) { return outcome(side.fs.rename(side.path(one), side.path(other))); });
        break;
      case 2:
        both([&](Side& side) { return outcome(side.fs.remove_file(side.path(one))); });
        break;
      case 3:
        both([&](Side& side) { return outcome(side.fs.remove_directory(side.path(one))); });
        break;
      case 4:
        both([&](Side& side) { return listing(side.fs, side.path(one)); });
        break;
      case 5:
        status(one);
        break;
      case 6:
      case 7:
        open(one);
        break;
      default:
        use_file();
        break;
    }
  }

  void check_tree() {
    both([](Side& side) { return tree(side.fs, side.root); });
  }

 private:
  template <class Call>
  void both(Call call) {
    const std::string on_disk = call(disk_);
    const std::string in_memory = call(memory_);
    REQUIRE(in_memory == on_disk);
  }

  // Few names, so that they meet: files, directories, and things below either.
  std::string any_name() {
    static const char* const kNames[] = {"a", "b", "c", "a/x", "a/y", "b/x", "b/y/z", "b/y", "c/x"};
    return kNames[random_() % std::size(kNames)];
  }

  void status(const std::string& name) {
    both([&](Side& side) {
      const auto found = side.fs.status(side.path(name));
      if (!found.ok()) return outcome(found);
      if (found->is_directory) return std::string("directory");
      return "file of " + std::to_string(found->size);
    });
  }

  void open(const std::string& name) {
    static constexpr OpenMode kModes[] = {OpenMode::read, OpenMode::read_write, OpenMode::create,
                                          OpenMode::create_new};
    const OpenMode mode = kModes[random_() % std::size(kModes)];
    // Opening a directory fails on both, each in its own words.
    const auto found = disk_.fs.status(disk_.path(name));
    if (found.ok() && found->is_directory) return;
    const int id = next_id_++;
    both([&](Side& side) {
      auto opened = side.fs.open(side.path(name), mode);
      if (opened.ok()) side.open[id] = std::move(*opened);
      return outcome(opened);
    });
    if (disk_.open.size() > 6) close_any();
  }

  void close_any() {
    auto victim = disk_.open.begin();
    std::advance(victim, random_() % disk_.open.size());
    const int id = victim->first;
    disk_.open.erase(id);
    memory_.open.erase(id);
  }

  // Something with one of the open files, whether it still has a name or not.
  void use_file() {
    if (disk_.open.empty()) return;
    auto chosen = disk_.open.begin();
    std::advance(chosen, random_() % disk_.open.size());
    const int id = chosen->first;
    const Position at(static_cast<int64_t>(random_() % 9000));
    const auto size = static_cast<int64_t>(random_() % 10000);
    CAPTURE(at.value);
    CAPTURE(size);
    const Bytes bytes(random_() % 3000, static_cast<uint8_t>('a' + random_() % 26));
    const uint64_t kind = random_() % 24;  // 2, which waits for the disk, comes seldom
    CAPTURE(kind);
    both([&](Side& side) -> std::string {
      File& file = *side.open.at(id);
      switch (kind) {
        case 0:
        case 10:
          return outcome(file.truncate(size));
        case 1:
        case 9:
          return outcome(file.allocate(size + 1));
        case 2:
          return outcome(file.sync_data());
        case 3:
          file.start_write_back(Position(0), size);
          return std::to_string(*file.size());
        case 4:
        case 5:
        case 6:
        case 7:
        case 8: {
          Bytes into(bytes.size() + 1, 0);
          const auto got = file.read_at(at, into);
          if (!got.ok()) return outcome(got);
          into.resize(*got);
          return std::string(as_text(into));
        }
        default:
          return outcome(file.write_at(at, bytes));
      }
    });
  }

  Random random_;
  TemporaryDirectory directory_;
  MemoryFileSystem model_;
  Side disk_;
  Side memory_;
  int next_id_ = 0;
};

}  // namespace

TEST_CASE("the disk in memory answers as the machine's does, call for call") {
  for (uint64_t seed = 0; seed < 80; ++seed) {
    CAPTURE(seed);
    Scenario scenario(seed);
    for (int step = 0; step < 120; ++step) {
      CAPTURE(step);
      scenario.step();
    }
    scenario.check_tree();
  }
}

}  // namespace odradek
