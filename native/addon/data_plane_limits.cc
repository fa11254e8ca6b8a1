// What `NativeDataPlane` is told of limits, and told to count.
#include "addon/data_plane_binding.h"
#include "addon/limit_tables_binding.h"

namespace odradek {

Napi::Value DataPlaneBinding::set_quotas(Info info) {
  ValueReader read(info.Env());
  QuotaTable table = to_quota_table(read, info[0]);
  if (!read.failed() && plane_ != nullptr) plane_->path->set_quotas(std::move(table));
  return info.Env().Undefined();
}

Napi::Value DataPlaneBinding::set_connection_limits(Info info) {
  ValueReader read(info.Env());
  ConnectionLimitTable table = to_connection_limits(read, info[0]);
  if (!read.failed() && plane_ != nullptr) plane_->path->set_connection_limits(std::move(table));
  return info.Env().Undefined();
}

Napi::Value DataPlaneBinding::charge_request(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const std::string client_id = to_client_id(read, info[0]);
  const int64_t busy_ns = read.int64(info[1], "the time", 0);
  if (read.failed()) return env.Undefined();
  const int32_t pause = plane_ == nullptr ? 0 : plane_->path->charge_request(client_id, busy_ns);
  return Napi::Number::New(env, pause);
}

Napi::Value DataPlaneBinding::mute(Info info) {
  ValueReader read(info.Env());
  const auto connection = static_cast<ConnectionId>(read.int64(info[0], "the connection", 0));
  const int32_t pause = read.int32(info[1], "the pause", 0);
  if (!read.failed() && plane_ != nullptr) plane_->path->mute(connection, pause);
  return info.Env().Undefined();
}

}  // namespace odradek
