// What the disk in memory is made of: files that know which of their bytes are synced, directories
// that know which of their entries are. Used by memory_file_system.h alone; not thread-safe.
//
// A file is its durable content and a journal of the operations since its last sync; what readers
// see is both together. A crash builds new content out of the same two: that is the whole model.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"

namespace odradek {

// One change of a file that is not synced yet.
struct FileOperation {
  enum class Kind : uint8_t { write, truncate, allocate };
  Kind kind = Kind::write;
  Position at;                 // of a write
  int64_t size = 0;            // new size of a truncate; least size of an allocate
  std::vector<uint8_t> bytes;  // of a write; a window's store is a write of its whole pages
};

// What a power failure leaves of everything that was not synced.
enum class CrashKind : uint8_t {
  lost,       // nothing
  kept,       // all of it, as unsynced as it was: the process died, not the machine
  torn,       // per file a prefix of its operations, the last one cut at a sector of 512 bytes;
              // of the directory operations a prefix
  reordered,  // any set of sectors, any of the sizes the file had, any set of directory operations
              // that do not build on a missing one; 0 for each choice loses all, and the highest
              // number for each keeps all
};

// Where a crash may go either way: returns a number in [0, bound), bound >= 1. A seeded random
// source makes one crash; one that enumerates makes all of them.
using CrashChoice = std::function<uint64_t(uint64_t bound)>;

// A file's bytes, its unsynced changes and the room it takes. Knows no names: those are entries.
class MemoryFile {
 public:
  MemoryFile() = default;
  // A file whose content is durable.
  explicit MemoryFile(std::vector<uint8_t> content);

  const std::vector<uint8_t>& content() const { return content_; }
  const std::vector<uint8_t>& durable() const { return durable_; }
  const std::vector<FileOperation>& journal() const { return journal_; }
  // Bytes taken from the disk: the larger of size and reservation, in whole pages.
  int64_t room() const { return room_; }

  void apply(FileOperation operation);
  // Makes the journal durable and empties it.
  void sync();
  // The content that a crash of this kind leaves.
  std::vector<uint8_t> after_crash(CrashKind kind, const CrashChoice& choose) const;

  TimestampMs modified{0};  // when it was changed last
  bool cached = true;       // false: read_cached_at refuses until a read_at brought the file in

  // Room that the file would take after the operation.
  int64_t room_after(const FileOperation& operation) const;

 private:
  // Invariant: content_ is durable_ with journal_ applied in order.
  std::vector<uint8_t> content_;
  std::vector<uint8_t> durable_;
  std::vector<FileOperation> journal_;
  int64_t room_ = 0;
};

struct MemoryDirectory;

// A name's target: exactly one of the two.
struct MemoryEntry {
  std::shared_ptr<MemoryFile> file;
  std::shared_ptr<MemoryDirectory> directory;

  bool exists() const { return file != nullptr || directory != nullptr; }
};

// Names as everybody sees them, and as a crash that loses everything leaves them.
struct MemoryDirectory {
  std::map<std::string, MemoryEntry> entries;
  std::map<std::string, MemoryEntry> durable_entries;
};

// One change of names that is not synced yet: a creation (`from_directory` null), a removal
// (`to_directory` null) or a rename. It happens as a whole or not at all.
struct NamespaceOperation {
  std::shared_ptr<MemoryDirectory> from_directory;
  std::string from_name;
  std::shared_ptr<MemoryDirectory> to_directory;
  std::string to_name;
  MemoryEntry entry;

  bool touches(const MemoryDirectory& directory) const {
    return from_directory.get() == &directory || to_directory.get() == &directory;
  }
};

using NamespaceEntries = std::map<std::string, MemoryEntry> MemoryDirectory::*;

// Applies the operation to the present (&MemoryDirectory::entries) or durable names.
void apply_names(const NamespaceOperation& operation, NamespaceEntries which);

// A hash of all names and bytes below the directory, as they are now and as they are durable.
uint64_t fingerprint_of(const MemoryDirectory& directory);

// The tree under `root` that a crash leaves, as new nodes. `journal` holds the unsynced operations
// in order.
std::shared_ptr<MemoryDirectory> tree_after_crash(const MemoryDirectory& root,
                                                  const std::vector<NamespaceOperation>& journal,
                                                  CrashKind kind, const CrashChoice& choose);

// The same tree as new nodes, with all that is not synced in it and in `journal`, whose operations
// are then of the new nodes.
std::shared_ptr<MemoryDirectory> copy_of_tree(const MemoryDirectory& root,
                                              std::vector<NamespaceOperation>* journal);

}  // namespace odradek
