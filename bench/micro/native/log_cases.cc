#include <cstring>
#include <memory>

#include "base/assert.h"
#include "cases.h"
#include "log/log_directory.h"
#include "sample_batch.h"
#include "unwritten_files.h"

namespace odradek::micro {
namespace {

// Stands still, so that no segment is rolled and no upkeep comes due.
class StillClock final : public Clock {
 public:
  TimestampMs now() const override { return kNow; }
  int64_t monotonic_ns() const override { return kNow.value * 1000000; }
};

// Logs of one directory without threads and without flushes: what an append and a look-up cost the
// thread that makes them.
class Logs {
 public:
  Logs(const std::string& folder, std::shared_ptr<FileSystem> files) : files_(std::move(files)) {
    LogDirectoryOptions options;
    options.path = folder;
    options.file_system = files_.get();
    options.clock = &clock_;
    options.reserve_bytes = 0;
    options.background = false;
    auto opened = LogDirectory::open(options);
    ASSERT(opened.ok());
    directory_ = std::move(*opened);
  }

  std::shared_ptr<PartitionLog> log(const std::string& topic) {
    LogConfig config;
    config.flush_messages = INT64_MAX;
    config.segment_bytes = INT32_MAX;  // several times what a turn appends
    config.index_interval_bytes = 0;   // an entry for each batch
    Uuid topic_id;
    topic_id.bytes[0] = ++topics_;
    auto opened = directory_->open_partition({topic, PartitionIndex(0)}, topic_id, config);
    ASSERT(opened.ok());
    return *opened;
  }

  // A log of so many batches of one small record, written a millisecond apart.
  std::shared_ptr<PartitionLog> log_of(const std::string& topic, int64_t batches) {
    auto filled = log(topic);
    for (int64_t i = 0; i < batches; ++i) append(*filled, sample_batch(1, 100, kNow + i));
    return filled;
  }

  // Seals what the log holds and begins a segment with one more batch.
  void seal(PartitionLog& log) {
    ASSERT(log.roll().ok());
    append(log, sample_batch(1, 100, kNow));
    ASSERT(log.flush().ok());
    directory_->run_once();
  }

  static void append(PartitionLog& log, std::vector<uint8_t> batch) {
    ASSERT(log.append(batch, AppendOrigin::client).ok());
  }

