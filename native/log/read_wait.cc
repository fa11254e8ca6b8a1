#include "log/read_wait.h"

namespace odradek {

FileResult<size_t> read_by(ReadWait wait, const File& file, Position at, ByteSpan into,
                           size_t least) {
  if (wait == ReadWait::may_wait) return file.read_at(at, into);
  auto got = file.read_cached_at(at, into);
  if (got.ok() && *got < least) {
    return Err(FileError{FileErrorKind::would_block, 0, "what is needed is not in memory"});
  }
  if (got.ok() || got.error().kind == FileErrorKind::would_block) return got;
  return file.read_at(at, into);  // not every file system can tell; and a failure shows here
}

}  // namespace odradek
