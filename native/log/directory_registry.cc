#include "log/directory_registry.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "base/assert.h"

namespace odradek {

using DirectoryKey = std::pair<uint64_t, uint64_t>;  // device, inode

struct DirectoryLease::Entry {
  enum class State : uint8_t { opening, open, stopping };
  DirectoryKey key;
  State state = State::opening;
  int leases = 0;                      // Invariant: > 0 while open
  int visits = 0;                      // begun while open; the last lease waits for their ends
  BrokerEpoch epoch = kNoBrokerEpoch;  // the largest that a share was closed with
  std::unique_ptr<LogDirectory> directory;
};

struct DirectoryLease::Registry {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<DirectoryKey, std::shared_ptr<Entry>> entries;
};

DirectoryLease::Registry& DirectoryLease::registry() {
  static auto* const registry = new Registry();  // outlives every thread of the process
  return *registry;
}

namespace {

LogError sentence(const FileError& error) {
  return LogError{ErrorCode::kafka_storage_error, error.detail, {}};
}

FileResult<DirectoryKey> key_of(const LogDirectoryOptions& options) {
  FileSystem& fs = *options.file_system;
  RETURN_IF_ERROR(fs.create_directories(options.path));
  auto status = fs.status(options.path);
  if (!status) return Err(status.error());
  return DirectoryKey{status->device, status->inode};
}

}  // namespace

LogResult<std::unique_ptr<DirectoryLease>> DirectoryLease::acquire(
    const LogDirectoryOptions& options) {
  ASSERT(options.file_system != nullptr && options.clock != nullptr);
  auto key = key_of(options);
  if (!key) {
    // What has no identity cannot be shared; an open says best what is wrong with it.
    auto refused = LogDirectory::open(options);
    return Err(refused.ok() ? sentence(key.error()) : refused.error());
  }

  Registry& all = registry();
  auto entry = std::make_shared<Entry>();
  entry->key = *key;
  {
    std::unique_lock lock(all.mutex);
    for (;;) {
      auto found = all.entries.find(*key);
      if (found == all.entries.end()) break;
      if (found->second->state == Entry::State::open) {
        found->second->leases += 1;
        return std::unique_ptr<DirectoryLease>(new DirectoryLease(found->second));
      }
      all.changed.wait(lock);
    }
    all.entries.emplace(*key, entry);
  }

  auto opened = LogDirectory::open(options);
  std::unique_lock lock(all.mutex);
  if (!opened) {
    all.entries.erase(*key);
    all.changed.notify_all();
    return Err(opened.error());
  }
  entry->directory = std::move(opened).value();
  entry->leases = 1;
  entry->state = Entry::State::open;
  all.changed.notify_all();
  return std::unique_ptr<DirectoryLease>(new DirectoryLease(std::move(entry)));
}

LogDirectory& DirectoryLease::directory() const {
  ASSERT(entry_ != nullptr);
  return *entry_->directory;
}

// Empty where it is not open, or about to close.
std::shared_ptr<DirectoryLease::Entry> DirectoryLease::begin_visit(const FileSystem& file_system,
                                                                   const std::string& path) {
  const auto status = file_system.status(path);
  if (!status) return nullptr;
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  const auto found = all.entries.find({status->device, status->inode});
  if (found == all.entries.end() || found->second->state != Entry::State::open) return nullptr;
  found->second->visits += 1;
  return found->second;
}

void DirectoryLease::end_visit(Entry& entry) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  ASSERT(entry.visits > 0);
  entry.visits -= 1;
  if (entry.visits == 0) all.changed.notify_all();
}

std::vector<std::shared_ptr<PartitionLog>> DirectoryLease::find_logs(const FileSystem& file_system,
                                                                     const std::string& path,
                                                                     const std::string& topic,
                                                                     const Uuid& topic_id) {
  std::vector<std::shared_ptr<PartitionLog>> logs;
  const std::shared_ptr<Entry> entry = begin_visit(file_system, path);
  if (entry == nullptr) return logs;
  for (int32_t partition = 0;; ++partition) {
    auto log = entry->directory->find({topic, PartitionIndex(partition)});
    if (log == nullptr || log->topic_id() != topic_id) break;
    logs.push_back(std::move(log));
  }
  end_visit(*entry);
  return logs;
}

LogResult<bool> DirectoryLease::release(bool clean, BrokerEpoch epoch) {
  Registry& all = registry();
  std::shared_ptr<Entry> entry = std::exchange(entry_, nullptr);
  {
    std::unique_lock lock(all.mutex);
    ASSERT(entry->state == Entry::State::open && entry->leases > 0);
    entry->leases -= 1;
    entry->epoch = std::max(entry->epoch, epoch);
    if (entry->leases > 0) return true;
    entry->state = Entry::State::stopping;  // newcomers now wait until it is gone
    all.changed.wait(lock, [&] { return entry->visits == 0; });
  }
  LogResult<bool> result = clean ? entry->directory->close(entry->epoch) : LogResult<bool>(true);
  entry->directory.reset();
  std::unique_lock lock(all.mutex);
  all.entries.erase(entry->key);
  all.changed.notify_all();
  return result;
}

LogResult<bool> DirectoryLease::close(BrokerEpoch epoch) {
  if (entry_ == nullptr) return true;
  return release(true, epoch);
}

DirectoryLease::~DirectoryLease() {
  if (entry_ != nullptr) (void)release(false, kNoBrokerEpoch);
}

}  // namespace odradek
