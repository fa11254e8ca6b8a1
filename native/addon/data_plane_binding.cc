#include "data_plane_binding.h"

#include "arguments.h"
#include "background_task.h"
#include "base/clock.h"

namespace odradek {
namespace {

DataPathOptions to_options(const Napi::Object& given) {
  DataPathOptions options;
  options.reactor_threads = to_int32(given.Get("reactorThreads"));
  options.frame_bytes_max = to_int64(given.Get("socketRequestMaxBytes"));
  options.fetch_bytes_max = to_int64(given.Get("fetchMaxBytes"));
  options.fetch_session_slots = to_int32(given.Get("maxIncrementalFetchSessionCacheSlots"));
  options.connections_max_idle_ms = to_int64(given.Get("connectionsMaxIdleMs"));
  options.connections_max = to_int32(given.Get("maxConnections"));
  return options;
}

Napi::Value endpoint_object(Napi::Env env, const Endpoint& endpoint) {
  auto object = Napi::Object::New(env);
  object.Set("host", endpoint.host);
  object.Set("port", Napi::Number::New(env, endpoint.port));
  return object;
}

BatchVerdict to_verdict(const Napi::Object& given) {
  BatchVerdict verdict;
  verdict.code = static_cast<ErrorCode>(to_int32(given.Get("code")));
  verdict.message = to_text(given.Get("message"));
  if (!given.Get("faults").IsArray()) return verdict;
  auto faults = given.Get("faults").As<Napi::Array>();
  for (uint32_t i = 0; i < faults.Length(); ++i) {
    if (!faults.Get(i).IsObject()) continue;
    auto fault = faults.Get(i).As<Napi::Object>();
    verdict.faults.push_back({to_int32(fault.Get("index")), to_text(fault.Get("message"))});
  }
  return verdict;
}

std::vector<uint8_t> copy_of(ByteSpan bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Napi::Function DataPlaneBinding::define(Napi::Env env) {
  using P = DataPlaneBinding;
  return DefineClass(
      env, "NativeDataPlane",
      {InstanceMethod<&P::listen>("listen"), InstanceMethod<&P::host>("host"),
       InstanceMethod<&P::unhost>("unhost"), InstanceMethod<&P::respond>("respond"),
       InstanceMethod<&P::batch_opened>("batchOpened"),
       InstanceMethod<&P::connection_info>("connectionInfo"),
       InstanceMethod<&P::statistics>("statistics"), InstanceMethod<&P::stop>("stop")});
}

DataPlaneBinding::DataPlaneBinding(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<DataPlaneBinding>(info) {
  Napi::Env env = info.Env();
  if (!info[0].IsObject() || !info[1].IsObject()) {
    throw_type_error(env, "NativeDataPlane takes options and handlers");
    return;
  }
  auto port = AddonState::of(env).port;
  handlers_ = std::make_shared<Napi::ObjectReference>(
      Napi::Persistent(info[1].As<Napi::Object>()));
  plane_ = std::make_shared<Plane>();
  plane_->control = std::make_shared<ControlPort>(port, handlers_);
  plane_->path = BrokerDataPath::start(to_options(info[0].As<Napi::Object>()), system_clock(),
                                       *plane_->control);
  Ref();   // collected only after stop()
  port->hold(env);
  // The weak pointer: a plane that was stopped has nothing left to retire.
  port->at_death([plane = std::weak_ptr<Plane>(plane_)] {
    if (auto alive = plane.lock()) retire(std::move(alive));
  });
}

void DataPlaneBinding::retire(std::shared_ptr<Plane> plane) {
  run_in_background([plane = std::move(plane)] {
    plane->path->stop();
    plane->path.reset();
    plane->directories.clear();
  });
}

Napi::Value DataPlaneBinding::listen(Info info) {
  Napi::Env env = info.Env();
  if (plane_ == nullptr) return env.Undefined();
  Endpoint endpoint{to_text(info[0]), static_cast<uint16_t>(to_int32(info[1]))};
  auto bound = plane_->path->listen(endpoint);
  if (bound) return endpoint_object(env, *bound);
  throw_storage_error(env, {ErrorCode::network_exception, bound.error(), {}});
  return env.Undefined();
}

Napi::Value DataPlaneBinding::host(Info info) {
  Napi::Env env = info.Env();
  LogBinding* binding = LogBinding::from(info[0]);
  if (binding == nullptr || plane_ == nullptr) return env.Undefined();
  const TopicPartition& id = binding->log()->topic_partition();
  HostedPartition hosted;
  hosted.topic = id.topic;
  hosted.topic_id = binding->log()->topic_id();
  hosted.partition = id.partition;
  hosted.leader_epoch = LeaderEpoch(to_int32(info[1]));
  hosted.internal = to_bool(info[2]);
  hosted.log = binding->log();
  plane_->directories[id] = binding->directory();
  plane_->path->host(std::move(hosted));
  return env.Undefined();
}

Napi::Value DataPlaneBinding::unhost(Info info) {
  if (plane_ == nullptr) return info.Env().Undefined();
  const TopicPartition id{to_text(info[0]), PartitionIndex(to_int32(info[1]))};
  plane_->path->unhost(id);
  plane_->directories.erase(id);
  return info.Env().Undefined();
}

Napi::Value DataPlaneBinding::respond(Info info) {
  if (plane_ == nullptr) return info.Env().Undefined();
  plane_->path->respond(static_cast<ConnectionId>(to_int64(info[0])),
                        static_cast<uint64_t>(to_int64(info[1])), copy_of(to_bytes(info[2])));
  return info.Env().Undefined();
}

Napi::Value DataPlaneBinding::batch_opened(Info info) {
  if (plane_ == nullptr || !info[1].IsObject()) return info.Env().Undefined();
  auto given = info[1].As<Napi::Object>();
  plane_->path->batch_opened(static_cast<uint64_t>(to_int64(info[0])), to_verdict(given),
                             copy_of(to_bytes(given.Get("replacement"))));
  return info.Env().Undefined();
}

Napi::Value DataPlaneBinding::connection_info(Info info) {
  Napi::Env env = info.Env();
  if (plane_ == nullptr) return env.Undefined();
  auto found = plane_->path->connection_info(static_cast<ConnectionId>(to_int64(info[0])));
  if (!found) return env.Undefined();
  auto result = Napi::Object::New(env);
  result.Set("local", endpoint_object(env, found->local));
  result.Set("peer", endpoint_object(env, found->peer));
  return result;
}

Napi::Value DataPlaneBinding::statistics(Info info) {
  Napi::Env env = info.Env();
  if (plane_ == nullptr) return env.Undefined();
  const DataPathStatistics counted = plane_->path->statistics();
  auto result = Napi::Object::New(env);
  auto set = [&](const char* name, uint64_t value) {
    result.Set(name, from_int64(env, static_cast<int64_t>(value)));
  };
  set("connections", counted.connections);
  set("connectionsTotal", counted.connections_total);
  set("requestsProduce", counted.requests_produce);
  set("requestsFetch", counted.requests_fetch);
  set("requestsControl", counted.requests_control);
  set("bytesIn", counted.bytes_in);
  set("bytesOut", counted.bytes_out);
  set("framesRefused", counted.frames_refused);
  return result;
}

Napi::Value DataPlaneBinding::stop(Info info) {
  Napi::Env env = info.Env();
  if (plane_ == nullptr) {
    auto done = Napi::Promise::Deferred::New(env);
    done.Resolve(env.Undefined());
    return done.Promise();
  }
  auto port = AddonState::of(env).port;
  auto plane = std::move(plane_);
  return background_task<bool>(
      env, port,
      [plane]() -> LogResult<bool> {
        plane->path->stop();
        plane->path.reset();
        plane->directories.clear();
        return true;
      },
      [this, port](Napi::Env alive, bool&) -> Napi::Value {
        port->let_go(alive);
        Unref();
        return alive.Undefined();
      });
}

}  // namespace odradek
