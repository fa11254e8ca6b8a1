#include "load.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <random>
#include <thread>

#include "check.h"

namespace odradek::power {
namespace {

constexpr int32_t kThreads = 2;
constexpr size_t kUnacknowledgedMax = 16;
constexpr int64_t kOffsetsKept = 1500;

// Its seconds are short: how busy a partition is, is measured over one.
class HurriedClock final : public Clock {
 public:
  TimestampMs now() const override {
    return began_ + 8 * (system_clock().monotonic_ns() - began_ns_) / 1000000;
  }
  int64_t monotonic_ns() const override { return system_clock().monotonic_ns(); }

 private:
  const TimestampMs began_ = system_clock().now();
  const int64_t began_ns_ = system_clock().monotonic_ns();
};

LogDirectoryOptions options_of(const std::string& path, const Clock& clock) {
  LogDirectoryOptions options;
  options.path = path;
  options.file_system = &posix_file_system();
  options.clock = &clock;
  options.checkpoint_interval_ms = 7;
  options.file_delete_delay_ms = 3;
  options.journal = {32 << 10, 6};
  options.checkpoint_bytes = 24 << 10;
  return options;
}

// The load on the partitions of one thread.
class Loader {
 public:
  Loader(LogDirectory& directory, Ledger* ledger, std::function<void(const Event&)> report,
         int32_t thread, uint64_t seed, bool heavy)
      : directory_(directory),
        ledger_(ledger),
        report_(std::move(report)),
        thread_(thread),
        random_(seed),
        heavy_(heavy) {}

  // Until somebody asks to stop.
  void run(const std::atomic<bool>& stop) {
    while (!stop && !failed_) {
      const auto mine = static_cast<uint64_t>(kPartitions / kThreads);
      const bool first = heavy_ && pick(32) != 0;
      step(thread_ + kThreads * static_cast<int32_t>(first ? 1 : pick(mine)), first);
    }
  }

 private:
  struct Waiting {
    int64_t end;
    Offset required;
  };

  uint64_t pick(uint64_t below) { return random_() % below; }
  PartitionLedger& ledger(int32_t p) { return ledger_->partitions.at(static_cast<size_t>(p)); }
  void report(EventKind kind, int32_t p, int64_t a = 0, int64_t b = 0, int64_t c = 0,
              int64_t d = 0) {
    report_({kind, p, {a, b, c, d}});
  }
  // The process is not to fail by itself: nothing here is out of order.
  template <class Done>
  bool fine(const Done& done) {
    if (done.ok()) return true;
    failed_ = true;
    report_({EventKind::fault, -1, {}, "the load failed: " + done.error().detail});
    return false;
  }

  std::shared_ptr<PartitionLog> log(int32_t p) {
    auto log = directory_.find(name_of(p));
    if (log != nullptr) return log;
    report(EventKind::create_begun, p);
    auto opened = open_partition(directory_, p, ledger(p).generation);
    if (!fine(opened)) return nullptr;
    report(EventKind::created, p);
    return *opened;
  }

  void step(int32_t p, bool only_appends) {
    const std::shared_ptr<PartitionLog> there = log(p);
    if (there == nullptr) return;
    PartitionLog& partition = *there;
    const PartitionLedger& known = ledger(p);
    const uint64_t chosen = only_appends ? 199 : pick(200);
    if (chosen < 3) {
      truncate(p, partition, known.start + static_cast<int64_t>(pick(length(known) + 2)));
    } else if (chosen < 6 || known.end - known.start > kOffsetsKept) {
      delete_up_to(p, partition, known.start + static_cast<int64_t>(pick(length(known) + 2)));
    } else if (chosen < 7) {
      remove(p);
    } else if (chosen < 9) {
      fine(directory_.checkpoint());
    } else if (chosen < 12) {
      auto durable = partition.flush();
      if (fine(durable)) report(EventKind::acknowledged, p, known.end);
    } else {
      append(p, partition, chosen == 12);
    }
    for (int32_t q = thread_; q < kPartitions; q += kThreads) acknowledge(q);
  }

  static uint64_t length(const PartitionLedger& known) {
    return static_cast<uint64_t>(known.end - known.start);
  }

