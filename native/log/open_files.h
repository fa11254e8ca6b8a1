// Bounds how many sealed segments keep their file open. First opened, first closed: a closed file
// is opened again when it is read, so the bound costs an open and never an error.
//
// Safe from any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

namespace odradek {

class OpenFiles {
 public:
  // Something that keeps a file open until it is asked to let go of it.
  class Holder {
   public:
    virtual ~Holder() = default;
    virtual void close_file() const = 0;
  };

  explicit OpenFiles(size_t files_max) : files_max_(files_max) {}

  // Notes that `holder` has just opened its file; asks the oldest one to close if there are too
  // many.
  void opened(std::weak_ptr<const Holder> holder);

 private:
  const size_t files_max_;
  std::mutex mutex_;
  std::deque<std::weak_ptr<const Holder>> holders_;
};

}  // namespace odradek
