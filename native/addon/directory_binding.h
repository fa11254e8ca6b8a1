// `NativeDirectory`: one open log directory as a JavaScript object. Translates and nothing else.
#pragma once

#include <memory>
#include <string>

#include <napi.h>

#include "addon/addon_state.h"
#include "addon/background_task.h"
#include "addon/directory_share.h"

namespace odradek {

class DirectoryBinding : public Napi::ObjectWrap<DirectoryBinding> {
 public:
  static Napi::Function define(Napi::Env env);
  // openDirectory(options) of directory_options_binding.h: a promise of a NativeDirectory.
  static Napi::Value open(const Napi::CallbackInfo& info);

  explicit DirectoryBinding(const Napi::CallbackInfo& info);

 private:
  using Info = const Napi::CallbackInfo&;
  Napi::Value meta_properties(Info info);
  Napi::Value format(Info info);
  Napi::Value partitions_on_disk(Info info);
  Napi::Value open_partitions(Info info);
  Napi::Value find(Info info);
  Napi::Value delete_partition(Info info);
  Napi::Value set_file_delete_delay(Info info);
  Napi::Value set_aside(Info info);
  Napi::Value checkpoint(Info info);
  Napi::Value close(Info info);
  Napi::Value recovery_report(Info info);
  Napi::Value offline_reason(Info info);
  Napi::Value on_offline(Info info);
  Napi::Value free_bytes(Info info);
  Napi::Value total_bytes(Info info);
  Napi::Value read_file(Info info);
  Napi::Value write_file(Info info);
  Napi::Value list_files(Info info);
  Napi::Value remove_file(Info info);

  // The directory as long as the result lives; empty with an error thrown once it is closed.
  DirectoryUse use(Napi::Env env);
  // Runs `run` on a background thread; settle makes the promise's value.
  template <class T>
  Napi::Value task(Info info, std::function<LogResult<T>(LogDirectory&)> run,
                   std::function<Napi::Value(Napi::Env, T&)> settle) {
    const Napi::Env env = info.Env();
    auto use = std::make_shared<DirectoryUse>(shared_->use());
    if (!*use) return rejected(env, storage_error(env, directory_closed()));
    return background_task<T>(
        env, AddonState::of(env).port,
        [use, run = std::move(run)]() -> LogResult<T> { return run(**use); }, std::move(settle));
  }
  // Runs a step that has no value; the promise resolves to undefined.
  Napi::Value step(Info info, std::function<LogResult<bool>(LogDirectory&)> run);
  // Reads a topic and a partition and runs a step on it.
  Napi::Value partition_step(
      Info info, std::function<LogResult<bool>(LogDirectory&, const TopicPartition&)> run);

  SharedDirectory shared_;
  std::shared_ptr<Napi::FunctionReference> offline_listener_;
};

}  // namespace odradek
