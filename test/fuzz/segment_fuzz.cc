// The files of a partition, as a start finds them: whatever they hold, the directory opens or says
// why not. What it opened reads back without gaps, takes an append, and is the same after a clean
// stop.
//
//   options (1 byte) | recovery point (2 bytes) | log start (2 bytes) | base of a second segment
//   (2 bytes) | files of the first segment, then of the second, each behind its length (2 bytes):
//   .log, .index, .timeindex, .txnindex, .snapshot; then leader epochs
#include <string>

#include "base/assert.h"
#include "batch/batch_builder.h"
#include "batch/batch_stamp.h"
#include "batch/batch_view.h"
#include "file/memory_file_system.h"
#include "input.h"
#include "log/log_directory.h"

namespace odradek {
namespace {

enum Option : uint8_t { seal = 1, renumber = 2, clean = 4, second = 8, compacted = 16 };

const std::string kFolder = "/data/orders-0";
const char* const kKinds[] = {".log", ".index", ".timeindex", ".txnindex", ".snapshot"};

class StillClock final : public Clock {
 public:
  TimestampMs now() const override { return TimestampMs(1700000000000); }
  int64_t monotonic_ns() const override { return 1; }
};

// Puts in order what a fuzzer does not guess: magic and checksum of each batch whose length leads
// to the next, and with `from` their offsets too. Returns the offset behind the last.
int64_t seal_batches(std::vector<uint8_t>* log, std::optional<int64_t> from) {
  int64_t next = from.value_or(0);
  for (size_t at = 0; log->size() - at >= kBatchHeaderBytes;) {
    uint8_t* head = log->data() + at;
    const auto length = load_be<int32_t>(head + kLengthAt);
    if (length < static_cast<int32_t>(kBatchHeaderBytes - kBatchOverheadBytes)) break;
    const size_t size = kBatchOverheadBytes + static_cast<size_t>(length);
    if (size > log->size() - at) break;
    head[kMagicAt] = 2;
    if (from) store_be<int64_t>(head, next);
    renew_crc(ByteSpan(*log).subspan(at, size));
    next += int64_t{load_be<int32_t>(head + kLastOffsetDeltaAt)} + 1;
    at += size;
  }
  return next;
}

class Start {
 public:
  explicit Start(fuzz::Input input) : options_(input.number<uint8_t>()) {
    ASSERT(disk_.create_directories(kFolder).ok());
    write("/data/meta.properties", text("version=1\ncluster.id=c\nnode.id=1\n"));
    const auto recovery_point = input.number<uint16_t>();
    const auto log_start = input.number<uint16_t>();
    const int64_t base = input.number<uint16_t>();
    checkpoint("recovery-point-offset-checkpoint", recovery_point);
    if (log_start > 0) checkpoint("log-start-offset-checkpoint", log_start);
    if (is(clean)) write("/data/.kafka_cleanshutdown", text("version=0\nbrokerEpoch=-1\n"));
    const int64_t end = write_segment(&input, 0);
    if (is(second)) write_segment(&input, is(renumber) ? std::max<int64_t>(1, end) : 1 + base);
    const std::vector<uint8_t> epochs = input.piece();
    if (!epochs.empty()) write(kFolder + "/leader-epoch-checkpoint", epochs);
  }

  void run() {
    auto first = open();
    if (!first) return;
    const Offset end = read_all(*first->log);
    append(*first->log);
    ASSERT(read_all(*first->log) == end + 1);
    first->log = nullptr;
    ASSERT(first->directory->close().ok());
    first->directory = nullptr;
    auto again = open();
    ASSERT(again && again->directory->recovery_report().clean);
    ASSERT(read_all(*again->log) == end + 1);
  }

 private:
  struct Opened {
    std::unique_ptr<LogDirectory> directory;
    std::shared_ptr<PartitionLog> log;
  };

