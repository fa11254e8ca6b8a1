#include "file/memory_node.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "base/assert.h"

namespace odradek {
namespace {

constexpr int64_t kSectorBytes = 512;
constexpr int64_t kRoomStep = 4096;

int64_t in_whole_pages(int64_t size) { return (size + kRoomStep - 1) / kRoomStep * kRoomStep; }

int64_t end_of(const FileOperation& write) {
  return write.at.value + static_cast<int64_t>(write.bytes.size());
}

void write_piece(std::vector<uint8_t>* content, const FileOperation& write, int64_t from,
                 int64_t to) {
  ASSERT(from >= write.at.value && from <= to && to <= end_of(write));
  if (content->size() < static_cast<size_t>(to)) content->resize(static_cast<size_t>(to));
  const auto* bytes = write.bytes.data() + (from - write.at.value);
  std::copy(bytes, bytes + (to - from), content->begin() + from);
}

void apply_whole(std::vector<uint8_t>* content, const FileOperation& operation) {
  const auto size = static_cast<size_t>(operation.size);
  switch (operation.kind) {
    case FileOperation::Kind::write:
      write_piece(content, operation, operation.at.value, end_of(operation));
      break;
    case FileOperation::Kind::truncate:
      content->resize(size);
      break;
    case FileOperation::Kind::allocate:
      if (content->size() < size) content->resize(size);
      break;
  }
}

// Calls `visit` for each piece of the write that lies in one sector of the disk.
template <class Visit>
void for_each_sector(const FileOperation& write, Visit visit) {
  for (int64_t from = write.at.value; from < end_of(write);) {
    const int64_t to = std::min(end_of(write), (from / kSectorBytes + 1) * kSectorBytes);
    visit(from, to);
    from = to;
  }
}

std::vector<uint8_t> torn(std::vector<uint8_t> content, const std::vector<FileOperation>& journal,
                          const CrashChoice& choose) {
  const size_t whole = choose(journal.size() + 1);
  for (size_t i = 0; i < whole; ++i) apply_whole(&content, journal[i]);
  if (whole == journal.size() || journal[whole].kind != FileOperation::Kind::write) return content;
  uint64_t sectors = 0;
  for_each_sector(journal[whole], [&](int64_t, int64_t) { ++sectors; });
  uint64_t kept = choose(sectors + 1);
  for_each_sector(journal[whole], [&](int64_t from, int64_t to) {
    if (kept > 0) write_piece(&content, journal[whole], from, to);
    kept -= kept > 0 ? 1 : 0;
  });
  return content;
}

// Whether the piece would leave the content as it is; room that was never written holds zeros.
bool is_there(const std::vector<uint8_t>& content, const FileOperation& write, int64_t from,
              int64_t to) {
  const auto* bytes = write.bytes.data() + (from - write.at.value);
  for (int64_t at = from; at < to; ++at, ++bytes) {
    const auto index = static_cast<size_t>(at);
    if (*bytes != (index < content.size() ? content[index] : 0)) return false;
  }
  return true;
}

// Every size that the file had, the durable one first and the present one last.
std::vector<size_t> sizes_of(size_t durable, const std::vector<FileOperation>& journal) {
  std::vector<size_t> sizes{durable};
  size_t size = durable;
  for (const FileOperation& operation : journal) {
    const auto end = static_cast<size_t>(
        operation.kind == FileOperation::Kind::write ? end_of(operation) : operation.size);
    size = operation.kind == FileOperation::Kind::truncate ? end : std::max(size, end);
    if (std::find(sizes.begin(), sizes.end(), size) == sizes.end()) sizes.push_back(size);
  }
  if (sizes.back() == size) return sizes;
  if (size != durable) sizes.erase(std::find(sizes.begin(), sizes.end(), size));
  sizes.push_back(size);
  return sizes;
}

std::vector<uint8_t> reordered(std::vector<uint8_t> content,
                               const std::vector<FileOperation>& journal,
                               const CrashChoice& choose) {
  const std::vector<size_t> sizes = sizes_of(content.size(), journal);
  for (const FileOperation& operation : journal) {
    if (operation.kind == FileOperation::Kind::write) {
      for_each_sector(operation, [&](int64_t from, int64_t to) {
        if (is_there(content, operation, from, to)) return;
        if (choose(2) == 1) write_piece(&content, operation, from, to);
      });
    } else if (operation.kind == FileOperation::Kind::truncate && choose(2) == 1) {
      apply_whole(&content, operation);
    }
  }
  // The size is a piece of its own: bytes may be there without it, and it without the bytes.
  content.resize(sizes[choose(sizes.size())]);
  return content;
}

}  // namespace

MemoryFile::MemoryFile(std::vector<uint8_t> content)
    : content_(std::move(content)),
      durable_(content_),
      room_(in_whole_pages(static_cast<int64_t>(content_.size()))) {}

int64_t MemoryFile::room_after(const FileOperation& operation) const {
  switch (operation.kind) {
    case FileOperation::Kind::write:
      return std::max(room_, in_whole_pages(end_of(operation)));
    case FileOperation::Kind::allocate:
      return std::max(room_, in_whole_pages(operation.size));
    case FileOperation::Kind::truncate:
      break;
  }
  // Growing by truncation makes a hole, which takes no room until it is written.
  return std::min(room_, in_whole_pages(operation.size));
}

void MemoryFile::apply(FileOperation operation) {
  room_ = room_after(operation);
  apply_whole(&content_, operation);
  journal_.push_back(std::move(operation));
}

void MemoryFile::sync() {
  for (const FileOperation& operation : journal_) apply_whole(&durable_, operation);
  journal_.clear();
  ASSERT(durable_.size() == content_.size());
}

std::vector<uint8_t> MemoryFile::after_crash(CrashKind kind, const CrashChoice& choose) const {
  switch (kind) {
    case CrashKind::lost:
      return durable_;
    case CrashKind::kept:
      return content_;
    case CrashKind::torn:
      return torn(durable_, journal_, choose);
    case CrashKind::reordered:
      return reordered(durable_, journal_, choose);
  }
  UNREACHABLE("crash kind");
}

void apply_names(const NamespaceOperation& operation, NamespaceEntries which) {
  if (operation.from_directory) {
    ((*operation.from_directory).*which).erase(operation.from_name);
  }
  if (operation.to_directory) {
    ((*operation.to_directory).*which)[operation.to_name] = operation.entry;
  }
}

namespace {

using Names = std::map<const MemoryDirectory*, std::map<std::string, MemoryEntry>>;
using Name = std::pair<const MemoryDirectory*, std::string>;

// Names of one directory in the crashed tree: durable ones until an operation touched them.
std::map<std::string, MemoryEntry>& names_of(Names* names, const MemoryDirectory& directory) {
  return names->try_emplace(&directory, directory.durable_entries).first->second;
}

void apply_surviving(const NamespaceOperation& operation, Names* names) {
  if (operation.from_directory) {
    names_of(names, *operation.from_directory).erase(operation.from_name);
  }
  if (operation.to_directory) {
    names_of(names, *operation.to_directory)[operation.to_name] = operation.entry;
  }
}

std::vector<Name> names_in(const NamespaceOperation& operation) {
  std::vector<Name> names;
  if (operation.from_directory) {
    names.emplace_back(operation.from_directory.get(), operation.from_name);
  }
  if (operation.to_directory) {
    names.emplace_back(operation.to_directory.get(), operation.to_name);
  }
  return names;
}

// Decides operation by operation; one that touches a name of a lost one is lost as well.
void apply_any(const std::vector<NamespaceOperation>& journal, const CrashChoice& choose,
               Names* names) {
  std::set<Name> lost;
  for (const NamespaceOperation& operation : journal) {
    const std::vector<Name> touched = names_in(operation);
    bool survives = choose(2) == 1;
    for (const Name& name : touched) survives = survives && !lost.contains(name);
    if (survives) {
      apply_surviving(operation, names);
    } else {
      lost.insert(touched.begin(), touched.end());
    }
  }
}

std::shared_ptr<MemoryDirectory> rebuild(const MemoryDirectory& directory, Names* names,
                                         CrashKind kind, const CrashChoice& choose) {
  auto rebuilt = std::make_shared<MemoryDirectory>();
  for (const auto& [name, entry] : names_of(names, directory)) {
    MemoryEntry copy;
    if (entry.file) {
      copy.file = std::make_shared<MemoryFile>(entry.file->after_crash(kind, choose));
      copy.file->modified = entry.file->modified;
    } else {
      copy.directory = rebuild(*entry.directory, names, kind, choose);
    }
    rebuilt->entries[name] = copy;
  }
  rebuilt->durable_entries = rebuilt->entries;
  return rebuilt;
}

}  // namespace

namespace {

// Multiplies and folds words of eight bytes: fast, and good enough to tell disks apart.
constexpr uint64_t kHashStart = 0xcbf29ce484222325;

uint64_t add_word(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 29);
}

uint64_t add_bytes(uint64_t hash, const uint8_t* bytes, size_t size) {
  hash = add_word(hash, size);
  for (; size >= 8; bytes += 8, size -= 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes, 8);
    hash = add_word(hash, word);
  }
  for (; size > 0; ++bytes, --size) hash = add_word(hash, *bytes);
  return hash;
}

