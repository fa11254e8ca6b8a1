#include "addon/checksum_binding.h"

#include "addon/value_reader.h"
#include "checksum/crc32c.h"

namespace odradek {

Napi::Value crc32c_of(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  ValueReader read(env);
  const ByteSpan bytes = read.bytes(info[0], "the bytes");
  if (read.failed()) return env.Undefined();
  return Napi::Number::New(env, crc32c(bytes));
}

}  // namespace odradek