  bool is(Option option) const { return (options_ & option) != 0; }
  static ByteView text(std::string_view text) { return as_bytes(text); }
  void write(const std::string& path, ByteView bytes) {
    ASSERT(replace_file(disk_, path, bytes).ok());
  }
  void checkpoint(const std::string& name, int64_t offset) {
    const std::string content = "0\n1\norders 0 " + std::to_string(offset) + "\n";
    write("/data/" + name, text(content));
  }

  int64_t write_segment(fuzz::Input* input, int64_t base) {
    std::string name = std::to_string(base);
    name.insert(0, 20 - name.size(), '0');
    int64_t end = base;
    for (const char* kind : kKinds) {
      std::vector<uint8_t> bytes = input->piece();
      const bool is_log = kind == kKinds[0];
      if (is_log && is(seal)) {
        end = seal_batches(&bytes, is(renumber) ? std::make_optional(base) : std::nullopt);
      }
      if (is_log || !bytes.empty()) write(kFolder + "/" + name + kind, bytes);
    }
    return end;
  }

  std::optional<Opened> open() {
    LogDirectoryOptions options;
    options.path = "/data";
    options.file_system = &disk_;
    options.clock = &clock_;
    options.background = false;
    options.journal = {1 << 14, 2};
    options.run.bytes[0] = ++runs_;
    auto directory = LogDirectory::open(options);
    if (!directory.ok()) return refused(directory.error());
    LogConfig config;
    config.validation.compacted = is(compacted);
    config.index_interval_bytes = 64;
    Uuid id;
    id.bytes[0] = 1;
    auto log = (*directory)->open_partition({"orders", PartitionIndex(0)}, id, config);
    if (!log.ok()) return refused(log.error());
    return Opened{std::move(*directory), std::move(*log)};
  }

  static std::optional<Opened> refused(const LogError& error) {
    ASSERT(!error.detail.empty());
    return std::nullopt;
  }

  // Batches in order; without gaps where nobody may have made any.
  Offset read_all(PartitionLog& log) const {
    const Offset start = log.log_start_offset();
    const Offset end = log.log_end_offset();
    ASSERT(start <= log.high_watermark() && log.high_watermark() <= end);
    ASSERT(log.recovery_point() <= log.durable_offset() && log.durable_offset() <= end);
    Offset at = start;
    while (at < end) {
      auto outcome = log.read(at, 4096, ReadLimit::log_end_offset, true, nullptr);
      ASSERT(outcome.ok());
      if (outcome->bytes == 0) {  // nothing but a gap, up to an empty last segment
        auto last = log.read(end - 1, 4096, ReadLimit::log_end_offset, true, nullptr);
        ASSERT(last.ok() && last->bytes == 0);
        break;
      }
      std::vector<uint8_t> bytes(outcome->bytes);
      auto got = outcome->file->read_at(outcome->position, bytes);
      ASSERT(got.ok() && *got == bytes.size());
      for (ByteView rest(bytes); !rest.empty();) {
        const auto batch = BatchView::at(rest);
        ASSERT(batch.has_value());
        ASSERT(batch->last_offset() >= at && batch->last_offset() < end);
        at = batch->next_offset();
        rest = rest.subspan(batch->size());
      }
      ASSERT(outcome->next_offset >= at);
      at = outcome->next_offset;
    }
    static_cast<void>(log.lookup_timestamp(TimestampMs(5), ReadLimit::log_end_offset));
    static_cast<void>(log.lookup_max_timestamp(ReadLimit::log_end_offset));
    return end;
  }

  void append(PartitionLog& log) {
    BatchBuilder builder;
    builder.append(TimestampMs(1700000000000), as_bytes("key"), as_bytes("value"));
    std::vector<uint8_t> batch = builder.seal();
    ASSERT(log.append(batch, AppendOrigin::client).ok());
    ASSERT(log.flush().ok());
  }

  const uint8_t options_;
  MemoryFileSystem disk_;
  StillClock clock_;
  uint8_t runs_ = 0;
};

}  // namespace
}  // namespace odradek

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  odradek::Start({data, size}).run();
  return 0;
}
