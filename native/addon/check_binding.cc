#include "addon/check_binding.h"

#include "addon/addon_state.h"
#include "addon/background_task.h"
#include "addon/value_reader.h"
#include "check/directory_repair.h"

namespace odradek {
namespace {

Napi::Value from_findings(Napi::Env env, const Findings& findings) {
  auto result = Napi::Array::New(env, findings.kept().size());
  uint32_t index = 0;
  for (const Finding& finding : findings.kept()) {
    const Napi::HandleScope scope(env);
    auto entry = Napi::Object::New(env);
    entry.Set("kind", word_of(finding.kind));
    entry.Set("file", finding.file);
    entry.Set("from", from_int64(env, finding.from.value));
    entry.Set("to", from_int64(env, finding.to.value));
    entry.Set("firstOffset", from_int64(env, finding.first_offset.value));
    entry.Set("nextOffset", from_int64(env, finding.next_offset.value));
    entry.Set("reason", finding.reason);
    result.Set(index++, entry);
  }
  return result;
}

void set_findings(Napi::Env env, Napi::Object result, const Findings& findings) {
  result.Set("findings", from_findings(env, findings));
  result.Set("faults", from_int64(env, findings.faults()));
  result.Set("unclean", from_int64(env, findings.unclean()));
}

Napi::Value from_cut(Napi::Env env, const std::optional<PartitionCut>& cut) {
  if (!cut) return env.Undefined();
  auto result = Napi::Object::New(env);
  result.Set("segmentBase", from_int64(env, cut->segment_base.value));
  result.Set("position", from_int64(env, cut->position.value));
  result.Set("offset", from_int64(env, cut->offset.value));
  result.Set("batches", from_int64(env, cut->batches));
  result.Set("bytes", from_int64(env, cut->bytes));
  return result;
}

Napi::Value from_partition(Napi::Env env, const PartitionReport& report) {
  auto result = Napi::Object::New(env);
  result.Set("folder", report.folder);
  result.Set("logStart", from_int64(env, report.log_start.value));
  result.Set("logEnd", from_int64(env, report.log_end.value));
  result.Set("segments", from_int64(env, report.segments));
  result.Set("batches", from_int64(env, report.batches));
  result.Set("bytes", from_int64(env, report.bytes));
  result.Set("cut", from_cut(env, report.cut));
  set_findings(env, result, report.findings);
  return result;
}

Napi::Value from_partitions(Napi::Env env, const std::vector<PartitionToCheck>& partitions) {
  auto result = Napi::Array::New(env, partitions.size());
  uint32_t index = 0;
  for (const PartitionToCheck& partition : partitions) {
    const Napi::HandleScope scope(env);
    auto entry = Napi::Object::New(env);
    entry.Set("folder", partition.facts.folder);
    entry.Set("bytes", from_int64(env, partition.bytes));
    entry.Set("cleanedTo", from_int64(env, partition.facts.cleaned_to.value));
    result.Set(index++, entry);
  }
  return result;
}

Napi::Value from_names(Napi::Env env, const std::vector<std::string>& names) {
  auto result = Napi::Array::New(env, names.size());
  for (uint32_t i = 0; i < names.size(); ++i) result.Set(i, names[i]);
  return result;
}

Napi::Value from_repair(Napi::Env env, const DirectoryRepair& repair) {
  auto partitions = Napi::Array::New(env, repair.partitions.size());
  uint32_t index = 0;
  for (const PartitionRepair& partition : repair.partitions) {
    const Napi::HandleScope scope(env);
    auto entry = Napi::Object::New(env);
    entry.Set("folder", partition.folder);
    entry.Set("logEnd", from_int64(env, partition.log_end.value));
    entry.Set("bytesCut", from_int64(env, partition.bytes_cut));
    entry.Set("kept", from_names(env, partition.kept));
    entry.Set("rebuilt", from_names(env, partition.rebuilt));
    partitions.Set(index++, entry);
  }
  auto result = Napi::Object::New(env);
  result.Set("partitions", partitions);
  result.Set("journalEntries", from_int64(env, repair.journal_entries));
  result.Set("checkpoints", from_names(env, repair.checkpoints));
  result.Set("kept", from_names(env, repair.kept));
  return result;
}

}  // namespace

Napi::Function CheckBinding::define(Napi::Env env) {
  using C = CheckBinding;
  return DefineClass(
      env, "NativeCheck",
      {InstanceMethod<&C::report>("report"), InstanceMethod<&C::check_partition>("checkPartition"),
       InstanceMethod<&C::bytes_checked>("bytesChecked"), InstanceMethod<&C::release>("release")});
}

Napi::Value CheckBinding::open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const std::string path = read.text(info[0], "the path");
  if (read.failed()) return env.Undefined();
  using Shared = std::shared_ptr<DirectoryCheck>;
  return background_task<Shared>(
      env, AddonState::of(env).port,
      [path]() -> LogResult<Shared> {
        auto opened = DirectoryCheck::open(posix_file_system(), path);
        if (!opened.ok()) return Err(opened.error());
        return Shared(std::move(*opened));
      },
      [](Napi::Env alive, Shared& check) -> Napi::Value {
        return AddonState::make(alive, &AddonState::check_class, check);
      });
}

