// `NativeReplacement`: a segment that is written to take the place of others, as a JavaScript
// object. Translates and nothing else.
#pragma once

#include <memory>
#include <mutex>

#include <napi.h>

#include "addon/addon_state.h"
#include "addon/directory_share.h"
#include "log/partition_log.h"

namespace odradek {

class ReplacementBinding : public Napi::ObjectWrap<ReplacementBinding> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Object create(Napi::Env env, std::unique_ptr<SegmentReplacement> replacement,
                             SharedDirectory directory);

  explicit ReplacementBinding(const Napi::CallbackInfo& info);
  // What nobody ended is given up, in the background: that removes a file.
  ~ReplacementBinding() override;

 private:
  using Info = const Napi::CallbackInfo&;
  // Shared with the calls under way, of which one at a time uses the replacement.
  struct Held {
    std::mutex mutex;
    std::unique_ptr<SegmentReplacement> replacement;  // null once it has ended
    bool has_aborted = false;                         // a commit that is repeated adds none
  };
  Napi::Value append(Info info);
  Napi::Value commit(Info info);
  Napi::Value discard(Info info);
  Napi::Value task(Info info, std::function<LogResult<bool>(Held&)> run);

  std::shared_ptr<Held> held_;
  SharedDirectory directory_;
};

}  // namespace odradek
