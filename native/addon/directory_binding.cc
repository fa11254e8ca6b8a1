#include "directory_binding.h"

#include "arguments.h"
#include "background_task.h"
#include "base/clock.h"
#include "file/file_system.h"

namespace odradek {
namespace {

TopicPartition to_topic_partition(const Napi::Value& topic, const Napi::Value& partition) {
  return {to_text(topic), PartitionIndex(to_int32(partition))};
}

}  // namespace

Napi::Function DirectoryBinding::define(Napi::Env env) {
  using D = DirectoryBinding;
  return DefineClass(env, "NativeDirectory",
                     {InstanceMethod<&D::meta_properties>("metaProperties"),
                      InstanceMethod<&D::format>("format"),
                      InstanceMethod<&D::partitions_on_disk>("partitionsOnDisk"),
                      InstanceMethod<&D::open_partition>("openPartition"),
                      InstanceMethod<&D::find>("find"),
                      InstanceMethod<&D::delete_partition>("deletePartition"),
                      InstanceMethod<&D::set_aside>("setAside"),
                      InstanceMethod<&D::checkpoint>("checkpoint"),
                      InstanceMethod<&D::close>("close"),
                      InstanceMethod<&D::recovery_report>("recoveryReport"),
                      InstanceMethod<&D::offline_reason>("offlineReason"),
                      InstanceMethod<&D::on_offline>("onOffline"),
                      InstanceMethod<&D::free_bytes>("freeBytes"),
                      InstanceMethod<&D::read_file>("readFile"),
                      InstanceMethod<&D::write_file>("writeFile"),
                      InstanceMethod<&D::list_files>("listFiles"),
                      InstanceMethod<&D::remove_file>("removeFile")});
}

Napi::Value DirectoryBinding::open(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsObject()) {
    throw_type_error(env, "openDirectory takes an options object");
    return env.Undefined();
  }
  auto given = info[0].As<Napi::Object>();
  LogDirectoryOptions options;
  options.path = to_text(given.Get("path"));
  options.file_system = &posix_file_system();
  options.clock = &system_clock();
  options.helper_threads = to_int32(given.Get("helperThreads"));
  options.checkpoint_interval_ms = to_int64(given.Get("checkpointIntervalMs"));
  options.file_delete_delay_ms = to_int64(given.Get("fileDeleteDelayMs"));
  return background_task<SharedDirectory>(
      env, AddonState::of(env).port,
      [options]() -> LogResult<SharedDirectory> {
        auto lease = DirectoryLease::acquire(options);
        if (!lease) return Err(lease.error());
        return DirectoryShare::wrap(std::move(lease).value());
      },
      [](Napi::Env alive, SharedDirectory& shared) -> Napi::Value {
        auto argument = Napi::External<SharedDirectory>::New(alive, &shared);
        return AddonState::of(alive).directory_class.New({argument});
      });
}

