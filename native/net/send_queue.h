// What a connection still has to send, in order: bytes, and ranges of files that the kernel sends
// without a copy. Answers are built in place: begin_frame(), bytes and file ranges, end_frame().
//
// The queue does not bound itself, it tells: the connection stops taking requests while
// unsent_bytes() is above its limit.
//
// Threads: belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "net/byte_buffer.h"
#include "net/socket.h"

namespace odradek {

// Keeps open what file ranges are sent from.
class FileRangeOwner {
 public:
  virtual ~FileRangeOwner() = default;
  // A range could not be sent from `position` on, and its connection ends: the peer is gone, or the
  // file cannot be read there. Called on the connection's thread.
  virtual void send_failed(int64_t position) const = 0;
};

// A piece of an open file. `owner` keeps the descriptor open.
struct FileRange {
  std::shared_ptr<const FileRangeOwner> owner;
  int descriptor = -1;
  int64_t position = 0;
  size_t bytes = 0;
};

// How far a flush came.
enum class FlushStatus : uint8_t {
  drained,  // everything was handed to the kernel
  blocked,  // the peer reads too slowly: wait until the socket is writable
  more,     // this call's share is sent; call again when the socket is writable
  failed,   // the connection is lost
};

// One connection's queue. Drained, it keeps at most 1 KiB; sent pieces are let go of at once.
class SendQueue {
 public:
  // Starts a frame: its length prefix is written by end_frame(). One at a time.
  void begin_frame();
  // Where the frame's bytes go. Valid until add_file(), end_frame() or abandon_frame().
  ByteBuffer& bytes();
  // Continues the frame with a piece of a file (at least 1 byte); bytes() then follows behind it.
  void add_file(FileRange range);
  // Bytes of the frame so far, without prefix.
  size_t frame_bytes() const;
  void end_frame();
  // Takes the frame back, as if it had never begun.
  void abandon_frame();

  // A whole frame at once, copied or (large vectors) taken over.
  void add_frame(ByteView frame);
  void add_frame(std::vector<uint8_t> frame);

  // Sends until drained, blocked, or `bytes_max` (at least 1) are sent. No frame may be open.
  // Adds what it sent to *sent. A file range that cannot be sent is told to its owner.
  FlushStatus flush(const Socket& socket, size_t bytes_max, size_t* sent);

  bool empty() const { return unsent_bytes_ == 0; }
  size_t unsent_bytes() const { return unsent_bytes_; }

 private:
  // Bytes, a taken-over vector, or a file range: exactly one is used.
  struct Chunk {
    ByteBuffer bytes;
    std::vector<uint8_t> taken;
    FileRange file;
    size_t sent = 0;

    bool is_file() const { return file.bytes > 0; }
    bool is_taken() const { return !taken.empty(); }
    size_t size() const {
      return is_file() ? file.bytes : is_taken() ? taken.size() : bytes.size();
    }
    const uint8_t* data() const { return is_taken() ? taken.data() : bytes.data(); }
  };

  Transfer send_front(const Socket& socket, size_t bytes_max);
  void tell_owner() const;
  // The first `count` unsent bytes have left.
  void consume(size_t count);
  void forget_sent();

  // Invariant: unsent_bytes_ is the sum of size() - sent over chunks_[head_..], an open frame's
  // bytes excluded.
  std::vector<Chunk> chunks_;
  size_t head_ = 0;
  size_t unsent_bytes_ = 0;

  bool frame_open_ = false;
  size_t frame_chunk_ = 0;  // where the open frame's prefix lies
  size_t frame_at_ = 0;
  size_t frame_files_ = 0;  // bytes of files in the open frame
};

}  // namespace odradek
