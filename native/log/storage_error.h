// Turns what the file system reports into what a partition log answers.
#pragma once

#include <string>
#include <utility>

#include "file/file_system.h"
#include "log/log_error.h"

namespace odradek {

// The error as KAFKA_STORAGE_ERROR with the file system's own sentence.
inline LogError storage_error(const FileError& error) {
  return LogError{ErrorCode::kafka_storage_error, error.detail, {}};
}

inline LogError storage_error(std::string sentence) {
  return LogError{ErrorCode::kafka_storage_error, std::move(sentence), {}};
}

// A full disk or a full descriptor table refuses one call and may pass; anything else ends the
// directory.
inline bool is_shortage(const FileError& error) {
  return error.kind == FileErrorKind::no_space || error.kind == FileErrorKind::too_many_files;
}

}  // namespace odradek

// Returns a file system error from a function that answers LogResult.
#define RETURN_IF_FILE_ERROR(expression)                                             \
  do {                                                                               \
    if (auto odradek_result = (expression); !odradek_result.ok()) {                  \
      return ::odradek::Err(::odradek::storage_error(odradek_result.error()));       \
    }                                                                                \
  } while (false)
