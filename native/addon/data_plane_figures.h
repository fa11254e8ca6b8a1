// What a data path has counted, as JavaScript objects.
#pragma once

#include <napi.h>

#include "data_path/broker_data_path.h"

namespace odradek {

// The fields are those of `DataPlaneStatistics`, `Traffic` and `DataPlaneLatencies` in
// src/storage/data-plane.ts.
Napi::Value statistics_object(Napi::Env env, const DataPathStatistics& counted);
Napi::Value traffic_object(Napi::Env env, const Traffic& counted);
Napi::Value latencies_object(Napi::Env env, const RequestLatencies& counted);

}  // namespace odradek