uint64_t fingerprint_of(const MemoryFile& file) {
  const uint64_t hash = add_bytes(kHashStart, file.content().data(), file.content().size());
  if (file.journal().empty()) return hash;
  return add_bytes(hash, file.durable().data(), file.durable().size());
}

}  // namespace

uint64_t fingerprint_of(const MemoryDirectory& directory) {
  uint64_t hash = kHashStart;
  for (const auto names : {&MemoryDirectory::entries, &MemoryDirectory::durable_entries}) {
    hash = add_word(hash, (directory.*names).size());
    for (const auto& [name, entry] : directory.*names) {
      hash = add_bytes(hash, reinterpret_cast<const uint8_t*>(name.data()), name.size());
      hash = add_word(hash,
                      entry.file ? fingerprint_of(*entry.file) : fingerprint_of(*entry.directory));
    }
  }
  return hash;
}

std::shared_ptr<MemoryDirectory> tree_after_crash(const MemoryDirectory& root,
                                                  const std::vector<NamespaceOperation>& journal,
                                                  CrashKind kind, const CrashChoice& choose) {
  Names names;
  if (kind == CrashKind::reordered) {
    apply_any(journal, choose, &names);
  } else if (kind != CrashKind::lost) {
    const size_t kept = kind == CrashKind::kept ? journal.size() : choose(journal.size() + 1);
    for (size_t i = 0; i < kept; ++i) apply_surviving(journal[i], &names);
  }
  return rebuild(root, &names, kind, choose);
}

