// Reads the tables of limits that the control plane sets on a data plane.
#pragma once

#include "addon/value_reader.h"
#include "data_path/client_quotas.h"
#include "data_path/connection_admission.h"

namespace odradek {

// A client id may hold any characters.
std::string to_client_id(ValueReader& read, const Napi::Value& value);

// What `NativeQuotas` of src/addon/binding.ts has. Where `read` failed it is of no use.
QuotaTable to_quota_table(ValueReader& read, const Napi::Value& value);

// What `NativeConnectionLimits` has, in the same way.
ConnectionLimitTable to_connection_limits(ValueReader& read, const Napi::Value& value);

}  // namespace odradek
