#include "check.h"

#include <algorithm>
#include <map>

#include "batch/batch_view.h"

namespace odradek::power {
namespace {

constexpr size_t kReadBytes = 256 << 10;

using Report = std::function<void(const Event&)>;

LogConfig config_of(int32_t partition) {
  LogConfig config;
  config.segment_bytes = partition == 4 ? 50 << 10 : 64 << 10;
  config.file_delete_delay_ms = 3;
  if (partition == 2 || partition == 3) config.segment_bytes = 1 << 20;  // room for write windows
  config.index_interval_bytes = 1024;
  config.producer_id_expiration_ms = int64_t{1} << 60;
  if (partition == 2) config.flush_messages = 3;
  if (partition == 3) config.flush_messages = INT64_MAX;
  if (partition == 3) config.flush_ms = 5;
  if (partition > 5) config.flush_messages = INT64_MAX;  // on the page cache alone
  return config;
}

class Check {
 public:
  Check(PartitionLog& log, int32_t partition, const PartitionLedger& ledger, const Report& report)
      : log_(log), partition_(partition), ledger_(ledger), report_(report) {}

  bool run() {
    const int64_t start = log_.log_start_offset().value;
    const int64_t end = log_.log_end_offset().value;
    if (start < ledger_.start || start > ledger_.start_max()) {
      fault("begins at " + std::to_string(start) + ", not between " +
            std::to_string(ledger_.start) + " and " + std::to_string(ledger_.start_max()));
    }
    if (end < ledger_.end_min() || end > ledger_.end_max()) {
      fault("ends at " + std::to_string(end) + ", not between " +
            std::to_string(ledger_.end_min()) + " and " + std::to_string(ledger_.end_max()));
    }
    const int64_t durable = log_.durable_offset().value;
    if (durable != end && asks_for_flushes(config_of(partition_))) {
      fault("recovered what is not durable");
    }
    if (log_.high_watermark().value != end) fault("hides what was recovered");
    const int64_t whole = read_all(start, end);
    const int64_t lost = std::max<int64_t>(0, acknowledged_min() - std::max(whole, start));
    report_({EventKind::recovered, partition_, {start, end, lost, durable}});
    if (fine_ && has_producer(partition_)) retry_last(start, end);
    return fine_;
  }

 private:
  void fault(const std::string& sentence) {
    fine_ = false;
    std::string state = " (acknowledged " + std::to_string(ledger_.acknowledged) + ", end " +
                        std::to_string(ledger_.end);
    if (ledger_.under_way) {
      state += ", under way " + std::to_string(static_cast<int>(ledger_.under_way->kind)) + " of " +
               std::to_string(ledger_.under_way->values[0]);
    }
    report_({EventKind::fault,
             partition_,
             {},
             "partition " + std::to_string(partition_) + " " + sentence + state + ")"});
  }

  int64_t acknowledged_min() const { return std::min(ledger_.acknowledged, ledger_.end_min()); }

  // The batches that may stand here, by base offset.
  std::map<int64_t, LedgerBatch> expected() const {
    std::map<int64_t, LedgerBatch> all;
    for (const LedgerBatch& batch : ledger_.batches) all[batch.base] = batch;
    if (ledger_.end_max() > ledger_.end) all[ledger_.attempt.base] = ledger_.attempt;
    return all;
  }

  // Up to where all is as it was appended.
  int64_t read_all(int64_t start, int64_t end) {
    const auto batches = expected();
    int64_t at = start;
    while (at < end) {
      auto outcome = log_.read(Offset(at), kReadBytes, ReadLimit::log_end_offset, true, nullptr);
      if (!outcome.ok()) {
        fault("cannot be read at " + std::to_string(at) + ": " + outcome.error().detail);
        return at;
      }
      std::vector<uint8_t> bytes(outcome->bytes);
      auto got = bytes.empty() ? FileResult<size_t>(size_t{0})
                               : outcome->file->read_at(outcome->position, bytes);
      const int64_t before = at;
      ByteView rest(bytes);
      while (auto batch = BatchView::at(rest)) {
        if (!is_expected(batches, *batch, at)) return at;
        at = batch->last_offset().value + 1;
        rest = rest.subspan(batch->size());
      }
      if (!got.ok() || at == before) {
        fault("holds no whole batch at " + std::to_string(at));
        return at;
      }
    }
    return at;
  }

