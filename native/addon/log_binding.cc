#include "addon/log_binding.h"

#include "addon/log_answers.h"
#include "addon/log_config_binding.h"
#include "addon/replacement_binding.h"
#include "addon/value_reader.h"

namespace odradek {
namespace {

constexpr napi_type_tag kLogTag = {0x6f64726164656b01, 0x4e61746976654c6f};

// What create() gives the constructor.
struct LogConstruction {
  std::shared_ptr<PartitionLog> log;
  SharedDirectory directory;  // empty: others have it open
};

}  // namespace

Napi::Function LogBinding::define(Napi::Env env) {
  using L = LogBinding;
  using P = PartitionLog;
  return DefineClass(env, "NativeLog",
                     {InstanceMethod<&L::offset<&P::log_start_offset>>("logStartOffset"),
                      InstanceMethod<&L::offset<&P::durable_offset>>("durableOffset"),
                      InstanceMethod<&L::offset<&P::high_watermark>>("highWatermark"),
                      InstanceMethod<&L::offset<&P::last_stable_offset>>("lastStableOffset"),
                      InstanceMethod<&L::offset<&P::log_end_offset>>("logEndOffset"),
                      InstanceMethod<&L::size_bytes>("sizeBytes"),
                      InstanceMethod<&L::segment_count>("segmentCount"),
                      InstanceMethod<&L::online>("online"),
                      InstanceMethod<&L::offline_reason>("offlineReason"),
                      InstanceMethod<&L::producers>("producers"),
                      InstanceMethod<&L::configure>("configure"),
                      InstanceMethod<&L::become_leader>("becomeLeader"),
                      InstanceMethod<&L::append>("append"),
                      InstanceMethod<&L::committed>("committed"),
                      InstanceMethod<&L::passed>("passed"),
                      InstanceMethod<&L::give_up>("giveUp"),
                      InstanceMethod<&L::read>("read"),
                      InstanceMethod<&L::read_cached>("readCached"),
                      InstanceMethod<&L::aborted_transactions>("abortedTransactions"),
                      InstanceMethod<&L::lookup_timestamp>("lookupTimestamp"),
                      InstanceMethod<&L::lookup_max_timestamp>("lookupMaxTimestamp"),
                      InstanceMethod<&L::end_offset_of>("endOffsetOf"),
                      InstanceMethod<&L::leader_epoch_at>("leaderEpochAt"),
                      InstanceMethod<&L::segments>("segments"),
                      InstanceMethod<&L::segment_detail>("segmentDetail"),
                      InstanceMethod<&L::segment_position>("segmentPosition"),
                      InstanceMethod<&L::read_segment>("readSegment"),
                      InstanceMethod<&L::roll>("roll"),
                      InstanceMethod<&L::replace_segments>("replaceSegments"),
                      InstanceMethod<&L::aborted_entries>("abortedEntries"),
                      InstanceMethod<&L::truncate_to>("truncateTo"),
                      InstanceMethod<&L::delete_up_to>("deleteUpTo"),
                      InstanceMethod<&L::flush>("flush")});
}

Napi::Object LogBinding::create(Napi::Env env, std::shared_ptr<PartitionLog> log,
                                SharedDirectory directory) {
  LogConstruction construction{std::move(log), std::move(directory)};
  return AddonState::make(env, &AddonState::log_class, construction);
}

LogBinding::LogBinding(const Napi::CallbackInfo& info) : Napi::ObjectWrap<LogBinding>(info) {
  auto* construction = AddonState::of(info.Env()).take_given<LogConstruction>();
  if (construction == nullptr) {
    throw_type_error(info.Env(), "a NativeLog comes from NativeDirectory.openPartitions");
    return;
  }
  // Not wrapped, on a dying environment: never finalized, so it must not own anything.
  if (IsEmpty()) return;
  log_ = std::move(construction->log);
  is_visited_ = construction->directory == nullptr;
  directory_ = is_visited_ ? DirectoryShare::none() : std::move(construction->directory);
  watcher_ =
      std::make_shared<CommitWatcher>(AddonState::of(info.Env()).port, log_, [this](bool waiting) {
        if (waiting) Ref();
        if (!waiting) Unref();
      });
  info.This().As<Napi::Object>().TypeTag(&kLogTag);
}

LogBinding::~LogBinding() {
  if (watcher_ != nullptr) watcher_->retire();
}

LogBinding* LogBinding::from(const Napi::Value& value) {
  bool is_log = false;
  if (value.IsObject() &&
      napi_check_object_type_tag(value.Env(), value, &kLogTag, &is_log) == napi_ok && is_log) {
    return Unwrap(value.As<Napi::Object>());
  }
  throw_type_error(value.Env(), "expected a NativeLog");
  return nullptr;
}

template <Offset (PartitionLog::*kGet)() const>
Napi::Value LogBinding::offset(Info info) {
  return from_int64(info.Env(), (*log_.*kGet)().value);
}
Napi::Value LogBinding::size_bytes(Info info) { return from_int64(info.Env(), log_->size_bytes()); }
Napi::Value LogBinding::segment_count(Info info) {
  return from_int64(info.Env(), static_cast<int64_t>(log_->segment_count()));
}
Napi::Value LogBinding::online(Info info) { return Napi::Boolean::New(info.Env(), log_->online()); }
Napi::Value LogBinding::offline_reason(Info info) {
  return Napi::String::New(info.Env(), log_->offline_reason());
}
Napi::Value LogBinding::producers(Info info) { return from_producers(info.Env(), *log_); }

Napi::Value LogBinding::configure(Info info) {
  ValueReader read(info.Env());
  const LogConfig config = to_log_config(read, info[0]);
  if (!read.failed()) log_->configure(config);
  return info.Env().Undefined();
}

Napi::Value LogBinding::become_leader(Info info) {
  ValueReader read(info.Env());
  const LeaderEpoch epoch(read.int32(info[0], "the leader epoch", log_->leader_epoch().value));
  if (!read.failed()) log_->become_leader(epoch);
  return info.Env().Undefined();
}

Napi::Value LogBinding::append(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const ByteSpan batch = read.bytes(info[0], "the batch");
  if (read.failed()) return env.Undefined();
  const DirectoryUse directory = directory_->use();
  const LogError refusal = directory ? refusal_of(batch) : directory_closed();
  if (refusal.code != ErrorCode::none) {
    throw_storage_error(env, refusal);
    return env.Undefined();
  }
  // The log writes offset and epoch into it: the caller's bytes stay as they are.
  std::vector<uint8_t> copy(batch.begin(), batch.end());
  auto outcome = log_->append(copy, AppendOrigin::coordinator);
  if (outcome) return from_append(env, *outcome);
  throw_storage_error(env, outcome.error());
  return env.Undefined();
}

Napi::Value LogBinding::committed(Info info) {
  ValueReader read(info.Env());
  const Offset offset(read.int64(info[0], "the offset"));
  return read.failed() ? info.Env().Undefined() : watcher_->committed(info.Env(), offset);
}

Napi::Value LogBinding::passed(Info info) {
  ValueReader read(info.Env());
  const Offset offset(read.int64(info[0], "the offset"));
  return read.failed() ? info.Env().Undefined() : watcher_->passed(info.Env(), offset);
}

Napi::Value LogBinding::give_up(Info info) {
  ValueReader read(info.Env());
  const Offset offset(read.int64(info[0], "the offset"));
  if (!read.failed()) watcher_->give_up(info.Env(), offset);
  return info.Env().Undefined();
}

Napi::Value LogBinding::end_offset_of(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const LeaderEpoch epoch(read.int32(info[0], "the leader epoch"));
  if (read.failed()) return env.Undefined();
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
  if (read.failed()) return info.Env().Undefined();
  return from_int64(info.Env(), log_->leader_epoch_at(offset).value);
}

Napi::Value LogBinding::offset_task(Info info,
                                    std::function<LogResult<Offset>(PartitionLog&)> run) {
  return task<Offset>(info, std::move(run),
                      [](Napi::Env env, Offset& offset) { return from_int64(env, offset.value); });
}

Napi::Value LogBinding::segments(Info info) {
  return task<std::vector<SegmentSummary>>(
      info, [](PartitionLog& log) { return log.segments(); }, from_segments);
}

Napi::Value LogBinding::roll(Info info) {
  return offset_task(info, [](PartitionLog& log) { return log.roll(); });
}

Napi::Value LogBinding::replace_segments(Info info) {
  ValueReader read(info.Env());
  const Offset base(read.int64(info[0], "the base offset"));
  const Offset end(read.int64(info[1], "the end"));
  if (read.failed()) return info.Env().Undefined();
  return task<std::unique_ptr<SegmentReplacement>>(
      info, [base, end](PartitionLog& log) { return log.replace_segments(base, end); },
      [directory = directory_](Napi::Env env, std::unique_ptr<SegmentReplacement>& made) {
        return ReplacementBinding::create(env, std::move(made), directory);
      });
}

Napi::Value LogBinding::aborted_entries(Info info) {
  ValueReader read(info.Env());
  const Offset base(read.int64(info[0], "the base offset"));
  const Offset end(read.int64(info[1], "the end"));
  if (read.failed()) return info.Env().Undefined();
  return from_aborted_entries(info.Env(), log_->aborted_entries(base, end));
}

Napi::Value LogBinding::truncate_to(Info info) {
  ValueReader read(info.Env());
  const Offset offset(read.int64(info[0], "the offset"));
  if (read.failed()) return info.Env().Undefined();
  return offset_task(info, [offset](PartitionLog& log) { return log.truncate_to(offset); });
}

Napi::Value LogBinding::delete_up_to(Info info) {
  ValueReader read(info.Env());
  const Offset offset(read.int64(info[0], "the offset"));
  if (read.failed()) return info.Env().Undefined();
  return offset_task(info, [offset](PartitionLog& log) { return log.delete_up_to(offset); });
}

Napi::Value LogBinding::flush(Info info) {
  return offset_task(info, [](PartitionLog& log) { return log.flush(); });
}

}  // namespace odradek
