// The pieces that the disk in memory is made of.
#include "file/memory_node.h"

#include <set>
#include <string>
#include <utility>

#include <doctest/doctest.h>

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

FileOperation write(int64_t at, std::string_view text) {
  return {FileOperation::Kind::write, Position(at), 0, Bytes(text.begin(), text.end())};
}
FileOperation truncate(int64_t size) {
  return {FileOperation::Kind::truncate, Position(0), size, {}};
}
FileOperation allocate(int64_t size) {
  return {FileOperation::Kind::allocate, Position(0), size, {}};
}

// Takes every choice as the highest or the lowest number.
uint64_t highest(uint64_t bound) { return bound - 1; }
uint64_t lowest(uint64_t) { return 0; }

std::shared_ptr<MemoryDirectory> directory() { return std::make_shared<MemoryDirectory>(); }
MemoryEntry file(std::string_view text) {
  return {std::make_shared<MemoryFile>(Bytes(text.begin(), text.end())), nullptr};
}
std::set<std::string> names_in(const MemoryDirectory& directory) {
  std::set<std::string> names;
  for (const auto& [name, entry] : directory.entries) names.insert(name);
  return names;
}

}  // namespace

TEST_CASE("content is the durable content with the journal applied, and sync makes them one") {
  MemoryFile file(Bytes{'a', 'b', 'c', 'd'});
  CHECK(file.content() == file.durable());
  file.apply(write(2, "XYZ"));
  file.apply(truncate(4));
  file.apply(allocate(6));
  CHECK(file.content() == Bytes{'a', 'b', 'X', 'Y', 0, 0});
  CHECK(file.durable() == Bytes{'a', 'b', 'c', 'd'});
  CHECK(file.journal().size() == 3);
  file.sync();
  CHECK(file.durable() == file.content());
  CHECK(file.journal().empty());
}

TEST_CASE("room is taken in whole pages by writes and reservations, and given back by a cut") {
  MemoryFile file;
  CHECK(file.room() == 0);
  file.apply(write(0, "x"));
  CHECK(file.room() == 4096);
  CHECK(file.room_after(write(4096, "x")) == 8192);
  CHECK(file.room() == 4096);  // asking takes nothing
  file.apply(allocate(10000));
  CHECK(file.room() == 12288);
  file.apply(truncate(20000));  // a hole takes no room
  CHECK(file.room() == 12288);
  file.apply(truncate(1));
  CHECK(file.room() == 4096);
  CHECK(MemoryFile(Bytes(5000)).room() == 8192);
}

TEST_CASE("the extremes of torn and reordered are lost and kept") {
  MemoryFile file(Bytes(600, 'a'));
  file.apply(write(100, std::string(2000, 'b')));
  file.apply(truncate(1500));
  file.apply(write(1400, std::string(300, 'c')));
  for (CrashKind kind : {CrashKind::torn, CrashKind::reordered}) {
    CHECK(file.after_crash(kind, highest).size() >= file.content().size());
    CHECK(file.after_crash(kind, lowest) == file.durable());
  }
  CHECK(file.after_crash(CrashKind::torn, highest) == file.content());
  CHECK(file.after_crash(CrashKind::lost, highest) == file.durable());
  CHECK(file.after_crash(CrashKind::kept, lowest) == file.content());
}

TEST_CASE("an operation of names moves, makes or removes one entry") {
  const auto from = directory();
  const auto to = directory();
  const MemoryEntry entry = file("x");
  apply_names({nullptr, "", from, "a", entry}, &MemoryDirectory::entries);
  CHECK(names_in(*from) == std::set<std::string>{"a"});
  CHECK(from->durable_entries.empty());
  const NamespaceOperation rename{from, "a", to, "b", entry};
  CHECK(rename.touches(*from));
  CHECK(rename.touches(*to));
  CHECK_FALSE(rename.touches(*directory()));
  apply_names(rename, &MemoryDirectory::entries);
  CHECK(names_in(*from).empty());
  CHECK(names_in(*to) == std::set<std::string>{"b"});
  apply_names({to, "b", nullptr, "", entry}, &MemoryDirectory::entries);
  CHECK(names_in(*to).empty());
}

TEST_CASE("a tree after a crash shares nothing with the one before") {
  const auto root = directory();
  root->entries["f"] = root->durable_entries["f"] = file("old");
  const auto crashed = tree_after_crash(*root, {}, CrashKind::kept, lowest);
  root->entries["f"].file->apply(write(0, "new"));
  CHECK(crashed->entries.at("f").file->content() == Bytes{'o', 'l', 'd'});
  CHECK(crashed->entries.at("f").file->durable() == Bytes{'o', 'l', 'd'});
  CHECK(names_in(*crashed) == std::set<std::string>{"f"});
}

TEST_CASE("a torn crash of names leaves a prefix of the operations") {
  const auto root = directory();
  std::vector<NamespaceOperation> journal;
  for (const char* name : {"a", "b", "c"}) {
    journal.push_back({nullptr, "", root, name, file(name)});
    apply_names(journal.back(), &MemoryDirectory::entries);
  }
  const std::vector<std::set<std::string>> expected = {{}, {"a"}, {"a", "b"}, {"a", "b", "c"}};
  for (uint64_t kept = 0; kept <= 3; ++kept) {
    bool first = true;
    const auto choose = [&](uint64_t bound) {
      if (!std::exchange(first, false)) return uint64_t{0};
      CHECK(bound == 4);
      return kept;
    };
    CHECK(names_in(*tree_after_crash(*root, journal, CrashKind::torn, choose)) == expected[kept]);
  }
  CHECK(names_in(*tree_after_crash(*root, journal, CrashKind::lost, highest)).empty());
}

}  // namespace odradek
