// Turns what the file system reports into what a partition log answers.
#pragma once

#include <string>

#include "file/file_system.h"
#include "log/log_error.h"

namespace odradek {

// The error as KAFKA_STORAGE_ERROR with the file system's own sentence, or with another one. Only
// the first can say that the disk failed, or that it would have been waited for.
LogError storage_error(const FileError& error);
LogError storage_error(std::string sentence);
// The file would have to be opened, by a caller that may not wait.
LogError file_not_open();
// Stored bytes that are not what was stored, found by a reader: CORRUPT_MESSAGE. It ends that read
// and nothing else.
LogError damaged(std::string sentence);
// A batch of a stored segment needs more memory than there is.
LogError no_memory_for_batch(int64_t bytes);

// A full disk or a full descriptor table refuses one call and may pass; anything else ends the
// directory.
bool is_shortage(const FileError& error);

}  // namespace odradek

// Returns a file system error from a function that answers LogResult.
#define RETURN_IF_FILE_ERROR(expression)                                       \
  do {                                                                         \
    if (auto odradek_result = (expression); !odradek_result.ok()) {            \
      return ::odradek::Err(::odradek::storage_error(odradek_result.error())); \
    }                                                                          \
  } while (false)
