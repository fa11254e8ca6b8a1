// A LogConfig as a JavaScript object, by the field names of src/storage.
#pragma once

#include <napi.h>

#include "addon/value_reader.h"
#include "log/log_config.h"

namespace odradek {

// Check the reader before use: with a wrong field it has failed.
LogConfig to_log_config(ValueReader& read, const Napi::Value& value);

}  // namespace odradek
