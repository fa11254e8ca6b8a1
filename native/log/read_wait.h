// How a look-up reads what it needs: from wherever it is, or from memory alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "file/file_system.h"

namespace odradek {

// Whether a look-up may wait for the disk. One that may not ends with an error that says so
// (LogError::would_wait) where the file is not open or the bytes are not in the page cache.
enum class ReadWait : uint8_t { may_wait, cached_only };

// Reads as File::read_at does. With cached_only: as many bytes as are in memory, would_block if
// these are fewer than `least`. Where a file system cannot tell, it waits.
FileResult<size_t> read_by(ReadWait wait, const File& file, Position at, ByteSpan into,
                           size_t least);

}  // namespace odradek
