#include "addon/control_port.h"

#include <utility>

#include "addon/value_reader.h"

namespace odradek {
namespace {

Napi::Value frame_object(Napi::Env env, const ControlFrame& frame) {
  auto object = Napi::Object::New(env);
  object.Set("connection", from_int64(env, static_cast<int64_t>(frame.connection)));
  object.Set("sequence", from_int64(env, static_cast<int64_t>(frame.sequence)));
  object.Set("bytes", from_bytes(env, frame.bytes));
  return object;
}

Napi::Value open_batch_object(Napi::Env env, const OpenBatch& batch) {
  auto object = Napi::Object::New(env);
  const ValidationRules& rules = batch.rules;
  object.Set("token", from_int64(env, static_cast<int64_t>(batch.token)));
  object.Set("bytes", from_bytes(env, batch.bytes));
  object.Set("compacted", Napi::Boolean::New(env, rules.compacted));
  object.Set("targetCodec", Napi::Number::New(env, rules.target_codec));
  object.Set("targetLevel", Napi::Number::New(env, rules.target_level));
  object.Set("logAppendTime", Napi::Boolean::New(env, rules.log_append_time));
  object.Set("timestampBeforeMaxMs", from_int64(env, rules.timestamp_before_ms_max));
  object.Set("timestampAfterMaxMs", from_int64(env, rules.timestamp_after_ms_max));
  object.Set("maxMessageBytes", Napi::Number::New(env, rules.batch_bytes_max));
  return object;
}

// Calls one handler with all that gathered. What it throws is told before the next one is called.
template <class Item, class Convert>
void deliver_list(Napi::Env env, const Napi::Object& handlers, const char* method,
                  const std::vector<Item>& items, Convert convert) {
  if (items.empty()) return;
  const Napi::HandleScope scope(env);
  auto list = Napi::Array::New(env, items.size());
  for (uint32_t i = 0; i < items.size(); ++i) {
    const Napi::HandleScope item_scope(env);
    list.Set(i, convert(env, items[i]));
  }
  const Napi::Value handler = handlers.Get(method);
  if (handler.IsFunction()) handler.As<Napi::Function>().Call(handlers, {list});
  report_pending_exception(env);
}

}  // namespace

template <class Add>
void ControlPort::gather(Add add) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    const bool first = gathered_.empty();
    add(gathered_);
    if (!first) return;
  }
  if (port_->post([self = shared_from_this()](Napi::Env env) { self->deliver(env); })) return;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  gathered_ = {};
}

void ControlPort::on_frame(ControlFrame frame) {
  gather([&](Gathered& all) { all.frames.push_back(std::move(frame)); });
}

void ControlPort::on_open_batch(OpenBatch batch) {
  gather([&](Gathered& all) { all.batches.push_back(std::move(batch)); });
}

void ControlPort::on_connection_closed(ConnectionId connection) {
  gather([&](Gathered& all) { all.closed.push_back(connection); });
}

void ControlPort::deliver(Napi::Env env) {
  Gathered all;
  {
    const std::lock_guard lock(mutex_);
    std::swap(all, gathered_);
  }
  auto handlers = handlers_.lock();
  if (handlers == nullptr) return;
  const Napi::Object target = handlers->Value();
  deliver_list(env, target, "onFrames", all.frames, frame_object);
  deliver_list(env, target, "onOpenBatches", all.batches, open_batch_object);
  deliver_list(
      env, target, "onConnectionsClosed", all.closed,
      [](Napi::Env alive, ConnectionId id) { return from_int64(alive, static_cast<int64_t>(id)); });
}

}  // namespace odradek