DirectoryBinding::DirectoryBinding(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<DirectoryBinding>(info) {
  if (info.Length() != 1 || !info[0].IsExternal()) {
    throw_type_error(info.Env(), "a NativeDirectory comes from openDirectory");
    return;
  }
  shared_ = *info[0].As<Napi::External<SharedDirectory>>().Data();
}

DirectoryBinding::Use DirectoryBinding::use(Napi::Env env) {
  if (shared_ != nullptr) {
    Use use = shared_->use(false);
    if (use.second != nullptr) return use;
  }
  throw_storage_error(env, directory_closed());
  return {};
}

template <class T>
Napi::Value DirectoryBinding::task(Info info, std::function<LogResult<T>(LogDirectory&)> run,
                                   std::function<Napi::Value(Napi::Env, T&)> settle) {
  Napi::Env env = info.Env();
  if (shared_ == nullptr) {
    throw_storage_error(env, directory_closed());
    return env.Undefined();
  }
  return background_task<T>(
      env, AddonState::of(env).port,
      [shared = shared_, run = std::move(run)]() -> LogResult<T> {
        auto [lock, directory] = shared->use(true);
        if (directory == nullptr) return Err(directory_closed());
        return run(*directory);
      },
      std::move(settle));
}

Napi::Value DirectoryBinding::step(Info info, std::function<LogResult<bool>(LogDirectory&)> run) {
  return task<bool>(info, std::move(run),
                    [](Napi::Env env, bool&) { return env.Undefined(); });
}

Napi::Value DirectoryBinding::meta_properties(Info info) {
  Napi::Env env = info.Env();
  auto [lock, directory] = use(env);
  if (directory == nullptr || !directory->meta_properties()) return env.Undefined();
  const MetaProperties& properties = *directory->meta_properties();
  auto result = Napi::Object::New(env);
  result.Set("clusterId", properties.cluster_id);
  result.Set("nodeId", Napi::Number::New(env, properties.node_id));
  result.Set("directoryId", properties.directory_id);
  return result;
}

Napi::Value DirectoryBinding::format(Info info) {
  MetaProperties properties{to_text(info[0]), to_int32(info[1]), to_text(info[2])};
  return step(info, [properties](LogDirectory& directory) { return directory.format(properties); });
}

Napi::Value DirectoryBinding::partitions_on_disk(Info info) {
  Napi::Env env = info.Env();
  auto result = Napi::Array::New(env);
  auto [lock, directory] = use(env);
  if (directory == nullptr) return result;
  for (const PartitionOnDisk& found : directory->partitions_on_disk()) {
    auto entry = Napi::Object::New(env);
    entry.Set("topic", found.topic_partition.topic);
    entry.Set("partition", Napi::Number::New(env, found.topic_partition.partition.value));
    entry.Set("topicId", found.topic_id.is_zero() ? env.Undefined()
                                                  : from_bytes(env, found.topic_id.bytes));
    result.Set(result.Length(), entry);
  }
  return result;
}

Napi::Value DirectoryBinding::open_partition(Info info) {
  Napi::Env env = info.Env();
  if (!info[3].IsObject()) {
    throw_type_error(env, "openPartition takes topic, partition, topic id and config");
    return env.Undefined();
  }
  const LogConfig config = to_log_config(info[3].As<Napi::Object>());
  return task<std::shared_ptr<PartitionLog>>(
      info,
      [id = to_topic_partition(info[0], info[1]), topic_id = to_uuid(info[2]),
       config](LogDirectory& directory) { return directory.open_partition(id, topic_id, config); },
      [shared = shared_](Napi::Env alive, std::shared_ptr<PartitionLog>& log) -> Napi::Value {
        return LogBinding::create(alive, log, shared);
      });
}

Napi::Value DirectoryBinding::find(Info info) {
  Napi::Env env = info.Env();
  auto [lock, directory] = use(env);
  if (directory == nullptr) return env.Undefined();
  auto log = directory->find(to_topic_partition(info[0], info[1]));
  if (log == nullptr) return env.Undefined();
  return LogBinding::create(env, std::move(log), shared_);
}

Napi::Value DirectoryBinding::delete_partition(Info info) {
  return step(info, [id = to_topic_partition(info[0], info[1])](LogDirectory& directory) {
    return directory.delete_partition(id);
  });
}

Napi::Value DirectoryBinding::set_aside(Info info) {
  return step(info, [id = to_topic_partition(info[0], info[1])](LogDirectory& directory) {
    return directory.set_aside(id);
  });
}

Napi::Value DirectoryBinding::checkpoint(Info info) {
  return step(info, [](LogDirectory& directory) { return directory.checkpoint(); });
}

Napi::Value DirectoryBinding::close(Info info) {
  if (shared_ == nullptr) {
    throw_storage_error(info.Env(), directory_closed());
    return info.Env().Undefined();
  }
  return background_task<bool>(
      info.Env(), AddonState::of(info.Env()).port,
      [shared = std::move(shared_)] { return shared->close(); },
      [](Napi::Env env, bool&) { return env.Undefined(); });
}

Napi::Value DirectoryBinding::recovery_report(Info info) {
  Napi::Env env = info.Env();
  auto [lock, directory] = use(env);
  if (directory == nullptr) return env.Undefined();
  const RecoveryReport report = directory->recovery_report();
  auto result = Napi::Object::New(env);
  result.Set("clean", Napi::Boolean::New(env, report.clean));
  result.Set("partitions", from_int64(env, report.partitions));
  result.Set("segmentsScanned", from_int64(env, report.segments_scanned));
  result.Set("bytesScanned", from_int64(env, report.bytes_scanned));
  result.Set("bytesCut", from_int64(env, report.bytes_cut));
  result.Set("indexesRebuilt", from_int64(env, report.indexes_rebuilt));
  return result;
}

Napi::Value DirectoryBinding::offline_reason(Info info) {
  auto [lock, directory] = use(info.Env());
  if (directory == nullptr) return info.Env().Undefined();
  return Napi::String::New(info.Env(), directory->offline_reason());
}

Napi::Value DirectoryBinding::on_offline(Info info) {
  Napi::Env env = info.Env();
  auto [lock, directory] = use(env);
  if (directory == nullptr || !info[0].IsFunction()) return env.Undefined();
  // The reference belongs to this object and dies on this thread; the directory's callback only
  // knows whether it is still there.
  offline_listener_ = std::make_shared<Napi::FunctionReference>(
      Napi::Persistent(info[0].As<Napi::Function>()));
  directory->on_offline([port = AddonState::of(env).port,
                         listener = std::weak_ptr<Napi::FunctionReference>(offline_listener_)](
                            const std::string& reason) {
    port->post([listener, reason](Napi::Env alive) {
      if (auto present = listener.lock()) present->Call({Napi::String::New(alive, reason)});
    });
  });
  return env.Undefined();
}

Napi::Value DirectoryBinding::free_bytes(Info info) {
  auto [lock, directory] = use(info.Env());
  if (directory == nullptr) return info.Env().Undefined();
  return from_int64(info.Env(), directory->free_bytes());
}

Napi::Value DirectoryBinding::read_file(Info info) {
  return task<std::vector<uint8_t>>(
      info,
      [path = to_text(info[0]),
       bytes_max = static_cast<size_t>(std::max<int64_t>(0, to_int64(info[1])))](
          LogDirectory& directory) { return directory.read_file(path, bytes_max); },
      [](Napi::Env env, std::vector<uint8_t>& bytes) { return from_bytes(env, bytes); });
}

Napi::Value DirectoryBinding::write_file(Info info) {
  const ByteSpan bytes = to_bytes(info[1]);
  return step(info, [path = to_text(info[0]),
                     copy = std::vector<uint8_t>(bytes.begin(), bytes.end())](
                        LogDirectory& directory) { return directory.write_file(path, copy); });
}

Napi::Value DirectoryBinding::list_files(Info info) {
  return task<std::vector<std::string>>(
      info,
      [path = to_text(info[0])](LogDirectory& directory) { return directory.list_files(path); },
      [](Napi::Env env, std::vector<std::string>& names) -> Napi::Value {
        auto result = Napi::Array::New(env, names.size());
        for (uint32_t i = 0; i < names.size(); ++i) result.Set(i, names[i]);
        return result;
      });
}

Napi::Value DirectoryBinding::remove_file(Info info) {
  return step(info, [path = to_text(info[0])](LogDirectory& directory) {
    return directory.remove_file(path);
  });
}

}  // namespace odradek
