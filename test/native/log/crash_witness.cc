#include "crash_witness.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/assert.h"

namespace odradek {
namespace {

constexpr size_t kReadBytes = 1 << 20;
constexpr int64_t kPartBytes[] = {2048, 3072, 5120};

std::string name_of(const TopicPartition& id) {
  return id.topic + "-" + std::to_string(id.partition.value);
}

std::string text(Offset offset) { return std::to_string(offset.value); }

}  // namespace

Witness::Witness(std::unique_ptr<MemoryFileSystem> disk, Ledger ledger, int run,
                 WitnessOptions options)
    : options_(std::move(options)), disk_(std::move(disk)), ledger_(std::move(ledger)), run_(run) {
  disk_->before_each_change(options_.hook);
  disk_->before_each_look(options_.look_hook);
}

Witness::~Witness() { kill(); }

bool Witness::violated(const std::string& what) {
  if (violation_.empty()) violation_ = what;
  return false;
}

// Nothing may be acknowledged after the first failure.
bool Witness::went_offline() {
  offline_ = true;
  for (const auto& [id, log] : logs_) {
    const Offset before = log->high_watermark();
    std::vector<uint8_t> batch = make_batch();
    auto appended = log->append(batch, AppendOrigin::client);
    if (appended.ok()) return violated(name_of(id) + " takes batches although it is offline");
    const ErrorCode code = appended.error().code;
    if (code != ErrorCode::kafka_storage_error && code != ErrorCode::not_leader_or_follower) {
      return violated(name_of(id) + " is offline and answers " + appended.error().detail);
    }
    directory_->run_once();
    if (log->high_watermark() != before) return violated(name_of(id) + " acknowledges offline");
  }
  return false;
}

// An operation that fails while the directory stays online changed nothing, and succeeds later.
template <class Operation>
bool Witness::attempt(const char* what, const Operation& operation) {
  for (bool again = false;; again = true) {
    if (stopped()) return false;
    auto done = operation();
    const std::string offline = directory_ ? directory_->offline_reason() : "";
    if (!offline.empty() && expects_failures_) return went_offline();
    if (!offline.empty()) return violated(std::string(what) + ": offline: " + offline);
    if (done.ok()) return true;
    if (again && failures_last_) {
      offline_ = true;
      return false;
    }
    if (again || !expects_failures_) {
      return violated(std::string(what) + ": " + done.error().detail);
    }
  }
}

LogDirectoryOptions Witness::directory_options() {
  LogDirectoryOptions options;
  options.path = "/data";
  options.file_system = disk_.get();
  options.clock = &clock_;
  options.background = false;
  options.reserve_bytes = 0;
  options.journal = {kPartBytes[options_.variant / 20 % 3], 3};
  if (options_.variant % 3 == 1) options.open_files_max = 1;  // each is closed for the next
  if (checkpoint_bytes_ > 0) options.checkpoint_bytes = checkpoint_bytes_;
  options.run = make_uuid(static_cast<uint8_t>(options_.same_run ? 1 : ++run_));
  return options;
}

bool Witness::start() {
  if (stopped()) return false;
  ASSERT(!directory_);
  const bool was_clean = ledger_.clean();
  ledger_.set_clean(false);
  const bool opened = attempt("open the directory", [&]() -> LogResult<bool> {
    auto directory = LogDirectory::open(directory_options());
    if (!directory.ok()) return Err(directory.error());
    directory_ = std::move(*directory);
    return true;
  });
  if (!opened) return false;
  if (!directory_->meta_properties() && ledger_.slots().empty()) {
    const MetaProperties meta{"uwSoqIjGSyubxNe3U9eC7w", 1, "DZy79DGRS4WFeyfHuGA19A"};
    if (!attempt("format", [&] { return directory_->format(meta); })) return false;
  }
  Found found;
  for (const PartitionOnDisk& partition : directory_->partitions_on_disk()) {
    found[partition.topic_partition] = partition.topic_id;
    if (!ledger_.slots().contains(partition.topic_partition)) {
      return violated("nobody made " + name_of(partition.topic_partition));
    }
  }
  const Ledger::Slots slots = ledger_.slots();
  for (const auto& [id, outcomes] : slots) {
    if (!open_slot(id, found)) return false;
  }
  if (was_clean && !directory_->recovery_report().clean) {
    return violated("a directory that was closed is not clean");
  }
  nothing_lost_ = false;
  return true;
}

bool Witness::open_slot(const TopicPartition& id, const Found& found) {
  const std::vector<Outcome> outcomes = ledger_.slots().at(id);
  const auto folder = found.find(id);
  std::vector<const LogPromise*> candidates;
  bool may_be_gone = false;
  bool may_be_unmade = false;
  for (const Outcome& outcome : outcomes) {
    // The first flush makes the folder durable.
    may_be_unmade = may_be_unmade || (outcome && outcome->durable == Offset(0));
    if (!outcome) {
      may_be_gone = true;
    } else if (folder == found.end() || outcome->topic_id == folder->second ||
               folder->second.is_zero()) {
      candidates.push_back(&*outcome);
    }
  }
  if (folder == found.end() && may_be_gone) {
    ledger_.is(id, std::nullopt);
    return true;
  }
  if (folder == found.end() && !may_be_unmade) return violated(name_of(id) + " is gone");
  if (candidates.empty()) return violated(name_of(id) + " was deleted, and is there");
  if (folder != found.end() && folder->second.is_zero() && !may_be_unmade) {
    return violated(name_of(id) + " has lost its topic id");
  }
  return take_over(id, candidates);
}

bool Witness::take_over(const TopicPartition& id,
                        const std::vector<const LogPromise*>& candidates) {
  std::shared_ptr<PartitionLog> log;
  const bool opened = attempt("open a partition", [&]() -> LogResult<bool> {
    const LogPromise& promise = *candidates.front();
    // The other way its first append makes the folder.
    auto done =
        options_.variant % 2 == 0 && id.topic != kLazyTopic
            ? directory_->open_partition(id, promise.topic_id, promise.config)
            : std::move(
                  directory_->open_partitions({{id, promise.topic_id, promise.config}}).front());
    if (!done.ok()) return Err(done.error());
    log = *done;
    return true;
  });
  if (!opened) return false;
  LogPromise found;
  const bool same = attempt("read back", [&]() -> LogResult<bool> {
    std::string difference;
    for (const LogPromise* candidate : candidates) {
      difference = differs(*log, *candidate, &found);
      if (difference.empty()) return true;
    }
    return Err(LogError{ErrorCode::unknown_server_error, name_of(id) + ": " + difference, {}});
  });
  if (!same) return false;
  ledger_.is(id, std::move(found));
  log->add_observer(this);
  logs_[id] = std::move(log);
  return true;
}

// What is wrong with a log that was just opened; nothing, and then it holds `found`.
std::string Witness::differs(const PartitionLog& log, const LogPromise& promise,
                             LogPromise* found) const {
  const Offset start = log.log_start_offset();
  const Offset end = log.log_end_offset();
  if (log.high_watermark() != end) return "not all of it is shown";
  if (asks_for_flushes(promise.config) && log.durable_offset() != end) return "not all is durable";
  if (start < promise.start_min) return "the log start went back to " + text(start);
  if (start > promise.start_max) return "the log start is " + text(start) + ", too far";
  if (end < promise.durable) {
    return "it ends at " + text(end) + " and was durable to " + text(promise.durable);
  }
  if (nothing_lost_ && end != promise.end()) return "a killed process lost batches";
  auto next = promise.batches.begin();
  while (next != promise.batches.end() && (*next)->end <= start) ++next;
  std::vector<uint8_t> bytes;
  for (Offset at = start; at < end;) {
    auto read = log.read(at, kReadBytes, ReadLimit::high_watermark, true, nullptr);
    if (!read.ok()) return "offset " + text(at) + " cannot be read: " + read.error().detail;
    bytes.resize(read->bytes);
    auto got = read->bytes > 0 ? read->file->read_at(read->position, bytes) : FileResult<size_t>(0);
    if (!got.ok() || *got != bytes.size() || bytes.empty()) return "no bytes at " + text(at);
    for (size_t from = 0; from < bytes.size(); ++next) {
      if (next == promise.batches.end()) return "there is more than was appended";
      const std::vector<uint8_t>& expected = (*next)->bytes;
      const bool same = bytes.size() - from >= expected.size() &&
                        std::equal(expected.begin(), expected.end(),
                                   bytes.begin() + static_cast<ptrdiff_t>(from));
      if (!same) return "another batch stands at offset " + text((*next)->base);
      from += expected.size();
      at = (*next)->end;
    }
  }
  *found = promise;
  found->cut(end);
  if (start < end && found->end() != end) return "it ends inside of a batch, at " + text(end);
  // More may be durable than a log knows that nobody asks for flushes.
  found->durable = std::max(promise.durable, log.durable_offset());
  found->start_min = found->start_max = start;
  return "";
}

// What no power cut may take: all that the log calls durable, and of what it acknowledges, whatever
// it calls that, all but the newest offsets that its flush.messages leaves open.
Offset Witness::owed(const PartitionLog& log) const {
  const int64_t open = log.config().flush_messages - 1;
  return std::max(log.durable_offset(), Offset(log.high_watermark().value - open));
}

void Witness::high_watermark_advanced(PartitionLog& log, Offset high_watermark) noexcept {
  if (high_watermark == kNoOffset) return;
  Offset durable = owed(log);
  if (truncating_ && truncating_->first == log.topic_partition()) {
    durable = std::min(durable, truncating_->second);
  }
  ledger_.durable(log.topic_partition(), durable);
}

bool Witness::note_durable() {
  if (stopped()) return false;
  for (const auto& [id, log] : logs_) {
    const Offset end = log->log_end_offset();
    if (end != ledger_.present(id).end() && !ledger_.present(id).batches.empty()) {
      return violated(name_of(id) + " ends at " + text(end));
    }
    if (log->durable_offset() > end || log->high_watermark() > end) {
      return violated(name_of(id) + ": more is durable or acknowledged than there is");
    }
    if (log->log_start_offset() > log->high_watermark() ||
        log->recovery_point() > log->durable_offset()) {
      return violated(name_of(id) + ": its offsets are out of order");
    }
    ledger_.durable(id, owed(*log));
  }
  return true;
}

bool Witness::create(const TopicPartition& id, const Uuid& topic_id, const LogConfig& config) {
  if (stopped()) return false;
  ASSERT(!logs_.contains(id));
  LogPromise empty;
  empty.topic_id = topic_id;
  empty.config = config;
  empty.config.segment_bytes += static_cast<int64_t>(options_.variant % 5 * 130);
  ledger_.may_become(id, empty);
  if (!take_over(id, {&empty})) return false;
  return true;
}

bool Witness::append(const TopicPartition& id, int records, size_t bytes) {
  if (stopped()) return false;
  LogPromise promise = ledger_.present(id);
  char number[32];
  std::snprintf(number, sizeof number, "%05d.%05d:", run_, ++appended_);
  BatchSpec spec;
  spec.records = records;
  spec.timestamp += int64_t{run_} * 100000 + appended_ * 10;
  spec.value = number + std::string(bytes + options_.variant / 5 % 4 * 30, 'v');
  spec.producer = ProducerId(7);
  spec.sequence = promise.next_sequence();
  std::vector<uint8_t> batch;
  const bool appended = attempt("append", [&] {
    batch = make_batch(spec);
    return logs_.at(id)->append(batch, AppendOrigin::client);
  });
  // A write that failed may have left all of it.
  auto stored = std::make_shared<const StoredBatch>(std::move(batch));
  if (!appended && stored->base != logs_.at(id)->log_end_offset()) return false;
  promise = ledger_.present(id);  // a roll may have made more durable
  promise.batches.push_back(std::move(stored));
  promise.last_records = records;
  promise.last_bytes = bytes;
  ledger_.is(id, std::move(promise));
  return appended && note_durable();
}

bool Witness::append_alike(const TopicPartition& id) {
  if (stopped()) return false;
  const LogPromise& promise = ledger_.present(id);
  return append(id, promise.last_records, promise.last_bytes);
}

bool Witness::run_once() {
  if (stopped()) return false;
  const uint64_t left_out = options_.variant / 60 % 4;
  if (left_out > 0 && ++rounds_ % (left_out + 1) == 0) return true;
  directory_->run_once();
  if (!attempt("run", [] { return LogResult<bool>(true); })) return false;
  return note_durable();
}

bool Witness::flush(const TopicPartition& id) {
  return attempt("flush", [&] { return logs_.at(id)->flush(); }) && note_durable();
}

bool Witness::roll(const TopicPartition& id) {
  return attempt("roll", [&] { return logs_.at(id)->roll(); }) && note_durable();
}

bool Witness::truncate(const TopicPartition& id, Offset to) {
  if (stopped()) return false;
  LogPromise promise = ledger_.present(id);
  const Offset cut = promise.batch_start(to);
  promise.durable = std::min(promise.durable, cut);
  ledger_.is(id, promise);
  truncating_ = {id, cut};
  const bool done = attempt("truncate", [&] { return logs_.at(id)->truncate_to(to); });
  truncating_ = std::nullopt;
  if (!done) return false;
  promise.cut(cut);
  ledger_.is(id, std::move(promise));
  return note_durable();
}

bool Witness::delete_below(const TopicPartition& id, Offset to) {
  if (stopped()) return false;
  LogPromise promise = ledger_.present(id);
  promise.start_max = std::clamp(to, promise.start_min, logs_.at(id)->high_watermark());
  ledger_.is(id, std::move(promise));
  Offset answered;
  const bool done = attempt("delete records", [&] {
    auto start = logs_.at(id)->delete_up_to(to);
    if (start.ok()) answered = *start;
    return start;
  });
  if (!done) return false;
  promise = ledger_.present(id);
  if (answered != promise.start_max) return violated("the log start is another than asked for");
  promise.start_min = answered;
  ledger_.is(id, std::move(promise));
  return note_durable();
}

bool Witness::compact(const TopicPartition& id, Offset base, Offset end,
                      const std::function<bool(const StoredBatch&)>& stays) {
  if (stopped()) return false;
  LogPromise after = ledger_.present(id);
  std::vector<uint8_t> bytes;
  std::erase_if(after.batches, [&](const auto& batch) {
    if (batch->base < base || batch->base >= end) return false;
    if (!stays(*batch)) return true;
    bytes.insert(bytes.end(), batch->bytes.begin(), batch->bytes.end());
    return false;
  });
  ledger_.may_become(id, after);
  const bool done = attempt("compact", [&]() -> LogResult<bool> {
    auto replacement = logs_.at(id)->replace_segments(base, end);
    if (!replacement.ok()) return Err(replacement.error());
    RETURN_IF_ERROR((*replacement)->append(bytes));
    return (*replacement)->commit();
  });
  if (!done) return false;
  ledger_.is(id, std::move(after));
  return note_durable();
}

bool Witness::delete_topic(const TopicPartition& id) {
  if (stopped()) return false;
  ledger_.may_become(id, std::nullopt);
  if (!attempt("delete a topic", [&] { return directory_->delete_partition(id); })) return false;
  logs_.at(id)->remove_observer(this);
  logs_.erase(id);
  ledger_.is(id, std::nullopt);
  return note_durable();
}

Offset Witness::recovery_point(const TopicPartition& id) const {
  return stopped() ? Offset(0) : logs_.at(id)->recovery_point();
}

bool Witness::checkpoint() {
  return attempt("checkpoint", [&] { return directory_->checkpoint(); }) && note_durable();
}

bool Witness::close() {
  if (!attempt("close", [&] { return directory_->close(); })) return false;
  for (const auto& [id, log] : logs_) ledger_.durable(id, ledger_.present(id).end());
  ledger_.set_clean(true);
  kill();
  return true;
}

bool Witness::advance(int64_t ms) {
  clock_.advance(ms);
  return !stopped();
}

bool Witness::rewrite(const TopicPartition& id, LogPromise after,
                      const std::function<FileResult<void>(FileSystem&)>& work) {
  if (stopped()) return false;
  ledger_.may_become(id, after);
  if (!work(*disk_).ok()) {
    if (!expects_failures_) return violated("rewriting the files failed");
    offline_ = true;  // the other program gave up; both outcomes stay open
    return false;
  }
  ledger_.is(id, std::move(after));
  return true;
}

void Witness::kill() {
  for (const auto& [id, log] : logs_) log->remove_observer(this);
  logs_.clear();
  directory_ = nullptr;
  nothing_lost_ = true;
}

void Witness::power_cut(CrashKind kind, uint64_t seed) {
  if (stopped()) return;
  kill();
  disk_ = disk_->after_crash(kind, seed + options_.variant * 1009);
  disk_->before_each_change(options_.hook);
  disk_->before_each_look(options_.look_hook);
  nothing_lost_ = kind == CrashKind::kept;
}

bool Witness::look_up_all() {
  for (const auto& [id, log] : logs_) {
    for (const auto& batch : ledger_.present(id).batches) {
      if (batch->base < log->log_start_offset()) continue;
      const auto read = log->read(batch->end - 1, 1, ReadLimit::high_watermark, true, nullptr);
      if (!read.ok() || read->bytes != batch->bytes.size() || read->next_offset != batch->end) {
        return violated(name_of(id) + " does not find offset " + text(batch->base));
      }
      const TimestampMs time = BatchView::at(batch->bytes)->base_timestamp();
      const auto found = log->lookup_timestamp(time, ReadLimit::high_watermark);
      if (!found.ok() || found->offset != batch->base) {
        return violated(name_of(id) + " finds " +
                        (found.ok() ? text(found->offset) : found.error().detail) +
                        " by the time of offset " + text(batch->base));
      }
    }
  }
  return !stopped();
}

bool Witness::retry_last_batches() {
  for (const auto& [id, log] : logs_) {
    const LogPromise& promise = ledger_.present(id);
    if (promise.batches.empty()) continue;
    const StoredBatch& last = *promise.batches.back();
    AppendOutcome outcome;
    const bool answered = attempt("send a duplicate", [&] {
      std::vector<uint8_t> batch = last.bytes;
      auto again = log->append(batch, AppendOrigin::client);
      if (again.ok()) outcome = *again;
      return again;
    });
    if (!answered) return false;
    if (!outcome.duplicate || outcome.base_offset != last.base) {
      return violated(name_of(id) + " takes a duplicate for something new");
    }
    if (log->high_watermark() < outcome.required_high_watermark) {
      return violated(name_of(id) + " lets a duplicate wait for what nobody does");
    }
  }
  return !stopped();
}

}  // namespace odradek
