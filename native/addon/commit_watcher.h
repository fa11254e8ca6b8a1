// The promises that wait for one log's high watermark.
//
// Used on the environment's thread, except the observer's call. While it is registered with the log
// it is alive: whoever owns it calls retire() before letting go.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>

#include <napi.h>

#include "addon/deferred.h"
#include "addon/environment_port.h"
#include "log/partition_log.h"

namespace odradek {

class CommitWatcher final : public HighWatermarkObserver,
                            public std::enable_shared_from_this<CommitWatcher> {
 public:
  // `keep` is told true when a first promise waits and false when none does any more: the log's
  // JavaScript object must not be collected meanwhile, or nobody would settle them.
  CommitWatcher(std::shared_ptr<EnvironmentPort> port, std::shared_ptr<PartitionLog> log,
                std::function<void(bool)> keep)
      : port_(std::move(port)), log_(std::move(log)), keep_(std::move(keep)) {}

  // A promise that resolves when the high watermark has reached `offset`, and rejects when the log
  // goes out of service before. Promises of one log resolve in the order of their offsets.
  Napi::Value committed(Napi::Env env, Offset offset) { return wait(env, offset, false); }
  // The same for one who may give up.
  Napi::Value passed(Napi::Env env, Offset offset) { return wait(env, offset, true); }
  // Resolves the promises of passed() that wait for `offset`, although it is not reached.
  void give_up(Napi::Env env, Offset offset);
  void high_watermark_advanced(PartitionLog& log, Offset high_watermark) noexcept override;
  // Unregisters in the background: that may wait for an observer's call under way.
  void retire();

 private:
  struct Wait {
    Deferred deferred;
    bool may_give_up;
  };

  Napi::Value wait(Napi::Env env, Offset offset, bool may_give_up);
  void settle(Napi::Env env);
  void rest(Napi::Env env);
  void settle_reached(Napi::Env env);

  std::shared_ptr<EnvironmentPort> port_;
  std::shared_ptr<PartitionLog> log_;
  std::function<void(bool)> keep_;       // environment's thread only
  std::multimap<Offset, Wait> waiting_;  // environment's thread only
  std::atomic<int64_t> lowest_wanted_{INT64_MAX};
  std::atomic<bool> posted_{false};
  bool observing_ = false;  // environment's thread only
};

}  // namespace odradek