namespace {

// Copies each node once, whoever leads to it.
class TreeCopy {
 public:
  std::shared_ptr<MemoryDirectory> copy(const MemoryDirectory& directory) {
    auto& made = directories_[&directory];
    if (made) return made;
    made = std::make_shared<MemoryDirectory>();
    auto result = made;  // the reference does not outlive the next one made
    for (const auto names : {&MemoryDirectory::entries, &MemoryDirectory::durable_entries}) {
      for (const auto& [name, entry] : directory.*names) (*result.*names)[name] = copy(entry);
    }
    return result;
  }
  MemoryEntry copy(const MemoryEntry& entry) {
    MemoryEntry made;
    if (entry.directory) made.directory = copy(*entry.directory);
    if (!entry.file) return made;
    auto& file = files_[entry.file.get()];
    if (!file) file = std::make_shared<MemoryFile>(*entry.file);
    made.file = file;
    return made;
  }

 private:
  std::map<const MemoryDirectory*, std::shared_ptr<MemoryDirectory>> directories_;
  std::map<const MemoryFile*, std::shared_ptr<MemoryFile>> files_;
};

}  // namespace

std::shared_ptr<MemoryDirectory> copy_of_tree(const MemoryDirectory& root,
                                              std::vector<NamespaceOperation>* journal) {
  TreeCopy copies;
  auto copied = copies.copy(root);
  for (NamespaceOperation& operation : *journal) {
    for (auto* directory : {&operation.from_directory, &operation.to_directory}) {
      if (*directory) *directory = copies.copy(**directory);
    }
    operation.entry = copies.copy(operation.entry);
  }
  return copied;
}

}  // namespace odradek
