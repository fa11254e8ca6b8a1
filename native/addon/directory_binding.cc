#include "addon/directory_binding.h"

#include "addon/directory_options_binding.h"
#include "addon/log_binding.h"
#include "addon/log_config_binding.h"
#include "addon/value_reader.h"

namespace odradek {

Napi::Function DirectoryBinding::define(Napi::Env env) {
  using D = DirectoryBinding;
  return DefineClass(
      env, "NativeDirectory",
      {InstanceMethod<&D::meta_properties>("metaProperties"), InstanceMethod<&D::format>("format"),
       InstanceMethod<&D::partitions_on_disk>("partitionsOnDisk"),
       InstanceMethod<&D::open_partitions>("openPartitions"), InstanceMethod<&D::find>("find"),
       InstanceMethod<&D::delete_partition>("deletePartition"),
       InstanceMethod<&D::set_file_delete_delay>("setFileDeleteDelay"),
       InstanceMethod<&D::set_aside>("setAside"), InstanceMethod<&D::checkpoint>("checkpoint"),
       InstanceMethod<&D::close>("close"), InstanceMethod<&D::recovery_report>("recoveryReport"),
       InstanceMethod<&D::offline_reason>("offlineReason"),
       InstanceMethod<&D::on_offline>("onOffline"), InstanceMethod<&D::free_bytes>("freeBytes"),
       InstanceMethod<&D::total_bytes>("totalBytes"), InstanceMethod<&D::read_file>("readFile"),
       InstanceMethod<&D::write_file>("writeFile"), InstanceMethod<&D::list_files>("listFiles"),
       InstanceMethod<&D::remove_file>("removeFile")});
}

Napi::Value DirectoryBinding::open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const LogDirectoryOptions options = to_directory_options(read, info[0]);
  if (read.failed()) return env.Undefined();
  return background_task<SharedDirectory>(
      env, AddonState::of(env).port,
      [options]() -> LogResult<SharedDirectory> {
        auto lease = DirectoryLease::acquire(options);
        if (!lease) return Err(lease.error());
        return DirectoryShare::wrap(std::move(lease).value());
      },
      [](Napi::Env alive, SharedDirectory& shared) -> Napi::Value {
        return AddonState::make(alive, &AddonState::directory_class, shared);
      });
}

