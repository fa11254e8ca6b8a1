// The calls of NativeDirectory on small files, for the metadata log's neighbours, on the disk's
// room and on what is deleted.
#include <algorithm>

#include "addon/directory_binding.h"
#include "addon/value_reader.h"

namespace odradek {

Napi::Value DirectoryBinding::read_file(Info info) {
  ValueReader read(info.Env());
  const std::string path = read.text(info[0], "the path");
  const auto bytes_max = static_cast<size_t>(read.int64(info[1], "the size", 0));
  if (read.failed()) return info.Env().Undefined();
  return task<std::vector<uint8_t>>(
      info,
      [path, bytes_max](LogDirectory& directory) { return directory.read_file(path, bytes_max); },
      [](Napi::Env env, std::vector<uint8_t>& bytes) { return from_bytes(env, bytes); });
}

Napi::Value DirectoryBinding::write_file(Info info) {
  ValueReader read(info.Env());
  const std::string path = read.text(info[0], "the path");
  const ByteSpan bytes = read.bytes(info[1], "the bytes");
  if (read.failed()) return info.Env().Undefined();
  return step(info, [path, copy = std::vector<uint8_t>(bytes.begin(), bytes.end())](
                        LogDirectory& directory) { return directory.write_file(path, copy); });
}

Napi::Value DirectoryBinding::set_file_delete_delay(Info info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const int64_t delay_ms = std::min(read.int64(info[0], "the delay", 0), kDelayMsMax);
  if (read.failed()) return env.Undefined();
  if (const DirectoryUse directory = use(env)) directory->set_file_delete_delay(delay_ms);
  return env.Undefined();
}

Napi::Value DirectoryBinding::list_files(Info info) {
  ValueReader read(info.Env());
  const std::string path = read.text(info[0], "the path");
  if (read.failed()) return info.Env().Undefined();
  return task<std::vector<std::string>>(
      info, [path](LogDirectory& directory) { return directory.list_files(path); },
      [](Napi::Env env, std::vector<std::string>& names) -> Napi::Value {
        auto result = Napi::Array::New(env, names.size());
        for (uint32_t i = 0; i < names.size(); ++i) result.Set(i, names[i]);
        return result;
      });
}

Napi::Value DirectoryBinding::remove_file(Info info) {
  ValueReader read(info.Env());
  const std::string path = read.text(info[0], "the path");
  if (read.failed()) return info.Env().Undefined();
  return step(info, [path](LogDirectory& directory) { return directory.remove_file(path); });
}

Napi::Value DirectoryBinding::free_bytes(Info info) {
  const DirectoryUse directory = use(info.Env());
  if (!directory) return info.Env().Undefined();
  return from_int64(info.Env(), directory->free_bytes());
}

Napi::Value DirectoryBinding::total_bytes(Info info) {
  const DirectoryUse directory = use(info.Env());
  if (!directory) return info.Env().Undefined();
  return from_int64(info.Env(), directory->total_bytes());
}

}  // namespace odradek
