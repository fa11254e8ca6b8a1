// `NativeLog`: one partition log as a JavaScript object. Translates and nothing else.
#pragma once

#include <napi.h>

#include <map>
#include <memory>

#include "addon_state.h"
#include "directory_share.h"
#include "log/partition_log.h"

namespace odradek {

// Reads a LogConfig out of the object that src/storage passes (its field names).
LogConfig to_log_config(const Napi::Object& object);

// Promises that wait for a log's high watermark. Used on the environment's thread, except the
// observer call. Kept alive by the observer registration until the log object's end.
class CommitWatcher final : public HighWatermarkObserver,
                            public std::enable_shared_from_this<CommitWatcher> {
 public:
  CommitWatcher(std::shared_ptr<EnvironmentPort> port, std::shared_ptr<PartitionLog> log)
      : port_(std::move(port)), log_(std::move(log)) {}
  Napi::Value committed(Napi::Env env, Offset offset);
  void high_watermark_advanced(PartitionLog& log, Offset high_watermark) noexcept override;
  // Unregisters in the background; the caller drops its pointer afterwards.
  void retire();

 private:
  void settle(Napi::Env env);

  std::shared_ptr<EnvironmentPort> port_;
  std::shared_ptr<PartitionLog> log_;
  std::multimap<Offset, Napi::Promise::Deferred> waiting_;   // environment's thread only
  std::atomic<int64_t> lowest_wanted_{INT64_MAX};
  std::atomic<bool> posted_{false};
  bool observing_ = false;                                   // environment's thread only
};

class LogBinding : public Napi::ObjectWrap<LogBinding> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Object create(Napi::Env env, std::shared_ptr<PartitionLog> log, SharedDirectory directory);
  // The log behind a JavaScript value, or nullptr (with a TypeError thrown) if it is none.
  static LogBinding* from(const Napi::Value& value);

  explicit LogBinding(const Napi::CallbackInfo& info);
  ~LogBinding() override;
  const std::shared_ptr<PartitionLog>& log() const { return log_; }
  const SharedDirectory& directory() const { return directory_; }

 private:
  using Info = const Napi::CallbackInfo&;
  Napi::Value log_start_offset(Info info);
  Napi::Value durable_offset(Info info);
  Napi::Value high_watermark(Info info);
  Napi::Value last_stable_offset(Info info);
  Napi::Value log_end_offset(Info info);
  Napi::Value size_bytes(Info info);
  Napi::Value online(Info info);
  Napi::Value configure(Info info);
  Napi::Value become_leader(Info info);
  Napi::Value append(Info info);
  Napi::Value committed(Info info);
  Napi::Value read(Info info);
  Napi::Value lookup_timestamp(Info info);
  Napi::Value lookup_max_timestamp(Info info);
  Napi::Value end_offset_of(Info info);
  Napi::Value leader_epoch_at(Info info);
  Napi::Value truncate_to(Info info);
  Napi::Value delete_up_to(Info info);
  Napi::Value flush(Info info);

  // Runs `run` on a background thread while the directory is open.
  template <class T>
  Napi::Value task(Info info, std::function<LogResult<T>(PartitionLog&)> run,
                   std::function<Napi::Value(Napi::Env, T&)> settle);
  Napi::Value offset_task(Info info, std::function<LogResult<Offset>(PartitionLog&)> run);
  Napi::Value lookup_task(Info info,
                          std::function<LogResult<TimestampLookup>(PartitionLog&)> run);

  std::shared_ptr<PartitionLog> log_;
  SharedDirectory directory_;
  std::shared_ptr<CommitWatcher> watcher_;
};

}  // namespace odradek
