// The write windows of one active segment, made and populated by a helper ahead of the writer, so
// that a store never waits for the kernel: what is not populated yet is written by pwrite, into the
// same page cache.
//
//   file     ....|==== window ====|=== next window ===|
//                ^begin    ^position
//                          |--ahead--| populated
//
// Threads: store and advance belong to the appender (the log's lock) and make no system call; stop
// waits for the helper and must not be called under that lock.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "file/file_system.h"
#include "log/helper_pool.h"
#include "log/write_window_pool.h"

namespace odradek {

class WindowFeed : public std::enable_shared_from_this<WindowFeed> {
 public:
  // `helpers` and `pool` must outlive the feed. Windows end at or before `file_bytes_max`.
  WindowFeed(std::shared_ptr<File> file, HelperPool& helpers, WriteWindowPool& pool,
             int64_t file_bytes_max)
      : file_(std::move(file)), helpers_(helpers), pool_(pool), file_bytes_max_(file_bytes_max) {}

  enum class Stored : uint8_t {
    yes,
    no,      // not inside what is populated: write it otherwise
    failed,  // the disk failed under the mapping; the bytes are lost
  };
  Stored store(Position at, ByteView bytes);
  // The segment now ends at `end` and grows by about `bytes_per_second`: asks a helper for what is
  // to be ready next.
  void advance(Position end, int64_t bytes_per_second);
  // Room that the windows have reserved in the file.
  int64_t allocated_bytes() const { return allocated_bytes_.load(std::memory_order_acquire); }

  // Gives the windows back; once it returns nothing of the file is mapped, or will be. Idempotent.
  void stop();

 private:
  struct Window {
    WriteWindowPool::Place place;
    std::unique_ptr<WriteWindow> mapped;
    // Pages in [begin, populated_to) may be stored to. Written by the helper.
    std::atomic<int64_t> populated_to{0};
  };

  void prepare();
  void populate(Window& window, Position from, int64_t ahead);
  std::shared_ptr<Window> map(Position at);

  const std::shared_ptr<File> file_;
  HelperPool& helpers_;
  WriteWindowPool& pool_;
  const int64_t file_bytes_max_;
  std::atomic<int64_t> allocated_bytes_{0};

  // What the appender tells the helper.
  std::atomic<int64_t> position_{0};
  std::atomic<int64_t> ahead_{0};
  std::atomic<bool> asked_{false};

  mutable std::mutex mutex_;  // for the pointers below; never held in a system call
  std::condition_variable idle_;
  bool preparing_ = false;  // a helper is at work
  bool stopped_ = false;
  bool unsupported_ = false;  // this file can't be mapped: no further attempt
  std::shared_ptr<Window> current_;
  std::shared_ptr<Window> next_;
  std::shared_ptr<Window> used_up_;  // left to a helper, as unmapping is a system call
};

}  // namespace odradek
