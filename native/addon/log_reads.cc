// The calls of NativeLog that read what is stored, and how one is found that others have open.
#include "addon/directory_options_binding.h"
#include "addon/log_answers.h"
#include "addon/log_binding.h"
#include "addon/value_reader.h"
#include "file/file_system.h"
#include "log/directory_registry.h"

namespace odradek {
namespace {

ReadLimit to_read_limit(ValueReader& read, const Napi::Value& value) {
  const std::string name = read.text(value, "the read limit");
  if (name == "logEndOffset") return ReadLimit::log_end_offset;
  if (name == "lastStableOffset") return ReadLimit::last_stable_offset;
  if (name != "highWatermark") {
    read.refuse("the read limit", "highWatermark, lastStableOffset or logEndOffset");
  }
  return ReadLimit::high_watermark;
}

// Every stored byte from `from` on, as far as one read goes. On a background thread.
LogResult<std::vector<uint8_t>> read_bytes(PartitionLog& log, Offset from, size_t bytes_max,
                                           ReadLimit limit) {
  auto found = log.read(from, bytes_max, limit, true, nullptr);
  if (!found) return Err(found.error());
  std::vector<uint8_t> bytes(found->bytes);
  if (bytes.empty()) return bytes;
  auto got = found->file->read_at(found->position, bytes);
  if (!got) {
    log.read_failed(got.error());
    return Err(LogError{ErrorCode::kafka_storage_error, got.error().detail, {}});
  }
  bytes.resize(*got);
  return bytes;
}

}  // namespace

Napi::Value LogBinding::find_open(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const std::string path = read.text(info[0], "the path");
  const TopicPartition first = to_topic_partition(read, info[1], Napi::Number::New(env, 0));
  const Uuid topic_id = read.uuid(info[2], "the topic id");
  if (read.failed()) return env.Undefined();
  using Logs = std::vector<std::shared_ptr<PartitionLog>>;
  return background_task<Logs>(
      env, AddonState::of(env).port,
      [path, topic = first.topic, topic_id]() -> LogResult<Logs> {
        return DirectoryLease::find_logs(posix_file_system(), path, topic, topic_id);
      },
      [](Napi::Env alive, Logs& logs) -> Napi::Value {
        auto found = Napi::Array::New(alive, logs.size());
        for (size_t i = 0; i < logs.size(); ++i) {
          const Napi::HandleScope scope(alive);
          found.Set(static_cast<uint32_t>(i), create(alive, std::move(logs[i]), nullptr));
        }
        return found;
      });
}

Napi::Value LogBinding::read(Info info) {
  ValueReader read(info.Env());
  const Offset from(read.int64(info[0], "the offset"));
  const int64_t bytes_max = read.int64(info[1], "the size", 0);
  const ReadLimit limit = to_read_limit(read, info[2]);
  if (read.failed()) return info.Env().Undefined();
  return task<std::vector<uint8_t>>(
      info,
      [from, bytes_max, limit](PartitionLog& log) {
        return read_bytes(log, from, static_cast<size_t>(bytes_max), limit);
      },
      [](Napi::Env env, std::vector<uint8_t>& bytes) { return from_bytes(env, bytes); },
      Doing::read);
}

// On the environment's thread: what was just appended, for who waited for it.
Napi::Value LogBinding::read_cached(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const Offset from(read.int64(info[0], "the offset"));
  const int64_t bytes_max = read.int64(info[1], "the size", 0);
  const ReadLimit limit = to_read_limit(read, info[2]);
  if (read.failed()) return env.Undefined();
  const DirectoryUse directory = directory_->use();
  if (!may(Doing::read, directory)) {
    throw_storage_error(env, directory_closed());
    return env.Undefined();
  }
  auto found =
      log_->read(from, static_cast<size_t>(bytes_max), limit, true, nullptr, ReadWait::cached_only);
  if (!found) {
    throw_storage_error(env, found.error());
    return env.Undefined();
  }
  if (found->is_cold) return env.Undefined();
  std::vector<uint8_t> bytes(found->bytes);
  if (bytes.empty()) return from_bytes(env, bytes);
  // Whatever is not there at once, an error included, is for a read that may wait.
  const auto got = found->file->read_cached_at(found->position, bytes);
  if (!got || *got < bytes.size()) return env.Undefined();
  return from_bytes(env, bytes);
}

Napi::Value LogBinding::aborted_transactions(Info info) {
  ValueReader read(info.Env());
  const Offset from(read.int64(info[0], "the offset"));
  const int64_t bytes_max = read.int64(info[1], "the size", 0);
  if (read.failed()) return info.Env().Undefined();
  return task<std::vector<AbortedTransaction>>(
      info,
      [from, bytes_max](PartitionLog& log) -> LogResult<std::vector<AbortedTransaction>> {
        auto found = log.read(from, static_cast<size_t>(bytes_max), ReadLimit::last_stable_offset,
                              true, nullptr);
        if (!found) return Err(found.error());
        return std::move(found->aborted);
      },
      from_aborted);
}

Napi::Value LogBinding::lookup_task(Info info,
                                    std::function<LogResult<TimestampLookup>(PartitionLog&)> run) {
  return task<TimestampLookup>(info, std::move(run), from_lookup, Doing::read);
}

Napi::Value LogBinding::lookup_timestamp(Info info) {
  ValueReader read(info.Env());
  const TimestampMs at_least(read.int64(info[0], "the timestamp"));
  const ReadLimit limit = to_read_limit(read, info[1]);
  const Offset from(read.int64(info[2], "the offset"));
  if (read.failed()) return info.Env().Undefined();
  return lookup_task(info, [at_least, limit, from](PartitionLog& log) {
    return log.lookup_timestamp(at_least, limit, from);
  });
}

Napi::Value LogBinding::lookup_max_timestamp(Info info) {
  ValueReader read(info.Env());
  const ReadLimit limit = to_read_limit(read, info[0]);
  const Offset from(read.int64(info[1], "the offset"));
  if (read.failed()) return info.Env().Undefined();
  return lookup_task(
      info, [limit, from](PartitionLog& log) { return log.lookup_max_timestamp(limit, from); });
}

Napi::Value LogBinding::segment_detail(Info info) {
  ValueReader read(info.Env());
  const Offset base(read.int64(info[0], "the base offset"));
  if (read.failed()) return info.Env().Undefined();
  return task<SegmentDetail>(
      info, [base](PartitionLog& log) { return log.segment_detail(base); },
      [](Napi::Env env, SegmentDetail& detail) { return from_segment_detail(env, detail); });
}

Napi::Value LogBinding::segment_position(Info info) {
  ValueReader read(info.Env());
  const Offset base(read.int64(info[0], "the base offset"));
  const Offset offset(read.int64(info[1], "the offset"));
  if (read.failed()) return info.Env().Undefined();
  return task<Position>(
      info, [base, offset](PartitionLog& log) { return log.segment_position(base, offset); },
      [](Napi::Env env, Position& position) { return from_int64(env, position.value); });
}

Napi::Value LogBinding::read_segment(Info info) {
  ValueReader read(info.Env());
  const Offset base(read.int64(info[0], "the base offset"));
  const Position from(read.int64(info[1], "the position", 0));
  const auto bytes_max = static_cast<size_t>(read.int64(info[2], "the size", 0));
  if (read.failed()) return info.Env().Undefined();
  return task<std::vector<uint8_t>>(
      info,
      [base, from, bytes_max](PartitionLog& log) {
        return log.read_segment(base, from, bytes_max);
      },
      [](Napi::Env env, std::vector<uint8_t>& bytes) { return from_bytes(env, bytes); });
}

}  // namespace odradek
