#include "addon/data_plane_binding.h"

#include <algorithm>

#include "addon/background_task.h"
#include "addon/batch_verdict_binding.h"
#include "addon/data_plane_figures.h"
#include "addon/directory_options_binding.h"
#include "addon/value_reader.h"
#include "base/clock.h"
#include "base/limits.h"

namespace odradek {
namespace {

DataPathOptions to_options(ValueReader& read, const Napi::Value& value) {
  const Napi::Object given = read.object(value, "the options");
  DataPathOptions options;
  options.reactor_threads = read.int32_field(given, "reactorThreads", 1);
  options.frame_bytes_max = read.int64_field(given, "socketRequestMaxBytes", 1, kFrameBytesMax);
  options.fetch_bytes_max = read.int64_field(given, "fetchMaxBytes", 0);
  options.fetch_session_slots = read.int32_field(given, "maxIncrementalFetchSessionCacheSlots", 0);
  options.connections_max_idle_ms =
      std::min(read.int64_field(given, "connectionsMaxIdleMs"), kDelayMsMax);
  options.socket_buffers = {read.int32_field(given, "socketSendBufferBytes", -1),
                            read.int32_field(given, "socketReceiveBufferBytes", -1)};
  options.connections_max = read.int32_field(given, "maxConnections", 0);
  return options;
}

Napi::Value endpoint_object(Napi::Env env, const Endpoint& endpoint) {
  auto object = Napi::Object::New(env);
  object.Set("host", endpoint.host);
  object.Set("port", Napi::Number::New(env, endpoint.port));
  return object;
}

std::vector<uint8_t> copy_of(ByteSpan bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Napi::Function DataPlaneBinding::define(Napi::Env env) {
  using P = DataPlaneBinding;
  return DefineClass(
      env, "NativeDataPlane",
      {InstanceMethod<&P::listen>("listen"), InstanceMethod<&P::serve>("serve"),
       InstanceMethod<&P::host>("host"), InstanceMethod<&P::unhost>("unhost"),
       InstanceMethod<&P::host_unavailable>("hostUnavailable"),
       InstanceMethod<&P::respond>("respond"), InstanceMethod<&P::batch_opened>("batchOpened"),
       InstanceMethod<&P::connection_info>("connectionInfo"),
       InstanceMethod<&P::statistics>("statistics"), InstanceMethod<&P::traffic>("traffic"),
       InstanceMethod<&P::latencies>("latencies"), InstanceMethod<&P::set_quotas>("setQuotas"),
       InstanceMethod<&P::set_connection_limits>("setConnectionLimits"),
       InstanceMethod<&P::charge_request>("chargeRequest"), InstanceMethod<&P::mute>("mute"),
       InstanceMethod<&P::stop>("stop")});
}

DataPlaneBinding::DataPlaneBinding(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<DataPlaneBinding>(info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const DataPathOptions options = to_options(read, info[0]);
  const Napi::Object handlers = read.object(info[1], "the handlers");
  // Not wrapped, on a dying environment: never finalized, so it must not own anything.
  if (read.failed() || IsEmpty()) return;
  auto port = AddonState::of(env).port;
  handlers_ = std::make_shared<Napi::ObjectReference>(Napi::Persistent(handlers));
  auto plane = std::make_shared<Plane>();
  plane->control = std::make_shared<ControlPort>(port, handlers_);
  plane->path = BrokerDataPath::start(options, system_clock(), *plane->control);
  if (plane->path == nullptr) {
    throw_storage_error(env, {ErrorCode::network_exception,
                              "the data plane cannot start: the system has no file descriptors or "
                              "threads left; raise the limits (ulimit -n, ulimit -u)",
                              {}});
    return;
  }
  plane_ = std::move(plane);
  Ref();  // collected only after stop()
  port->hold(env);
  at_death_ = port->at_death([plane = plane_] { run_in_background([plane] { plane->end(); }); });
}

void DataPlaneBinding::Plane::end() {
  if (ending.exchange(true)) return;
  path->stop();
  path.reset();
}

BrokerDataPath* DataPlaneBinding::running(Napi::Env env) {
  if (plane_ != nullptr) return plane_->path.get();
  throw_storage_error(env, {ErrorCode::network_exception, "the data plane is stopped", {}});
  return nullptr;
}

Napi::Value DataPlaneBinding::listen(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  Endpoint endpoint{read.text(info[0], "the host"),
                    static_cast<uint16_t>(read.int32(info[1], "the port", 0, 65535))};
  BrokerDataPath* path = read.failed() ? nullptr : running(env);
  if (path == nullptr) return env.Undefined();
  auto bound = path->listen(endpoint);
  if (bound) return endpoint_object(env, *bound);
  throw_storage_error(env, {ErrorCode::network_exception, bound.error(), {}});
  return env.Undefined();
}

Napi::Value DataPlaneBinding::serve(Info info) {
  const Napi::Env env = info.Env();
  if (BrokerDataPath* path = running(env)) path->serve();
  return env.Undefined();
}

Napi::Value DataPlaneBinding::host(Info info) {
  const Napi::Env env = info.Env();
  LogBinding* binding = LogBinding::from(info[0]);
  if (binding == nullptr) return env.Undefined();
  ValueReader read(env);
  HostedPartition hosted;
  hosted.leader_epoch = LeaderEpoch(read.int32(info[1], "the leader epoch", 0));
  hosted.internal = read.boolean(info[2], "internal");
  if (read.failed() || plane_ == nullptr) return env.Undefined();
  const TopicPartition& id = binding->log()->topic_partition();
  hosted.topic = id.topic;
  hosted.topic_id = binding->log()->topic_id();
  hosted.partition = id.partition;
  hosted.log = binding->log();
  // It also holds the directory open as long as a reactor may use the log.
  hosted.run_on_helper = [shared = binding->directory()](std::function<void()> job) {
    if (const DirectoryUse directory = shared->use()) {
      directory->run_on_helper(std::move(job));
    } else {
      run_in_background(std::move(job));
    }
  };
  plane_->path->host(std::move(hosted));
  return env.Undefined();
}

Napi::Value DataPlaneBinding::host_unavailable(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const TopicPartition id = to_topic_partition(read, info[0], info[1]);
  const Uuid topic_id = read.uuid(info[2], "the topic id");
  if (!read.failed() && plane_ != nullptr) plane_->path->host_unavailable(id, topic_id);
  return env.Undefined();
}

Napi::Value DataPlaneBinding::unhost(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const TopicPartition id = to_topic_partition(read, info[0], info[1]);
  if (!read.failed() && plane_ != nullptr) plane_->path->unhost(id);
  return env.Undefined();
}

Napi::Value DataPlaneBinding::respond(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const auto connection = static_cast<ConnectionId>(read.int64(info[0], "the connection", 0));
  const auto sequence = static_cast<uint64_t>(read.int64(info[1], "the sequence", 0));
  const ByteSpan frame = read.bytes(info[2], "the frame");
  if (!read.failed() && plane_ != nullptr) {
    plane_->path->respond(connection, sequence, copy_of(frame));
  }
  return env.Undefined();
}

Napi::Value DataPlaneBinding::batch_opened(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const auto token = static_cast<uint64_t>(read.int64(info[0], "the token", 0));
  const Napi::Object given = read.object(info[1], "the verdict");
  BatchVerdict verdict = to_verdict(read, given);
  const ByteSpan replacement = to_replacement(read, given);
  if (!read.failed() && plane_ != nullptr) {
    plane_->path->batch_opened(token, std::move(verdict), copy_of(replacement));
  }
  return env.Undefined();
}

Napi::Value DataPlaneBinding::connection_info(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const auto connection = static_cast<ConnectionId>(read.int64(info[0], "the connection", 0));
  if (read.failed() || plane_ == nullptr) return env.Undefined();
  auto found = plane_->path->connection_info(connection);
  if (!found) return env.Undefined();
  auto result = Napi::Object::New(env);
  result.Set("local", endpoint_object(env, found->local));
  result.Set("peer", endpoint_object(env, found->peer));
  return result;
}

Napi::Value DataPlaneBinding::statistics(Info info) {
  const Napi::Env env = info.Env();
  const BrokerDataPath* path = running(env);
  return path == nullptr ? env.Undefined() : statistics_object(env, path->statistics());
}

Napi::Value DataPlaneBinding::traffic(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const bool of_topic = !info[0].IsUndefined();
  const std::string topic = of_topic ? read.text(info[0], "the topic") : "";
  const BrokerDataPath* path = read.failed() ? nullptr : running(env);
  if (path == nullptr) return env.Undefined();
  return traffic_object(env, of_topic ? path->traffic(topic) : path->traffic());
}

Napi::Value DataPlaneBinding::latencies(Info info) {
  const Napi::Env env = info.Env();
  const BrokerDataPath* path = running(env);
  return path == nullptr ? env.Undefined() : latencies_object(env, path->latencies());
}

Napi::Value DataPlaneBinding::stop(Info info) {
  const Napi::Env env = info.Env();
  BrokerDataPath* path = running(env);
  if (path == nullptr) return env.Undefined();
  auto port = AddonState::of(env).port;
  return background_task<bool>(
      env, port,
      [plane = std::move(plane_)]() -> LogResult<bool> {
        plane->end();
        return true;
      },
      [this, port](Napi::Env alive, bool&) -> Napi::Value {
        port->forget(at_death_);
        port->let_go(alive);
        Unref();
        return alive.Undefined();
      });
}

}  // namespace odradek
