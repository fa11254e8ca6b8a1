// `NativeLog`: one partition log as a JavaScript object. Translates and nothing else.
#pragma once

#include <memory>

#include <napi.h>

#include "addon/addon_state.h"
#include "addon/background_task.h"
#include "addon/commit_watcher.h"
#include "addon/directory_share.h"
#include "log/partition_log.h"

namespace odradek {

class LogBinding : public Napi::ObjectWrap<LogBinding> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Object create(Napi::Env env, std::shared_ptr<PartitionLog> log,
                             SharedDirectory directory);
  // findOpenLogs(path, topic, topicId): a promise of the topic's partitions, where the process has
  // the directory open, to be read and nothing else.
  static Napi::Value find_open(const Napi::CallbackInfo& info);
  // The log behind a JavaScript value, or nullptr (with a TypeError thrown) if it is none.
  static LogBinding* from(const Napi::Value& value);

  explicit LogBinding(const Napi::CallbackInfo& info);
  ~LogBinding() override;
  const std::shared_ptr<PartitionLog>& log() const { return log_; }
  const SharedDirectory& directory() const { return directory_; }

 private:
  using Info = const Napi::CallbackInfo&;
  template <Offset (PartitionLog::*kGet)() const>
  Napi::Value offset(Info info);
  Napi::Value size_bytes(Info info);
  Napi::Value segment_count(Info info);
  Napi::Value online(Info info);
  Napi::Value offline_reason(Info info);
  Napi::Value producers(Info info);
  Napi::Value configure(Info info);
  Napi::Value become_leader(Info info);
  Napi::Value append(Info info);
  Napi::Value committed(Info info);
  Napi::Value passed(Info info);
  Napi::Value give_up(Info info);
  Napi::Value read(Info info);
  Napi::Value read_cached(Info info);
  Napi::Value aborted_transactions(Info info);
  Napi::Value lookup_timestamp(Info info);
  Napi::Value lookup_max_timestamp(Info info);
  Napi::Value end_offset_of(Info info);
  Napi::Value leader_epoch_at(Info info);
  Napi::Value segments(Info info);
  Napi::Value segment_detail(Info info);
  Napi::Value segment_position(Info info);
  Napi::Value read_segment(Info info);
  Napi::Value roll(Info info);
  Napi::Value replace_segments(Info info);
  Napi::Value aborted_entries(Info info);
  Napi::Value truncate_to(Info info);
  Napi::Value delete_up_to(Info info);
  Napi::Value flush(Info info);

  // What a task does to the log. Only a read goes without a share in the directory: the log itself
  // refuses it from the moment that the directory closes.
  enum class Doing : uint8_t { anything, read };
  bool may(Doing doing, const DirectoryUse& use) const {
    return use || (is_visited_ && doing == Doing::read);
  }
  // Runs `run` on a background thread, while the directory is open if this environment has it open.
  template <class T>
  Napi::Value task(Info info, std::function<LogResult<T>(PartitionLog&)> run,
                   std::function<Napi::Value(Napi::Env, T&)> settle,
                   Doing doing = Doing::anything) {
    const Napi::Env env = info.Env();
    auto use = std::make_shared<DirectoryUse>(directory_->use());
    if (!may(doing, *use)) return rejected(env, storage_error(env, directory_closed()));
    return background_task<T>(
        env, AddonState::of(env).port,
        [log = log_, use, run = std::move(run)]() -> LogResult<T> { return run(*log); },
        std::move(settle));
  }
  Napi::Value offset_task(Info info, std::function<LogResult<Offset>(PartitionLog&)> run);
  Napi::Value lookup_task(Info info, std::function<LogResult<TimestampLookup>(PartitionLog&)> run);

  std::shared_ptr<PartitionLog> log_;
  SharedDirectory directory_;
  // Others have its directory open: there is no share, and `directory_` is none.
  bool is_visited_ = false;
  std::shared_ptr<CommitWatcher> watcher_;
};

}  // namespace odradek
