#include "file/posix_error.h"

#include <cerrno>

#include <doctest/doctest.h>

namespace odradek {

TEST_CASE("every errno that is judged apart has its kind, all others are I/O errors") {
  struct Case {
    int os_error;
    FileErrorKind kind;
  };
  const Case cases[] = {
      {ENOENT, FileErrorKind::not_found},
      {EEXIST, FileErrorKind::exists},
      {ENOTEMPTY, FileErrorKind::exists},
      {EACCES, FileErrorKind::permission},
      {EPERM, FileErrorKind::permission},
      {ENOSPC, FileErrorKind::no_space},
      {EDQUOT, FileErrorKind::no_space},
      {EROFS, FileErrorKind::read_only},
      {EMFILE, FileErrorKind::too_many_files},
      {ENFILE, FileErrorKind::too_many_files},
      {ENOTDIR, FileErrorKind::not_a_directory},
      {EAGAIN, FileErrorKind::would_block},
      {EOPNOTSUPP, FileErrorKind::unsupported},
      {ENOSYS, FileErrorKind::unsupported},
      {EIO, FileErrorKind::io},
      {EISDIR, FileErrorKind::io},
      {ESTALE, FileErrorKind::io},
  };
  for (const Case& c : cases) {
    CAPTURE(c.os_error);
    const FileError error = posix_error("write", "/data/x", c.os_error).error;
    CHECK(error.kind == c.kind);
    CHECK(error.os_error == c.os_error);
    CHECK(error.detail.starts_with("write /data/x: "));
    CHECK(error.detail.size() > std::string("write /data/x: ").size());
  }
}

TEST_CASE("the sentence is the system's own") {
  CHECK(posix_error("open", "a", ENOENT).error.detail == "open a: No such file or directory");
  CHECK(posix_error("open", "a", EACCES).error.detail == "open a: Permission denied");
}

}  // namespace odradek
