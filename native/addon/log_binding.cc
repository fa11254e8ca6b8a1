#include "log_binding.h"

#include "arguments.h"
#include "background_task.h"
#include "file/file_system.h"

namespace odradek {
namespace {

constexpr napi_type_tag kLogTag = {0x6f64726164656b01, 0x4e61746976654c6f};

ReadLimit to_read_limit(const Napi::Value& value) {
  const std::string name = to_text(value);
  if (name == "logEndOffset") return ReadLimit::log_end_offset;
  if (name == "lastStableOffset") return ReadLimit::last_stable_offset;
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
  if (!got) return Err(LogError{ErrorCode::kafka_storage_error, got.error().detail, {}});
  bytes.resize(*got);
  return bytes;
}

}  // namespace

LogConfig to_log_config(const Napi::Object& object) {
  LogConfig config;
  config.segment_bytes = to_int64(object.Get("segmentBytes"));
  config.segment_ms = to_int64(object.Get("segmentMs"));
  config.segment_jitter_ms = to_int64(object.Get("segmentJitterMs"));
  config.segment_index_bytes = to_int64(object.Get("segmentIndexBytes"));
  config.index_interval_bytes = to_int64(object.Get("indexIntervalBytes"));
  config.flush_messages = to_int64(object.Get("flushMessages"));
  config.flush_ms = to_int64(object.Get("flushMs"));
  config.producer_id_expiration_ms = to_int64(object.Get("producerIdExpirationMs"));
  ValidationRules& rules = config.validation;
  rules.batch_bytes_max = to_int32(object.Get("maxMessageBytes"));
  rules.compacted = to_bool(object.Get("compacted"));
  rules.log_append_time = to_bool(object.Get("logAppendTime"));
  rules.timestamp_before_ms_max = to_int64(object.Get("timestampBeforeMaxMs"));
  rules.timestamp_after_ms_max = to_int64(object.Get("timestampAfterMaxMs"));
  rules.target_codec = static_cast<int8_t>(to_int32(object.Get("targetCodec")));
  rules.open_compressed = to_bool(object.Get("openCompressed"));
  return config;
}

Napi::Function LogBinding::define(Napi::Env env) {
  using L = LogBinding;
  return DefineClass(env, "NativeLog",
                     {InstanceMethod<&L::log_start_offset>("logStartOffset"),
                      InstanceMethod<&L::durable_offset>("durableOffset"),
                      InstanceMethod<&L::high_watermark>("highWatermark"),
                      InstanceMethod<&L::last_stable_offset>("lastStableOffset"),
                      InstanceMethod<&L::log_end_offset>("logEndOffset"),
                      InstanceMethod<&L::size_bytes>("sizeBytes"),
                      InstanceMethod<&L::online>("online"),
                      InstanceMethod<&L::configure>("configure"),
                      InstanceMethod<&L::become_leader>("becomeLeader"),
                      InstanceMethod<&L::append>("append"),
                      InstanceMethod<&L::committed>("committed"),
                      InstanceMethod<&L::read>("read"),
                      InstanceMethod<&L::lookup_timestamp>("lookupTimestamp"),
                      InstanceMethod<&L::lookup_max_timestamp>("lookupMaxTimestamp"),
                      InstanceMethod<&L::end_offset_of>("endOffsetOf"),
                      InstanceMethod<&L::leader_epoch_at>("leaderEpochAt"),
                      InstanceMethod<&L::truncate_to>("truncateTo"),
                      InstanceMethod<&L::delete_up_to>("deleteUpTo"),
                      InstanceMethod<&L::flush>("flush")});
}

// The constructor's argument is an External that only create() can make.
struct LogConstruction {
  std::shared_ptr<PartitionLog> log;
  SharedDirectory directory;
};

Napi::Object LogBinding::create(Napi::Env env, std::shared_ptr<PartitionLog> log,
                                SharedDirectory directory) {
  LogConstruction construction{std::move(log), std::move(directory)};
  auto argument = Napi::External<LogConstruction>::New(env, &construction);
  return AddonState::of(env).log_class.New({argument});
}

LogBinding::LogBinding(const Napi::CallbackInfo& info) : Napi::ObjectWrap<LogBinding>(info) {
  if (info.Length() != 1 || !info[0].IsExternal()) {
    throw_type_error(info.Env(), "a NativeLog comes from NativeDirectory.openPartition");
    return;
  }
  auto* construction = info[0].As<Napi::External<LogConstruction>>().Data();
  log_ = std::move(construction->log);
  directory_ = std::move(construction->directory);
  watcher_ = std::make_shared<CommitWatcher>(AddonState::of(info.Env()).port, log_);
  info.This().As<Napi::Object>().TypeTag(&kLogTag);
}

LogBinding::~LogBinding() {
  if (watcher_ != nullptr) watcher_->retire();
}

LogBinding* LogBinding::from(const Napi::Value& value) {
  if (value.IsObject() && value.As<Napi::Object>().CheckTypeTag(&kLogTag)) {
    return Unwrap(value.As<Napi::Object>());
  }
  throw_type_error(value.Env(), "expected a NativeLog");
  return nullptr;
}

Napi::Value LogBinding::log_start_offset(Info info) {
  return from_int64(info.Env(), log_->log_start_offset().value);
}
Napi::Value LogBinding::durable_offset(Info info) {
  return from_int64(info.Env(), log_->durable_offset().value);
}
Napi::Value LogBinding::high_watermark(Info info) {
  return from_int64(info.Env(), log_->high_watermark().value);
}
Napi::Value LogBinding::last_stable_offset(Info info) {
  return from_int64(info.Env(), log_->last_stable_offset().value);
}
Napi::Value LogBinding::log_end_offset(Info info) {
  return from_int64(info.Env(), log_->log_end_offset().value);
}
Napi::Value LogBinding::size_bytes(Info info) { return from_int64(info.Env(), log_->size_bytes()); }
Napi::Value LogBinding::online(Info info) {
  return Napi::Boolean::New(info.Env(), log_->online());
}

Napi::Value LogBinding::configure(Info info) {
  if (info[0].IsObject()) log_->configure(to_log_config(info[0].As<Napi::Object>()));
  return info.Env().Undefined();
}

Napi::Value LogBinding::become_leader(Info info) {
  log_->become_leader(LeaderEpoch(to_int32(info[0])));
  return info.Env().Undefined();
}

Napi::Value LogBinding::append(Info info) {
  Napi::Env env = info.Env();
  auto [lock, directory] = directory_->use(false);
  if (directory == nullptr) {
    throw_storage_error(env, directory_closed());
    return env.Undefined();
  }
  auto outcome = log_->append(to_bytes(info[0]), AppendOrigin::coordinator);
  if (!outcome) {
    throw_storage_error(env, outcome.error());
    return env.Undefined();
  }
  auto result = Napi::Object::New(env);
  result.Set("baseOffset", from_int64(env, outcome->base_offset.value));
  result.Set("lastOffset", from_int64(env, outcome->last_offset.value));
  result.Set("requiredHighWatermark", from_int64(env, outcome->required_high_watermark.value));
  return result;
}

Napi::Value LogBinding::committed(Info info) {
  return watcher_->committed(info.Env(), Offset(to_int64(info[0])));
}

template <class T>
Napi::Value LogBinding::task(Info info, std::function<LogResult<T>(PartitionLog&)> run,
                             std::function<Napi::Value(Napi::Env, T&)> settle) {
  return background_task<T>(
      info.Env(), AddonState::of(info.Env()).port,
      [log = log_, shared = directory_, run = std::move(run)]() -> LogResult<T> {
        auto [lock, directory] = shared->use(true);
        if (directory == nullptr) return Err(directory_closed());
        return run(*log);
      },
      std::move(settle));
}

Napi::Value LogBinding::read(Info info) {
  const Offset from(to_int64(info[0]));
  const auto bytes_max = static_cast<size_t>(std::max<int64_t>(0, to_int64(info[1])));
  const ReadLimit limit = to_read_limit(info[2]);
  return task<std::vector<uint8_t>>(
      info,
      [from, bytes_max, limit](PartitionLog& log) {
        return read_bytes(log, from, bytes_max, limit);
      },
      [](Napi::Env env, std::vector<uint8_t>& bytes) { return from_bytes(env, bytes); });
}

Napi::Value LogBinding::lookup_task(
    Info info, std::function<LogResult<TimestampLookup>(PartitionLog&)> run) {
  return task<TimestampLookup>(
      info, std::move(run),
      [](Napi::Env env, TimestampLookup& found) -> Napi::Value {
        auto result = Napi::Object::New(env);
        result.Set("offset", from_int64(env, found.offset.value));
        result.Set("timestamp", from_int64(env, found.timestamp.value));
        result.Set("leaderEpoch", from_int64(env, found.leader_epoch.value));
        result.Set("compressedBatch", found.compressed_batch.empty()
                                          ? env.Undefined()
                                          : from_bytes(env, found.compressed_batch));
        return result;
      });
}

Napi::Value LogBinding::lookup_timestamp(Info info) {
  const TimestampMs at_least(to_int64(info[0]));
  const ReadLimit limit = to_read_limit(info[1]);
  return lookup_task(
      info, [at_least, limit](PartitionLog& log) { return log.lookup_timestamp(at_least, limit); });
}

Napi::Value LogBinding::lookup_max_timestamp(Info info) {
  const ReadLimit limit = to_read_limit(info[0]);
  return lookup_task(info,
                     [limit](PartitionLog& log) { return log.lookup_max_timestamp(limit); });
}

Napi::Value LogBinding::end_offset_of(Info info) {
  Napi::Env env = info.Env();
  LeaderEpoch found = kNoLeaderEpoch;
  const Offset end = log_->end_offset_of(LeaderEpoch(to_int32(info[0])), &found);
  auto result = Napi::Object::New(env);
  result.Set("leaderEpoch", from_int64(env, found.value));
  result.Set("endOffset", from_int64(env, end.value));
  return result;
}

Napi::Value LogBinding::leader_epoch_at(Info info) {
  return from_int64(info.Env(), log_->leader_epoch_at(Offset(to_int64(info[0]))).value);
}

Napi::Value LogBinding::offset_task(Info info,
                                    std::function<LogResult<Offset>(PartitionLog&)> run) {
  return task<Offset>(
      info, std::move(run),
      [](Napi::Env env, Offset& offset) { return from_int64(env, offset.value); });
}

Napi::Value LogBinding::truncate_to(Info info) {
  const Offset offset(to_int64(info[0]));
  return offset_task(info, [offset](PartitionLog& log) { return log.truncate_to(offset); });
}

Napi::Value LogBinding::delete_up_to(Info info) {
  const Offset offset(to_int64(info[0]));
  return offset_task(info, [offset](PartitionLog& log) { return log.delete_up_to(offset); });
}

Napi::Value LogBinding::flush(Info info) {
  return offset_task(info, [](PartitionLog& log) { return log.flush(); });
}

}  // namespace odradek
