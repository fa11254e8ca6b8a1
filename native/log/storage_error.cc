#include "log/storage_error.h"

#include <utility>

namespace odradek {

LogError storage_error(const FileError& error) { return storage_error(error.detail); }

LogError storage_error(std::string sentence) {
  return LogError{ErrorCode::kafka_storage_error, std::move(sentence), {}};
}

LogError no_memory_for_batch(int64_t bytes) {
  return storage_error("there is no memory to read a stored batch of " + std::to_string(bytes) +
                       " bytes");
}

bool is_shortage(const FileError& error) {
  return error.kind == FileErrorKind::no_space || error.kind == FileErrorKind::too_many_files;
}

}  // namespace odradek
