// A log directory with everything in it that can be damaged, and what checks and damages it.
#pragma once

#include <map>

#include "../log/eventful_log.h"
#include "check/directory_check.h"
#include "check_words.h"
#include "log/header_cursor.h"

namespace odradek {

// A directory with such a log, in use.
inline void fill(DirectoryFixture& fixture, uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  fixture.open();
  REQUIRE(fixture.directory->format({std::string(22, 'c'), 1, std::string(22, 'd')}).ok());
  append_events(fixture, random);
}

// The same after a clean stop; returns its disk.
inline FileSystem& fill_and_close(DirectoryFixture& fixture, uint64_t seed = 1) {
  fill(fixture, seed);
  fixture.close();
  return *fixture.disk;
}

// Of a file in the folder of the log.
inline std::string path_of(const std::string& name) { return std::string(kFolder) + "/" + name; }

struct Checked {
  DirectoryReport directory;
  PartitionReport partition;
  std::string words() const { return words_of(directory.findings) + words_of(partition.findings); }
};

inline Checked check(FileSystem& fs) {
  auto check = DirectoryCheck::open(fs, "/data");
  REQUIRE_MESSAGE(check.ok(), (check.ok() ? std::string() : check.error().detail));
  REQUIRE((*check)->report().partitions.size() == 1);
  auto partition = (*check)->check(0);
  REQUIRE_MESSAGE(partition.ok(), (partition.ok() ? std::string() : partition.error().detail));
  return {(*check)->report(), std::move(*partition)};
}

inline std::vector<std::string> files_in(FileSystem& fs, const std::string& folder,
                                         const std::string& suffix) {
  std::vector<std::string> names;
  auto entries = fs.list(folder);
  REQUIRE(entries.ok());
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.is_directory && entry.name.ends_with(suffix)) names.push_back(entry.name);
  }
  return names;
}

inline std::vector<uint8_t> content(FileSystem& fs, const std::string& path) {
  auto bytes = read_whole_file(fs, path, 1U << 30);
  REQUIRE(bytes.ok());
  return std::move(*bytes);
}

inline void write(FileSystem& fs, const std::string& path, size_t at, uint8_t byte) {
  auto file = fs.open(path, OpenMode::read_write);
  REQUIRE(file.ok());
  REQUIRE((*file)->write_at(Position(static_cast<int64_t>(at)), {&byte, 1}).ok());
}

inline void cut(FileSystem& fs, const std::string& path, int64_t size) {
  auto file = fs.open(path, OpenMode::read_write);
  REQUIRE(file.ok());
  REQUIRE((*file)->truncate(size).ok());
}

// Where each batch of a segment begins, with its header; the last key is the size.
inline std::map<int64_t, BatchHeader> batches_of(FileSystem& fs, const std::string& path) {
  auto file = fs.open(path, OpenMode::read);
  REQUIRE(file.ok());
  std::map<int64_t, BatchHeader> batches;
  HeaderCursor cursor(**file, Position(0), Position(*(*file)->size()));
  for (;;) {
    auto more = cursor.next();
    REQUIRE(more.ok());
    if (!*more) return batches;
    batches[cursor.position().value] = cursor.header();
  }
}

}  // namespace odradek
