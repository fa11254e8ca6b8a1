// Errors of the core as JavaScript errors. The class is handed in by TypeScript once per
// environment, so that callers can test `instanceof StorageError`.
#pragma once

#include <string>

#include <napi.h>

#include "log/log_error.h"

namespace odradek {

// new StorageError(code, message).
Napi::Value storage_error(Napi::Env env, const LogError& error);
// Throws it into the environment; the caller returns at once.
void throw_storage_error(Napi::Env env, const LogError& error);
// Throws a TypeError: a wrong call of our own TypeScript.
void throw_type_error(Napi::Env env, const std::string& message);

}  // namespace odradek
