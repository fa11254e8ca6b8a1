#include "log_binding.h"

#include "background_task.h"
#include "file/file_system.h"
#include "log_answers.h"
#include "log_config_binding.h"
#include "value_reader.h"

namespace odradek {
namespace {

constexpr napi_type_tag kLogTag = {0x6f64726164656b01, 0x4e61746976654c6f};

ReadLimit to_read_limit(ValueReader &read, const Napi::Value &value) {
  const std::string name = read.text(value, "the read limit");
  if (name == "logEndOffset")
    return ReadLimit::log_end_offset;
  if (name == "lastStableOffset")
    return ReadLimit::last_stable_offset;
  if (name != "highWatermark") {
    read.refuse("the read limit",
                "highWatermark, lastStableOffset or logEndOffset");
  }
  return ReadLimit::high_watermark;
}

// Every stored byte from `from` on, as far as one read goes. On a background
// thread.
LogResult<std::vector<uint8_t>> read_bytes(PartitionLog &log, Offset from,
                                           size_t bytes_max, ReadLimit limit) {
  auto found = log.read(from, bytes_max, limit, true, nullptr);
  if (!found)
    return Err(found.error());
  std::vector<uint8_t> bytes(found->bytes);
  if (bytes.empty())
    return bytes;
  auto got = found->file->read_at(found->position, bytes);
  if (!got)
    return Err(
        LogError{ErrorCode::kafka_storage_error, got.error().detail, {}});
  bytes.resize(*got);
  return bytes;
}

// The constructor's argument is an External that only create() can make.
struct LogConstruction {
  std::shared_ptr<PartitionLog> log;
  SharedDirectory directory;
};

} // namespace

Napi::Function LogBinding::define(Napi::Env env) {
  using L = LogBinding;
  using P = PartitionLog;
  return DefineClass(
      env, "NativeLog",
      {InstanceMethod<&L::offset<&P::log_start_offset>>("logStartOffset"),
       InstanceMethod<&L::offset<&P::durable_offset>>("durableOffset"),
       InstanceMethod<&L::offset<&P::high_watermark>>("highWatermark"),
       InstanceMethod<&L::offset<&P::last_stable_offset>>("lastStableOffset"),
       InstanceMethod<&L::offset<&P::log_end_offset>>("logEndOffset"),
       InstanceMethod<&L::size_bytes>("sizeBytes"),
       InstanceMethod<&L::segment_count>("segmentCount"),
       InstanceMethod<&L::online>("online"),
       InstanceMethod<&L::producers>("producers"),
       InstanceMethod<&L::configure>("configure"),
       InstanceMethod<&L::become_leader>("becomeLeader"),
       InstanceMethod<&L::append>("append"),
       InstanceMethod<&L::committed>("committed"),
       InstanceMethod<&L::read>("read"),
       InstanceMethod<&L::aborted_transactions>("abortedTransactions"),
       InstanceMethod<&L::lookup_timestamp>("lookupTimestamp"),
       InstanceMethod<&L::lookup_max_timestamp>("lookupMaxTimestamp"),
       InstanceMethod<&L::end_offset_of>("endOffsetOf"),
       InstanceMethod<&L::leader_epoch_at>("leaderEpochAt"),
       InstanceMethod<&L::truncate_to>("truncateTo"),
       InstanceMethod<&L::delete_up_to>("deleteUpTo"),
       InstanceMethod<&L::flush>("flush")});
}

Napi::Object LogBinding::create(Napi::Env env,
                                std::shared_ptr<PartitionLog> log,
                                SharedDirectory directory) {
  LogConstruction construction{std::move(log), std::move(directory)};
  auto argument = Napi::External<LogConstruction>::New(env, &construction);
  return AddonState::of(env).log_class.New({argument});
}

LogBinding::LogBinding(const Napi::CallbackInfo &info)
    : Napi::ObjectWrap<LogBinding>(info) {
  if (info.Length() != 1 || !info[0].IsExternal()) {
    throw_type_error(info.Env(),
                     "a NativeLog comes from NativeDirectory.openPartition");
    return;
  }
  // Not wrapped, on a dying environment: never finalized, so it must not own
  // anything.
  if (IsEmpty())
    return;
  auto *construction = info[0].As<Napi::External<LogConstruction>>().Data();
  log_ = std::move(construction->log);
  directory_ = std::move(construction->directory);
  watcher_ = std::make_shared<CommitWatcher>(AddonState::of(info.Env()).port,
                                             log_, [this](bool waiting) {
                                               if (waiting)
                                                 Ref();
                                               if (!waiting)
                                                 Unref();
                                             });
  info.This().As<Napi::Object>().TypeTag(&kLogTag);
}

LogBinding::~LogBinding() {
  if (watcher_ != nullptr)
    watcher_->retire();
}

LogBinding *LogBinding::from(const Napi::Value &value) {
  bool is_log = false;
  if (value.IsObject() &&
      napi_check_object_type_tag(value.Env(), value, &kLogTag, &is_log) ==
          napi_ok &&
      is_log) {
    return Unwrap(value.As<Napi::Object>());
  }
  throw_type_error(value.Env(), "expected a NativeLog");
  return nullptr;
}

template <Offset (PartitionLog::*kGet)() const>
Napi::Value LogBinding::offset(Info info) {
  return from_int64(info.Env(), (*log_.*kGet)().value);
}
Napi::Value LogBinding::size_bytes(Info info) {
  return from_int64(info.Env(), log_->size_bytes());
}
Napi::Value LogBinding::segment_count(Info info) {
  return from_int64(info.Env(), static_cast<int64_t>(log_->segment_count()));
}
Napi::Value LogBinding::online(Info info) {
  return Napi::Boolean::New(info.Env(), log_->online());
}
Napi::Value LogBinding::producers(Info info) {
  return from_producers(info.Env(), *log_);
}

Napi::Value LogBinding::configure(Info info) {
  ValueReader read(info.Env());
  const LogConfig config = to_log_config(read, info[0]);
  if (!read.failed())
    log_->configure(config);
  return info.Env().Undefined();
}

Napi::Value LogBinding::become_leader(Info info) {
  ValueReader read(info.Env());
  const LeaderEpoch epoch(
      read.int32(info[0], "the leader epoch", log_->leader_epoch().value));
  if (!read.failed())
    log_->become_leader(epoch);
  return info.Env().Undefined();
}

Napi::Value LogBinding::append(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const ByteSpan batch = read.bytes(info[0], "the batch");
  if (read.failed())
    return env.Undefined();
  const DirectoryUse directory = directory_->use();
  const LogError refusal = directory ? refusal_of(batch) : directory_closed();
  if (refusal.code != ErrorCode::none) {
    throw_storage_error(env, refusal);
    return env.Undefined();
  }
  auto outcome = log_->append(batch, AppendOrigin::coordinator);
  if (outcome)
    return from_append(env, *outcome);
  throw_storage_error(env, outcome.error());
  return env.Undefined();
}

Napi::Value LogBinding::committed(Info info) {
  ValueReader read(info.Env());
  const Offset offset(read.int64(info[0], "the offset"));
  return read.failed() ? info.Env().Undefined()
                       : watcher_->committed(info.Env(), offset);
}

template <class T>
Napi::Value
LogBinding::task(Info info, std::function<LogResult<T>(PartitionLog &)> run,
                 std::function<Napi::Value(Napi::Env, T &)> settle) {
  const Napi::Env env = info.Env();
  auto use = std::make_shared<DirectoryUse>(directory_->use());
  if (!*use)
    return rejected(env, storage_error(env, directory_closed()));
  return background_task<T>(
      env, AddonState::of(env).port,
      [log = log_, use, run = std::move(run)]() -> LogResult<T> {
        return run(*log);
      },
      std::move(settle));
}

Napi::Value LogBinding::read(Info info) {
  ValueReader read(info.Env());
  const Offset from(read.int64(info[0], "the offset"));
  const int64_t bytes_max = read.int64(info[1], "the size", 0);
  const ReadLimit limit = to_read_limit(read, info[2]);
  if (read.failed())
    return info.Env().Undefined();
  return task<std::vector<uint8_t>>(
      info,
      [from, bytes_max, limit](PartitionLog &log) {
        return read_bytes(log, from, static_cast<size_t>(bytes_max), limit);
      },
      [](Napi::Env env, std::vector<uint8_t> &bytes) {
        return from_bytes(env, bytes);
      });
}

Napi::Value LogBinding::aborted_transactions(Info info) {
  ValueReader read(info.Env());
  const Offset from(read.int64(info[0], "the offset"));
  const int64_t bytes_max = read.int64(info[1], "the size", 0);
  if (read.failed())
    return info.Env().Undefined();
  return task<std::vector<AbortedTransaction>>(
      info,
      [from, bytes_max](
          PartitionLog &log) -> LogResult<std::vector<AbortedTransaction>> {
        auto found = log.read(from, static_cast<size_t>(bytes_max),
                              ReadLimit::last_stable_offset, true, nullptr);
        if (!found)
          return Err(found.error());
        return std::move(found->aborted);
      },
      from_aborted);
}

Napi::Value LogBinding::lookup_task(
    Info info, std::function<LogResult<TimestampLookup>(PartitionLog &)> run) {
  return task<TimestampLookup>(info, std::move(run), from_lookup);
}

Napi::Value LogBinding::lookup_timestamp(Info info) {
  ValueReader read(info.Env());
  const TimestampMs at_least(read.int64(info[0], "the timestamp"));
  const ReadLimit limit = to_read_limit(read, info[1]);
  if (read.failed())
    return info.Env().Undefined();
  return lookup_task(info, [at_least, limit](PartitionLog &log) {
    return log.lookup_timestamp(at_least, limit);
  });
}

Napi::Value LogBinding::lookup_max_timestamp(Info info) {
  ValueReader read(info.Env());
  const ReadLimit limit = to_read_limit(read, info[0]);
  if (read.failed())
    return info.Env().Undefined();
  return lookup_task(info, [limit](PartitionLog &log) {
    return log.lookup_max_timestamp(limit);
  });
}

Napi::Value LogBinding::end_offset_of(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const LeaderEpoch epoch(read.int32(info[0], "the leader epoch"));
  if (read.failed())
    return env.Undefined();
  LeaderEpoch found = kNoLeaderEpoch;
  const Offset end = log_->end_offset_of(epoch, &found);
  auto result = Napi::Object::New(env);
  result.Set("leaderEpoch", from_int64(env, found.value));
  result.Set("endOffset", from_int64(env, end.value));
  return result;
}

Napi::Value LogBinding::leader_epoch_at(Info info) {
  ValueReader read(info.Env());
  const Offset offset(read.int64(info[0], "the offset"));
  if (read.failed())
    return info.Env().Undefined();
  return from_int64(info.Env(), log_->leader_epoch_at(offset).value);
}

Napi::Value
LogBinding::offset_task(Info info,
                        std::function<LogResult<Offset>(PartitionLog &)> run) {
  return task<Offset>(info, std::move(run), [](Napi::Env env, Offset &offset) {
    return from_int64(env, offset.value);
  });
}

Napi::Value LogBinding::truncate_to(Info info) {
  ValueReader read(info.Env());
  const Offset offset(read.int64(info[0], "the offset"));
  if (read.failed())
    return info.Env().Undefined();
  return offset_task(
      info, [offset](PartitionLog &log) { return log.truncate_to(offset); });
}

Napi::Value LogBinding::delete_up_to(Info info) {
  ValueReader read(info.Env());
  const Offset offset(read.int64(info[0], "the offset"));
  if (read.failed())
    return info.Env().Undefined();
  return offset_task(
      info, [offset](PartitionLog &log) { return log.delete_up_to(offset); });
}

Napi::Value LogBinding::flush(Info info) {
  return offset_task(info, [](PartitionLog &log) { return log.flush(); });
}

} // namespace odradek
