// The checksum of record batches, for clients: they have a portable one, this is ten times faster.
#pragma once

#include <napi.h>

namespace odradek {

// crc32c(bytes): CRC-32C of a Uint8Array as an unsigned 32-bit number.
Napi::Value crc32c_of(const Napi::CallbackInfo& info);

}  // namespace odradek
