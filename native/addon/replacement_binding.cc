#include "addon/replacement_binding.h"

#include "addon/background_task.h"
#include "addon/value_reader.h"

namespace odradek {
namespace {

// What create() gives the constructor.
struct Construction {
  std::unique_ptr<SegmentReplacement> replacement;
  SharedDirectory directory;
};

LogError ended() {
  return LogError{ErrorCode::invalid_request, "the replacement of segments has ended", {}};
}

std::vector<AbortedIndexEntry> to_aborted(ValueReader& read, const Napi::Value& value) {
  std::vector<AbortedIndexEntry> entries;
  if (!value.IsArray()) read.refuse("the aborted transactions", "an array");
  if (read.failed()) return entries;
  const auto list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length() && !read.failed(); ++i) {
    const Napi::Object entry =
        read.object(read.field(list, std::to_string(i).c_str()), "an aborted transaction");
    entries.push_back({ProducerId(read.int64_field(entry, "producerId", 0)),
                       Offset(read.int64_field(entry, "firstOffset", 0)),
                       Offset(read.int64_field(entry, "lastOffset", 0)),
                       Offset(read.int64_field(entry, "lastStableOffset", 0))});
  }
  return entries;
}

}  // namespace

Napi::Function ReplacementBinding::define(Napi::Env env) {
  using R = ReplacementBinding;
  return DefineClass(env, "NativeReplacement",
                     {InstanceMethod<&R::append>("append"), InstanceMethod<&R::commit>("commit"),
                      InstanceMethod<&R::discard>("discard")});
}

Napi::Object ReplacementBinding::create(Napi::Env env,
                                        std::unique_ptr<SegmentReplacement> replacement,
                                        SharedDirectory directory) {
  Construction construction{std::move(replacement), std::move(directory)};
  return AddonState::make(env, &AddonState::replacement_class, construction);
}

ReplacementBinding::ReplacementBinding(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ReplacementBinding>(info) {
  auto* construction = AddonState::of(info.Env()).take_given<Construction>();
  if (construction == nullptr) {
    throw_type_error(info.Env(), "a NativeReplacement comes from NativeLog.replaceSegments");
    return;
  }
  // Not wrapped, on a dying environment: never finalized, so it must not own anything.
  if (IsEmpty()) return;
  held_ = std::make_shared<Held>();
  held_->replacement = std::move(construction->replacement);
  directory_ = std::move(construction->directory);
}

ReplacementBinding::~ReplacementBinding() {
  if (held_ == nullptr) return;
  run_in_background(
      [held = std::move(held_), directory = std::move(directory_)]() mutable { held = nullptr; });
}

Napi::Value ReplacementBinding::task(Info info, std::function<LogResult<bool>(Held&)> run) {
  const Napi::Env env = info.Env();
  auto use = std::make_shared<DirectoryUse>(directory_->use());
  if (!*use) return rejected(env, storage_error(env, directory_closed()));
  return background_task<bool>(
      env, AddonState::of(env).port,
      [held = held_, use, run = std::move(run)]() -> LogResult<bool> {
        const std::lock_guard lock(held->mutex);
        if (held->replacement == nullptr) return Err(ended());
        return run(*held);
      },
      [](Napi::Env alive, bool& done) { return Napi::Boolean::New(alive, done); });
}

Napi::Value ReplacementBinding::append(Info info) {
  ValueReader read(info.Env());
  const ByteSpan given = read.bytes(info[0], "the batches");
  if (read.failed()) return info.Env().Undefined();
  auto bytes = std::make_shared<std::vector<uint8_t>>(given.begin(), given.end());
  return task(info, [bytes](Held& held) { return held.replacement->append(*bytes); });
}

Napi::Value ReplacementBinding::commit(Info info) {
  ValueReader read(info.Env());
  std::vector<AbortedIndexEntry> aborted = to_aborted(read, info[0]);
  if (read.failed()) return info.Env().Undefined();
  return task(info, [aborted = std::move(aborted)](Held& held) -> LogResult<bool> {
    for (const AbortedIndexEntry& entry : aborted) {
      if (!held.has_aborted) held.replacement->append_aborted(entry);
    }
    held.has_aborted = true;
    auto done = held.replacement->commit();
    if (done.ok()) held.replacement = nullptr;
    return done;
  });
}

Napi::Value ReplacementBinding::discard(Info info) {
  return task(info, [](Held& held) -> LogResult<bool> {
    held.replacement = nullptr;
    return true;
  });
}

}  // namespace odradek