  void append(int32_t p, PartitionLog& partition, bool new_leader) {
    const PartitionLedger& known = ledger(p);
    LedgerBatch batch;
    batch.serial = known.next_serial;
    batch.base = known.end;
    batch.records = records_of(p, batch.serial);
    batch.sequence = known.next_sequence();
    batch.leader_epoch = static_cast<int16_t>(known.leader_epoch + (new_leader ? 1 : 0));
    batch.producer_epoch = known.producer_epoch;
    report(EventKind::append_begun, p, batch.serial, batch.records, batch.sequence,
           (int64_t{batch.leader_epoch} << 16) | batch.producer_epoch);
    partition.become_leader(LeaderEpoch(batch.leader_epoch));
    std::vector<uint8_t> bytes = batch_bytes(p, batch);
    auto outcome = partition.append(bytes, AppendOrigin::client);
    if (!fine(outcome)) return;
    if (outcome->base_offset.value != batch.base || outcome->duplicate) {
      failed_ = true;
      report_({EventKind::fault,
               p,
               {},
               "an append got offset " + std::to_string(outcome->base_offset.value) + ", not " +
                   std::to_string(batch.base)});
      return;
    }
    report(EventKind::appended, p, batch.base);
    waiting_[p].push_back({batch.end(), outcome->required_high_watermark});
    while (waiting_[p].size() >= kUnacknowledgedMax && !failed_) {
      std::this_thread::sleep_for(std::chrono::microseconds(20));
      acknowledge(p);
      if (partition.config().flush_messages != 1) break;
    }
  }

  // Tells what became durable: where each record is flushed, what acks=all would answer.
  void acknowledge(int32_t p) {
    std::deque<Waiting>& waiting = waiting_[p];
    if (waiting.empty()) return;
    const auto partition = directory_.find(name_of(p));
    if (partition == nullptr) return;
    const bool each = partition->config().flush_messages == 1;
    const Offset high_watermark = partition->high_watermark();
    const Offset durable = partition->durable_offset();
    int64_t end = -1;
    while (!waiting.empty()) {
      const Waiting& first = waiting.front();
      if (each ? high_watermark < first.required : durable.value < first.end) break;
      end = first.end;
      waiting.pop_front();
    }
    if (end >= 0) report(EventKind::acknowledged, p, end);
  }

  void truncate(int32_t p, PartitionLog& partition, int64_t to) {
    const int64_t expected = ledger(p).cut_at(to);
    report(EventKind::truncate_begun, p, to);
    auto end = partition.truncate_to(Offset(to));
    if (!fine(end)) return;
    waiting_[p].clear();
    if (end->value != expected) {
      failed_ = true;
      report_({EventKind::fault,
               p,
               {},
               "a truncation to " + std::to_string(to) + " gave " + std::to_string(end->value)});
      return;
    }
    report(EventKind::truncated, p, end->value);
  }

  void delete_up_to(int32_t p, PartitionLog& partition, int64_t to) {
    report(EventKind::delete_begun, p, to);
    auto start = partition.delete_up_to(Offset(to));
    if (fine(start)) report(EventKind::deleted, p, start->value);
  }

  void remove(int32_t p) {
    waiting_[p].clear();
    report(EventKind::remove_begun, p);
    if (fine(directory_.delete_partition(name_of(p)))) report(EventKind::removed, p);
  }

  LogDirectory& directory_;
  Ledger* ledger_;
  const std::function<void(const Event&)> report_;
  const int32_t thread_;
  std::mt19937_64 random_;
  const bool heavy_;
  bool failed_ = false;
  std::array<std::deque<Waiting>, kPartitions> waiting_;
};

// Loads until it is to stop; false after a fault.
void load(LogDirectory& directory, Ledger* ledger, const std::function<void(const Event&)>& report,
          std::mt19937_64& random, bool heavy, std::chrono::milliseconds time) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back(
        [&, t, seed = random()] { Loader(directory, ledger, report, t, seed, heavy).run(stop); });
  }
  std::this_thread::sleep_for(time);
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

bool is_heavy(uint64_t seed) { return seed % 8 == 0; }

int run_load(const std::string& path, Ledger ledger, int pipe, uint64_t seed) {
  std::mt19937_64 random(seed);
  // Each partition belongs to one thread, so its part of the ledger needs no lock.
  std::atomic<bool> faulty{false};
  const std::function<void(const Event&)> report = [&](const Event& event) {
    if (event.kind == EventKind::fault) faulty = true;
    send_event(pipe, event);
    if (event.partition >= 0) {
      ledger.partitions.at(static_cast<size_t>(event.partition)).apply(event);
    }
  };
  const HurriedClock clock;
  auto opened = LogDirectory::open(options_of(path, clock));
  if (!opened.ok()) {
    for (int32_t p = 0; p < kPartitions; ++p) report(all_lost(p, ledger));
    report({EventKind::fault, -1, {}, opened.error().detail});
    return 1;
  }
  LogDirectory& directory = **opened;
  if (!check_directory(directory, ledger, report)) return 1;
  if (ledger.clean && !directory.recovery_report().clean) {
    report({EventKind::fault, -1, {}, "a clean stop did not last"});
  }
  report({EventKind::running});
  const bool closes = !is_heavy(seed) && random() % 8 == 0;
  load(directory, &ledger, report, random, is_heavy(seed),
       std::chrono::milliseconds(closes ? 5 : 60000));
  if (faulty) return 1;
  report({EventKind::close_begun});
  auto closed = directory.close();
  if (!closed.ok()) {
    report({EventKind::fault, -1, {}, closed.error().detail});
    return 1;
  }
  report({EventKind::closed});
  return 0;
}

}  // namespace odradek::power
