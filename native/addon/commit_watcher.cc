#include "background_task.h"
#include "error_binding.h"
#include "log_binding.h"

namespace odradek {

Napi::Value CommitWatcher::committed(Napi::Env env, Offset offset) {
  auto deferred = Napi::Promise::Deferred::New(env);
  waiting_.emplace(offset, deferred);
  port_->hold(env);
  lowest_wanted_.store(waiting_.begin()->first.value);
  if (!observing_) {
    observing_ = true;
    log_->add_observer(this);
  }
  // The watermark may have passed before the wish was visible to the observer.
  settle(env);
  return deferred.Promise();
}

void CommitWatcher::high_watermark_advanced(PartitionLog&, Offset high_watermark) noexcept {
  const bool gone = high_watermark == kNoOffset;
  if (!gone && high_watermark.value < lowest_wanted_.load()) return;
  if (posted_.exchange(true)) return;
  auto self = shared_from_this();
  port_->post([self](Napi::Env env) {
    self->posted_.store(false);   // before looking: a later advance posts again
    self->settle(env);
  });
}

void CommitWatcher::settle(Napi::Env env) {
  const bool online = log_->online();
  const Offset reached = log_->high_watermark();
  while (!waiting_.empty() && (!online || waiting_.begin()->first <= reached)) {
    auto [wanted, deferred] = *waiting_.begin();
    waiting_.erase(waiting_.begin());
    port_->let_go(env);
    if (wanted <= reached) {
      deferred.Resolve(env.Undefined());
    } else {
      deferred.Reject(storage_error(
          env, LogError{ErrorCode::kafka_storage_error,
                        "the log went offline before offset " + std::to_string(wanted.value) +
                            " was durable",
                        {}}));
    }
  }
  lowest_wanted_.store(waiting_.empty() ? INT64_MAX : waiting_.begin()->first.value);
  if (!waiting_.empty() && waiting_.begin()->first <= log_->high_watermark()) settle(env);
}

void CommitWatcher::retire() {
  if (!observing_) return;
  observing_ = false;
  run_in_background([self = shared_from_this()] { self->log_->remove_observer(self.get()); });
}

}  // namespace odradek