CheckBinding::CheckBinding(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CheckBinding>(info) {
  auto* check = AddonState::of(info.Env()).take_given<std::shared_ptr<DirectoryCheck>>();
  if (check == nullptr) {
    throw_type_error(info.Env(), "a NativeCheck comes from openCheck");
    return;
  }
  // Not wrapped, on a dying environment: never finalized, so it must not own anything.
  if (IsEmpty()) return;
  check_ = *check;
}

Napi::Value CheckBinding::repair(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const std::string path = read.text(info[0], "the path");
  std::vector<std::string> folders;
  if (!read.failed() && !info[1].IsArray()) read.refuse("the folders", "an array");
  if (read.failed()) return env.Undefined();
  const auto given = info[1].As<Napi::Array>();
  for (uint32_t i = 0; i < given.Length() && !read.failed(); ++i) {
    folders.push_back(read.text(read.field(given, std::to_string(i).c_str()), "a folder"));
  }
  const bool keep = read.boolean(info[2], "whether to keep what is cut");
  if (read.failed()) return env.Undefined();
  const RepairKeeps keeps = keep ? RepairKeeps::everything : RepairKeeps::nothing;
  return background_task<DirectoryRepair>(
      env, AddonState::of(env).port,
      [path, folders, keeps] {
        return repair_directory(posix_file_system(), path, folders, keeps);
      },
      [](Napi::Env alive, DirectoryRepair& repair) { return from_repair(alive, repair); });
}

Napi::Value CheckBinding::report(Info info) {
  const Napi::Env env = info.Env();
  if (!check_) {
    throw_type_error(env, "the check was released");
    return env.Undefined();
  }
  const DirectoryReport& report = check_->report();
  auto result = Napi::Object::New(env);
  result.Set("clean", report.clean);
  result.Set("bytes", from_int64(env, report.bytes));
  result.Set("journal", report.journal.there);
  result.Set("journalEntries", from_int64(env, report.journal.entries));
  result.Set("journalBytes", from_int64(env, report.journal.entry_bytes));
  result.Set("partitions", from_partitions(env, report.partitions));
  set_findings(env, result, report.findings);
  return result;
}

Napi::Value CheckBinding::check_partition(Info info) {
  const Napi::Env env = info.Env();
  if (!check_) {
    throw_type_error(env, "the check was released");
    return env.Undefined();
  }
  ValueReader read(env);
  const auto count = static_cast<int64_t>(check_->report().partitions.size());
  const int64_t index = read.int64(info[0], "the partition", 0, INT32_MAX);
  if (!read.failed() && index >= count) read.refuse("the partition", "one of the report");
  if (read.failed()) return env.Undefined();
  return background_task<PartitionReport>(
      env, AddonState::of(env).port,
      [check = check_, index] { return check->check(static_cast<size_t>(index)); },
      [](Napi::Env alive, PartitionReport& report) { return from_partition(alive, report); });
}

Napi::Value CheckBinding::bytes_checked(Info info) {
  return from_int64(info.Env(), check_ ? check_->bytes_checked() : 0);
}

Napi::Value CheckBinding::release(Info info) {
  // At once: who is told that a check is done may open the directory before the thread that made it
  // has let go.
  if (check_) check_->unlock();
  check_ = nullptr;
  return info.Env().Undefined();
}

}  // namespace odradek
