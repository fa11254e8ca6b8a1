#include "addon/commit_watcher.h"

#include <string>

#include "addon/background_task.h"
#include "addon/error_binding.h"

namespace odradek {
namespace {

LogError out_of_service(Offset wanted) {
  return {ErrorCode::kafka_storage_error,
          "the log went out of service before offset " + std::to_string(wanted.value) +
              " was committed",
          {}};
}

}  // namespace

Napi::Value CommitWatcher::wait(Napi::Env env, Offset offset, bool may_give_up) {
  Napi::Value promise;
  Deferred deferred = Deferred::create(env, &promise);
  if (!deferred) return env.Undefined();
  if (offset <= log_->high_watermark()) {
    settle(env);  // a lower wish whose news is still under way comes first
    deferred.resolve(env, env.Undefined());
    return promise;
  }
  if (waiting_.empty()) {
    port_->hold(env);
    keep_(true);
  }
  waiting_.emplace(offset, Wait{deferred, may_give_up});
  lowest_wanted_.store(waiting_.begin()->first.value);
  if (!observing_) {
    observing_ = true;
    log_->add_observer(this);
  }
  // The watermark may have passed before the wish was visible to the observer.
  settle(env);
  return promise;
}

void CommitWatcher::high_watermark_advanced(PartitionLog&, Offset high_watermark) noexcept {
  const bool gone = high_watermark == kNoOffset;
  if (!gone && high_watermark.value < lowest_wanted_.load()) return;
  if (posted_.exchange(true)) return;
  port_->post([self = shared_from_this()](Napi::Env env) {
    self->posted_.store(false);  // before looking: a later advance posts again
    self->settle(env);
  });
}

void CommitWatcher::settle(Napi::Env env) {
  if (waiting_.empty()) return;
  do {
    settle_reached(env);
    lowest_wanted_.store(waiting_.empty() ? INT64_MAX : waiting_.begin()->first.value);
    // What passed before the wish was lowered was told to nobody.
  } while (!waiting_.empty() && waiting_.begin()->first <= log_->high_watermark());
  if (waiting_.empty()) rest(env);
}

// Nobody waits any more.
void CommitWatcher::rest(Napi::Env env) {
  port_->let_go(env);
  keep_(false);
}

void CommitWatcher::give_up(Napi::Env env, Offset offset) {
  if (waiting_.empty()) return;
  auto [wait, end] = waiting_.equal_range(offset);
  while (wait != end) {
    if (!wait->second.may_give_up) {
      ++wait;
      continue;
    }
    Deferred deferred = wait->second.deferred;
    wait = waiting_.erase(wait);
    deferred.resolve(env, env.Undefined());
  }
  lowest_wanted_.store(waiting_.empty() ? INT64_MAX : waiting_.begin()->first.value);
  if (waiting_.empty()) rest(env);
}

void CommitWatcher::settle_reached(Napi::Env env) {
  // In this order: a log that closes raises its watermark before it goes out of service.
  const bool online = log_->online();
  const Offset reached = log_->high_watermark();
  while (!waiting_.empty() && (!online || waiting_.begin()->first <= reached)) {
    const Offset wanted = waiting_.begin()->first;
    Deferred deferred = waiting_.begin()->second.deferred;
    waiting_.erase(waiting_.begin());
    if (wanted <= reached) {
      deferred.resolve(env, env.Undefined());
    } else {
      deferred.reject(env, storage_error(env, out_of_service(wanted)));
    }
  }
}

void CommitWatcher::retire() {
  keep_ = [](bool) {};  // its object is going
  if (!observing_) return;
  observing_ = false;
  run_in_background([self = shared_from_this()] { self->log_->remove_observer(self.get()); });
}

}  // namespace odradek
