#include "file/posix_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>

#include "file/mapped_window.h"
#include "file/posix_error.h"

namespace odradek {
namespace {

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  FileResult<size_t> read_at(Position at, ByteSpan into) const override;
  FileResult<size_t> read_cached_at(Position at, ByteSpan into) const override;
  FileResult<DataRange> next_data(Position from) const override;
  FileResult<void> write_at(Position at, ByteView bytes) override;
  FileResult<void> allocate(int64_t size) override;
  FileResult<void> truncate(int64_t size) override;
  FileResult<int64_t> size() const override;
  FileResult<void> sync_data() override;
  void start_write_back(Position from, int64_t length) override;
  FileResult<std::unique_ptr<WriteWindow>> map_window(Position from, size_t length) override {
    return map_write_window(fd(), path_, from, length);
  }
  int descriptor() const override { return fd(); }

 private:
  int fd() const { return descriptor_.get(); }
  Err<FileError> error(const char* action) const { return posix_error(action, path_, errno); }
  FileResult<void> grow(int64_t size);

  Descriptor descriptor_;
  std::string path_;
};

FileResult<size_t> PosixFile::read_at(Position at, ByteSpan into) const {
  size_t done = 0;
  while (done < into.size()) {
    const ssize_t got = without_interrupts([&] {
      return ::pread(fd(), into.data() + done, into.size() - done,
                     at.value + static_cast<int64_t>(done));
    });
    if (got < 0) return error("read");
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

FileResult<size_t> PosixFile::read_cached_at(Position at, ByteSpan into) const {
#if defined(RWF_NOWAIT)
  const struct iovec vector = {into.data(), into.size()};
  const ssize_t got = without_interrupts(
      [&] { return ::preadv2(fd(), &vector, 1, static_cast<off_t>(at.value), RWF_NOWAIT); });
  if (got < 0) return error("read");
  return static_cast<size_t>(got);
#else
  static_cast<void>(at);
  static_cast<void>(into);
  return posix_error("read without waiting", path_, EOPNOTSUPP);
#endif
}

FileResult<DataRange> PosixFile::next_data(Position from) const {
  auto size = this->size();
  if (!size.ok()) return Err(size.error());
  const Position end(std::max(from.value, *size));
#if defined(SEEK_DATA)
  const off_t found = ::lseek(fd(), from.value, SEEK_DATA);
  // ENXIO: nothing but a hole, or reserved room that was never written, up to the end.
  if (found < 0 && errno == ENXIO) return DataRange{end, end};
  if (found < 0 && errno != EINVAL && errno != EOPNOTSUPP && errno != ENOTSUP) {
    return error("seek in");
  }
  if (found >= 0) {
    const off_t hole = ::lseek(fd(), found, SEEK_HOLE);
    return DataRange{Position(found), hole < 0 ? end : Position(hole)};
  }
#endif
  return DataRange{from, end};
}

FileResult<void> PosixFile::write_at(Position at, ByteView bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put = without_interrupts([&] {
      return ::pwrite(fd(), bytes.data() + done, bytes.size() - done,
                      at.value + static_cast<int64_t>(done));
    });
    if (put < 0) return error("write");
    if (put == 0) return posix_error("write", path_, EIO);
    done += static_cast<size_t>(put);
  }
  return {};
}

FileResult<void> PosixFile::grow(int64_t size) {
  auto present = this->size();
  if (!present.ok()) return Err(present.error());
  return *present >= size ? FileResult<void>() : truncate(size);
}

FileResult<void> PosixFile::allocate(int64_t size) {
  ASSERT(size >= 0);
  if (size == 0) return {};
#if defined(__linux__)
  if (without_interrupts([&] { return ::fallocate(fd(), 0, 0, size); }) == 0) return {};
  if (errno != EOPNOTSUPP && errno != ENOSYS) return error("allocate room in");
#elif defined(F_PREALLOCATE)
  auto present = this->size();
  if (!present.ok()) return Err(present.error());
  if (*present >= size) return {};
  fstore_t room = {F_ALLOCATEALL, F_PEOFPOSMODE, 0, size - *present, 0};
  if (::fcntl(fd(), F_PREALLOCATE, &room) != 0 && errno == ENOSPC) {
    return error("allocate room in");
  }
#endif
  return grow(size);
}

FileResult<void> PosixFile::truncate(int64_t size) {
  if (without_interrupts([&] { return ::ftruncate(fd(), size); }) != 0) return error("truncate");
  return {};
}

FileResult<int64_t> PosixFile::size() const {
  struct stat status;
  if (::fstat(fd(), &status) != 0) return error("read the size of");
  return static_cast<int64_t>(status.st_size);
}

FileResult<void> PosixFile::sync_data() {
#if defined(__APPLE__)
  // fsync() there only hands the data to the drive's cache.
  if (without_interrupts([&] { return ::fcntl(fd(), F_FULLFSYNC); }) == 0) return {};
  if (errno != ENOTSUP && errno != EINVAL) return posix_sync_error(path_, errno);
  if (without_interrupts([&] { return ::fsync(fd()); }) != 0) {
    return posix_sync_error(path_, errno);
  }
#else
  if (without_interrupts([&] { return ::fdatasync(fd()); }) != 0) {
    return posix_sync_error(path_, errno);
  }
#endif
  return {};
}

void PosixFile::start_write_back(Position from, int64_t length) {
#if defined(__linux__)
  ::sync_file_range(fd(), from.value, length, SYNC_FILE_RANGE_WRITE);
#else
  static_cast<void>(from);
  static_cast<void>(length);
#endif
}

}  // namespace

std::unique_ptr<File> make_posix_file(Descriptor descriptor, std::string path) {
  return std::make_unique<PosixFile>(std::move(descriptor), std::move(path));
}

}  // namespace odradek
