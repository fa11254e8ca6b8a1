// What opening a compressed batch found, as JavaScript says it, in the core's own types.
#pragma once

#include <napi.h>

#include "addon/value_reader.h"
#include "data_path/broker_data_path.h"

namespace odradek {

// Code, message and faults. Check the reader before use.
BatchVerdict to_verdict(ValueReader& read, const Napi::Object& given);
// The batch to store instead, none for undefined. A view of JavaScript's bytes.
ByteSpan to_replacement(ValueReader& read, const Napi::Object& given);

}  // namespace odradek