DirectoryBinding::DirectoryBinding(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<DirectoryBinding>(info) {
  auto* shared = AddonState::of(info.Env()).take_given<SharedDirectory>();
  if (shared == nullptr) {
    throw_type_error(info.Env(), "a NativeDirectory comes from openDirectory");
    return;
  }
  // Not wrapped, on a dying environment: never finalized, so it must not own anything.
  if (IsEmpty()) return;
  shared_ = *shared;
}

DirectoryUse DirectoryBinding::use(Napi::Env env) {
  DirectoryUse use = shared_->use();
  if (!use) throw_storage_error(env, directory_closed());
  return use;
}

Napi::Value DirectoryBinding::step(Info info, std::function<LogResult<bool>(LogDirectory&)> run) {
  return task<bool>(info, std::move(run), [](Napi::Env env, bool&) { return env.Undefined(); });
}

Napi::Value DirectoryBinding::partition_step(
    Info info, std::function<LogResult<bool>(LogDirectory&, const TopicPartition&)> run) {
  ValueReader read(info.Env());
  const TopicPartition id = to_topic_partition(read, info[0], info[1]);
  if (read.failed()) return info.Env().Undefined();
  return step(info,
              [id, run = std::move(run)](LogDirectory& directory) { return run(directory, id); });
}

Napi::Value DirectoryBinding::meta_properties(Info info) {
  const Napi::Env env = info.Env();
  const DirectoryUse directory = use(env);
  if (!directory) return env.Undefined();
  const std::optional<MetaProperties> properties = directory->meta_properties();
  if (!properties) return env.Undefined();
  auto result = Napi::Object::New(env);
  result.Set("clusterId", properties->cluster_id);
  result.Set("nodeId", Napi::Number::New(env, properties->node_id));
  result.Set("directoryId", properties->directory_id);
  return result;
}

Napi::Value DirectoryBinding::format(Info info) {
  ValueReader read(info.Env());
  MetaProperties properties;
  properties.cluster_id = read.text(info[0], "the cluster id");
  properties.node_id = read.int32(info[1], "the node id", 0);
  properties.directory_id = read.text(info[2], "the directory id");
  if (read.failed()) return info.Env().Undefined();
  return step(info, [properties](LogDirectory& directory) { return directory.format(properties); });
}

Napi::Value DirectoryBinding::partitions_on_disk(Info info) {
  const Napi::Env env = info.Env();
  const DirectoryUse directory = use(env);
  if (!directory) return env.Undefined();
  const std::vector<PartitionOnDisk> partitions = directory->partitions_on_disk();
  auto topics = Napi::Array::New(env, partitions.size());
  auto indexes = Napi::Int32Array::New(env, partitions.size());
  std::vector<uint8_t> topic_ids;
  for (size_t i = 0; i < partitions.size(); ++i) {
    const Napi::HandleScope scope(env);
    const PartitionOnDisk& found = partitions[i];
    topics.Set(static_cast<uint32_t>(i), found.topic_partition.topic);
    indexes[i] = found.topic_partition.partition.value;
    topic_ids.insert(topic_ids.end(), found.topic_id.bytes.begin(), found.topic_id.bytes.end());
  }
  auto result = Napi::Object::New(env);
  result.Set("topics", topics);
  result.Set("partitions", indexes);
  result.Set("topicIds", from_bytes(env, topic_ids));
  return result;
}

// All or none are asked for: a wrong argument throws. Each has its own answer.
Napi::Value DirectoryBinding::open_partitions(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const Napi::Object list = read.object(info[0], "the partitions");
  if (read.failed()) return env.Undefined();
  const auto count = static_cast<uint32_t>(read.int64_field(list, "length", 0, UINT32_MAX));
  std::vector<PartitionToOpen> partitions;
  Napi::ObjectReference read_last;  // the partitions of a topic share one object
  for (uint32_t i = 0; i < count && !read.failed(); ++i) {
    const Napi::HandleScope scope(env);
    const Napi::Object item = read.object(list.Get(i), "a partition");
    if (read.failed()) break;
    PartitionToOpen partition;
    partition.topic_partition =
        to_topic_partition(read, read.field(item, "topic"), read.field(item, "partition"));
    partition.topic_id = read.uuid(read.field(item, "topicId"), "the topic id");
    const Napi::Value config = read.field(item, "config");
    if (!read_last.IsEmpty() && config.StrictEquals(read_last.Value())) {
      partition.config = partitions.back().config;
    } else {
      partition.config = to_log_config(read, config);
      if (config.IsObject()) read_last = Napi::Persistent(config.As<Napi::Object>());
    }
    partitions.push_back(std::move(partition));
  }
  if (read.failed()) return env.Undefined();
  using Opened = std::vector<LogResult<std::shared_ptr<PartitionLog>>>;
  return task<Opened>(
      info,
      [partitions = std::move(partitions)](LogDirectory& directory) -> LogResult<Opened> {
        return directory.open_partitions(partitions);
      },
      [shared = shared_](Napi::Env alive, Opened& opened) -> Napi::Value {
        auto results = Napi::Array::New(alive, opened.size());
        for (size_t i = 0; i < opened.size(); ++i) {
          const Napi::HandleScope scope(alive);
          results.Set(static_cast<uint32_t>(i), opened[i].ok()
                                                    ? LogBinding::create(alive, *opened[i], shared)
                                                    : storage_error(alive, opened[i].error()));
        }
        return results;
      });
}

// Opens nothing: for who must not make a partition that was deleted anew.
Napi::Value DirectoryBinding::find(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const TopicPartition id = to_topic_partition(read, info[0], info[1]);
  const Uuid topic_id = read.uuid(info[2], "the topic id");
  if (read.failed()) return env.Undefined();
  const DirectoryUse directory = use(env);
  if (!directory) return env.Undefined();
  std::shared_ptr<PartitionLog> log = directory->find(id);
  if (log == nullptr || log->topic_id() != topic_id) return env.Undefined();
  return LogBinding::create(env, std::move(log), shared_);
}

Napi::Value DirectoryBinding::delete_partition(Info info) {
  return partition_step(info, [](LogDirectory& directory, const TopicPartition& id) {
    return directory.delete_partition(id);
  });
}

Napi::Value DirectoryBinding::set_aside(Info info) {
  return partition_step(info, [](LogDirectory& directory, const TopicPartition& id) {
    return directory.set_aside(id);
  });
}

Napi::Value DirectoryBinding::checkpoint(Info info) {
  return step(info, [](LogDirectory& directory) { return directory.checkpoint(); });
}

Napi::Value DirectoryBinding::close(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const BrokerEpoch epoch(read.int64(info[0], "the broker epoch", -1));
  if (read.failed()) return env.Undefined();
  if (!shared_->begin_close()) return rejected(env, storage_error(env, directory_closed()));
  return background_task<bool>(
      env, AddonState::of(env).port, [shared = shared_, epoch] { return shared->close(epoch); },
      [](Napi::Env alive, bool&) { return alive.Undefined(); });
}

Napi::Value DirectoryBinding::recovery_report(Info info) {
  const Napi::Env env = info.Env();
  const DirectoryUse directory = use(env);
  if (!directory) return env.Undefined();
  const RecoveryReport report = directory->recovery_report();
  auto result = Napi::Object::New(env);
  result.Set("clean", Napi::Boolean::New(env, report.clean));
  result.Set("partitions", from_int64(env, report.partitions));
  result.Set("segmentsScanned", from_int64(env, report.segments_scanned));
  result.Set("bytesScanned", from_int64(env, report.bytes_scanned));
  result.Set("bytesCut", from_int64(env, report.bytes_cut));
  result.Set("indexesRebuilt", from_int64(env, report.indexes_rebuilt));
  result.Set("journalEntries", from_int64(env, report.journal.entries));
  result.Set("journalBytes", from_int64(env, report.journal.bytes_written));
  return result;
}

Napi::Value DirectoryBinding::offline_reason(Info info) {
  const DirectoryUse directory = use(info.Env());
  if (!directory) return info.Env().Undefined();
  return Napi::String::New(info.Env(), directory->offline_reason());
}

Napi::Value DirectoryBinding::on_offline(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const Napi::Function given = read.function(info[0], "the listener");
  if (read.failed()) return env.Undefined();
  const DirectoryUse directory = use(env);
  if (!directory) return env.Undefined();
  // The reference belongs to this object and dies on this thread; the directory's callback only
  // knows whether it is still there.
  offline_listener_ = std::make_shared<Napi::FunctionReference>(Napi::Persistent(given));
  directory->on_offline([port = AddonState::of(env).port,
                         listener = std::weak_ptr<Napi::FunctionReference>(offline_listener_)](
                            const std::string& reason) {
    port->post([listener, reason](Napi::Env alive) {
      if (auto present = listener.lock()) present->Call({Napi::String::New(alive, reason)});
    });
  });
  return env.Undefined();
}

}  // namespace odradek