  bool is_expected(const std::map<int64_t, LedgerBatch>& batches, const BatchView& batch,
                   int64_t at) {
    const int64_t base = batch.base_offset().value;
    const auto found = batches.find(base);
    const bool first = at == ledger_.start || at == log_.log_start_offset().value;
    if (found == batches.end() || base > at || (base < at && !first)) {
      fault("has a batch at " + std::to_string(base) + " where " + std::to_string(at) + " is due");
      return false;
    }
    const std::vector<uint8_t> wanted = batch_bytes(partition_, found->second);
    const ByteView there = batch.bytes();
    const bool same = std::equal(there.begin(), there.end(), wanted.begin(), wanted.end());
    if (!same) fault("holds other bytes at " + std::to_string(base));
    return same;
  }

  // The producer, which never saw the answer, sends its last batch again.
  void retry_last(int64_t start, int64_t end) {
    const auto batches = expected();
    const auto last = std::find_if(batches.rbegin(), batches.rend(),
                                   [&](const auto& entry) { return entry.second.end() == end; });
    if (last == batches.rend() || last->first < start) return;
    std::vector<uint8_t> again = batch_bytes(partition_, last->second);
    auto outcome = log_.append(again, AppendOrigin::client);
    if (!outcome.ok()) return fault("refuses a batch sent again: " + outcome.error().detail);
    if (!outcome->duplicate || outcome->base_offset.value != last->first) {
      fault("stores a batch again that was sent again, at " +
            std::to_string(outcome->base_offset.value));
    }
  }

  PartitionLog& log_;
  const int32_t partition_;
  const PartitionLedger ledger_;
  const Report& report_;
  bool fine_ = true;
};

}  // namespace

TopicPartition name_of(int32_t partition) { return {"load", PartitionIndex(partition)}; }

Event all_lost(int32_t partition, const Ledger& ledger) {
  const PartitionLedger& known = ledger.partitions.at(static_cast<size_t>(partition));
  const int64_t lost = std::max<int64_t>(0, known.acknowledged - known.start);
  return {EventKind::recovered, partition, {known.start, known.start, lost}};
}

LogResult<std::shared_ptr<PartitionLog>> open_partition(LogDirectory& directory, int32_t partition,
                                                        int64_t generation) {
  return directory.open_partition(name_of(partition), topic_id_of(partition, generation),
                                  config_of(partition));
}

bool check_directory(LogDirectory& directory, const Ledger& ledger, const Report& report) {
  bool fine = true;
  const auto found = directory.partitions_on_disk();
  for (int32_t p = 0; p < kPartitions; ++p) {
    const PartitionLedger& expected = ledger.partitions.at(static_cast<size_t>(p));
    const bool there = std::any_of(found.begin(), found.end(), [&](const PartitionOnDisk& disk) {
      return disk.topic_partition == name_of(p);
    });
    if (!there) {
      if (expected.exists && expected.may_be_missing()) report({EventKind::removed, p});
      if (expected.may_be_missing()) continue;
      fine = false;
      report(all_lost(p, ledger));
      report({EventKind::fault, p, {}, "partition " + std::to_string(p) + " is missing"});
      continue;
    }
    if (!expected.exists && !expected.under_way) {
      fine = false;
      report({EventKind::fault, p, {}, "partition " + std::to_string(p) + " came back"});
      continue;
    }
    auto log = open_partition(directory, p, expected.generation);
    if (!log.ok()) {
      fine = false;
      report(all_lost(p, ledger));
      report({EventKind::fault, p, {}, log.error().detail});
      continue;
    }
    fine = Check(**log, p, expected, report).run() && fine;
  }
  return fine;
}

}  // namespace odradek::power
