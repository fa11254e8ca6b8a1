// How a test meets a call of the disk in memory: lets it happen, fails it, or cuts the power.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "file/file_system.h"

namespace odradek {

// The calls that a hook is asked about: first all that change the disk or make a change durable,
// from `open` on those that only look.
enum class FileCallKind : uint8_t {
  create,  // an open that makes the file
  write,
  store,  // into a window
  allocate,
  truncate,
  sync_data,
  create_directory,  // each missing one of create_directories
  rename,
  remove_file,
  remove_directory,
  sync_directory,
  sync_file_system,
  open,  // of a file that is there
  read,
  size,
  map_window,
  status,
  list,
};

// A call that is about to happen.
struct FileCall {
  uint64_t number = 0;  // counts from 1, changes and looks apart
  FileCallKind kind = FileCallKind::write;
  std::string path;
  Position at;       // of a write or store
  int64_t size = 0;  // bytes of a write or store, new size of an allocate or truncate
};

// What the hook wants to happen to a call.
struct FaultDecision {
  enum class Kind : uint8_t { proceed, fail, pretend, crash };
  Kind kind = Kind::proceed;
  FileError error;            // of `fail`
  int64_t bytes_written = 0;  // of a failing write: so many bytes of it are written first

  static FaultDecision proceed() { return {}; }
  static FaultDecision fail(FileErrorKind error_kind, int64_t bytes_written = 0) {
    return {Kind::fail, FileError{error_kind, 0, "made to fail"}, bytes_written};
  }
  // The call does nothing and answers success, as a disk that lies does: of a sync or a truncate.
  static FaultDecision pretend() { return {Kind::pretend, {}, 0}; }
  // The call and all later ones change nothing and fail, reads too.
  static FaultDecision crash() { return {Kind::crash, {}, 0}; }
};

using FaultHook = std::function<FaultDecision(const FileCall&)>;

}  // namespace odradek