 private:
  std::shared_ptr<FileSystem> files_;
  StillClock clock_;
  std::unique_ptr<LogDirectory> directory_;
  uint8_t topics_ = 0;
};

// One file, written from its front to its end as a segment is.
struct PlainFile {
  std::unique_ptr<File> file;
  Position end{0};
};

std::shared_ptr<PlainFile> plain_file(const std::string& path) {
  auto opened = posix_file_system().open(path, OpenMode::create_new);
  ASSERT(opened.ok());
  return std::make_shared<PlainFile>(PlainFile{std::move(*opened)});
}

// Both begin each turn with an empty file, so that they take little room.
Case append_case(const std::string& name, const std::shared_ptr<Logs>& logs,
                 const std::vector<uint8_t>& sample) {
  const auto log = logs->log(name);
  const auto append = [logs, log, batch = sample](size_t times) mutable {
    for (; times > 0; --times) ASSERT(log->append(batch, AppendOrigin::client).ok());
  };
  return {name, append, [log] { ASSERT(log->truncate_to(Offset(0)).ok()); }};
}

Case write_case(const std::string& label, const std::string& folder,
                const std::vector<uint8_t>& sample) {
  const auto plain = plain_file(folder + "/write-" + label);
  const auto write = [plain, batch = sample](size_t times) {
    for (; times > 0; --times) {
      ASSERT(plain->file->write_at(plain->end, batch).ok());
      plain->end += static_cast<int64_t>(batch.size());
    }
  };
  return {"write-" + label, write, [plain] {
            ASSERT(plain->file->truncate(0).ok());
            plain->end = Position(0);
          }};
}

// Copies the bytes to one place, over and over.
Case copy_case(const std::string& label, const std::vector<uint8_t>& sample) {
  const auto copy = [batch = sample,
                     to = std::vector<uint8_t>(sample.size())](size_t times) mutable {
    for (; times > 0; --times) {
      std::memcpy(to.data(), batch.data(), batch.size());
      keep(*to.data());
    }
  };
  return {"copy-batch-" + label, copy};
}

Case read_case(const std::string& folder, size_t bytes) {
  const auto plain = plain_file(folder + "/read");
  ASSERT(plain->file->write_at(Position(0), std::vector<uint8_t>(bytes)).ok());
  return {"read-" + std::to_string(bytes),
          [plain, into = std::vector<uint8_t>(bytes)](size_t times) mutable {
            for (; times > 0; --times) ASSERT(plain->file->read_at(Position(0), into).ok());
          }};
}

// Finds the batch of an offset, as a consumer does that begins to read there.
Case find_case(const std::string& name, const std::shared_ptr<Logs>& logs,
               const std::shared_ptr<PartitionLog>& log, int64_t batches) {
  return {name,
          [logs, log, places = Scattered(static_cast<size_t>(batches))](size_t times) mutable {
            for (; times > 0; --times) {
              const Offset from(static_cast<int64_t>(places.next()));
              const auto found = log->read(from, 1, ReadLimit::high_watermark, true, nullptr);
              ASSERT(found.ok() && found->next_offset == from + 1);
            }
          }};
}

// Goes on where the last read ended, and begins anew at the end of the log.
Case next_case(const std::string& name, const std::shared_ptr<Logs>& logs,
               const std::shared_ptr<PartitionLog>& log) {
  return {name, [logs, log, hint = ReadHint(), from = Offset(0)](size_t times) mutable {
            for (; times > 0; --times) {
              const auto found = log->read(from, 1, ReadLimit::high_watermark, true, &hint);
              ASSERT(found.ok() && found->bytes > 0);
              from = found->next_offset < log->high_watermark() ? found->next_offset : Offset(0);
            }
          }};
}

// Finds the first record of a time (ListOffsets).
Case find_time_case(const std::string& name, const std::shared_ptr<Logs>& logs,
                    const std::shared_ptr<PartitionLog>& log, int64_t batches) {
  return {name,
          [logs, log, places = Scattered(static_cast<size_t>(batches))](size_t times) mutable {
            for (; times > 0; --times) {
              const auto place = static_cast<int64_t>(places.next());
              const auto found = log->lookup_timestamp(kNow + place, ReadLimit::high_watermark);
              ASSERT(found.ok() && found->offset == Offset(place));
            }
          }};
}

}  // namespace

std::vector<Case> log_cases(const std::string& folder) {
  std::vector<Case> cases;
  // The machine's file system lives for the whole process.
  const std::shared_ptr<FileSystem> real(&posix_file_system(), [](FileSystem*) {});
  const auto logs = std::make_shared<Logs>(folder + "/logs", real);
  const auto unwritten =
      std::make_shared<Logs>(folder + "/unwritten", std::make_shared<UnwrittenFiles>());
  for (const auto& [value_bytes, label] :
       {std::pair<size_t, std::string>{100, "100"}, {32 << 10, "32k"}}) {
    const std::vector<uint8_t> batch = sample_batch(1, value_bytes);
    cases.push_back(append_case("append-" + label, logs, batch));
    cases.push_back(write_case(label, folder, batch));
    cases.push_back(append_case("append-unwritten-" + label, unwritten, batch));
    cases.push_back(copy_case(label, batch));
  }
  cases.push_back(read_case(folder, 100));
  for (const int64_t batches : {1000, 100000}) {
    const std::string label = std::to_string(batches);
    const auto log = logs->log_of("active-" + label, batches);
    cases.push_back(find_case("find-" + label, logs, log, batches));
    cases.push_back(find_time_case("find-time-" + label, logs, log, batches));
    cases.push_back(next_case("next-" + label, logs, log));
    const auto sealed = logs->log_of("sealed-" + label, batches);
    logs->seal(*sealed);
    cases.push_back(find_case("find-sealed-" + label, logs, sealed, batches));
    cases.push_back(find_time_case("find-time-sealed-" + label, logs, sealed, batches));
  }
  return cases;
}

}  // namespace odradek::micro
