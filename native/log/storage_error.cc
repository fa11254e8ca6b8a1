#include "log/storage_error.h"

#include <utility>

namespace odradek {

LogError storage_error(const FileError& error) {
  LogError answer = storage_error(error.detail);
  answer.disk_failed = !is_shortage(error);
  answer.would_wait = error.kind == FileErrorKind::would_block;
  return answer;
}

LogError storage_error(std::string sentence) {
  return LogError{ErrorCode::kafka_storage_error, std::move(sentence), {}};
}

LogError file_not_open() {
  return storage_error(
      FileError{FileErrorKind::would_block, 0, "the file of the segment is not open"});
}

LogError no_memory_for_batch(int64_t bytes) {
  return storage_error("there is no memory to read a stored batch of " + std::to_string(bytes) +
                       " bytes");
}

LogError damaged(std::string sentence) {
  return LogError{ErrorCode::corrupt_message, std::move(sentence), {}};
}

bool is_shortage(const FileError& error) {
  return error.kind == FileErrorKind::no_space || error.kind == FileErrorKind::too_many_files;
}

}  // namespace odradek
