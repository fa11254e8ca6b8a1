#include "file/posix_error.h"

#include <cerrno>
#include <cstring>

namespace odradek {
namespace {

FileErrorKind kind_of(int os_error) {
  switch (os_error) {
    case ENOENT:
      return FileErrorKind::not_found;
    case EEXIST:
    case ENOTEMPTY:
      return FileErrorKind::exists;
    case EACCES:
    case EPERM:
      return FileErrorKind::permission;
    case ENOSPC:
    case EDQUOT:
      return FileErrorKind::no_space;
    case EROFS:
      return FileErrorKind::read_only;
    case EMFILE:
    case ENFILE:
      return FileErrorKind::too_many_files;
    case ENOTDIR:
      return FileErrorKind::not_a_directory;
    case EAGAIN:
      return FileErrorKind::would_block;
    case EOPNOTSUPP:
    case ENOSYS:
      return FileErrorKind::unsupported;
    default:
      return FileErrorKind::io;
  }
}

// strerror_r comes in two shapes: POSIX fills the buffer, GNU returns the text.
[[maybe_unused]] const char* text_of(int /*status*/, const char* buffer) { return buffer; }
[[maybe_unused]] const char* text_of(const char* text, const char* /*buffer*/) { return text; }

}  // namespace

Err<FileError> posix_error(const char* action, const std::string& path, int os_error) {
  char buffer[128] = "unknown error";
  const char* text = text_of(strerror_r(os_error, buffer, sizeof buffer), buffer);
  return Err(
      FileError{kind_of(os_error), os_error, std::string(action) + ' ' + path + ": " + text});
}

Err<FileError> posix_sync_error(const std::string& path, int os_error) {
  Err<FileError> failed = posix_error("sync", path, os_error);
  failed.error.kind = FileErrorKind::io;
  return failed;
}

}  // namespace odradek
