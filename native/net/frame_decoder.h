// Cuts a byte stream into frames: a big-endian int32 length, then as many bytes. Pure: knows where
// the next bytes should be received to, and what is whole.
//
// A frame that lies whole in the received chunk is handed out where it lies. One that does not gets
// a pooled buffer of its announced size, and the rest of it is received straight into that. The
// length is judged before anything is allocated.
//
// Use: receive into target(); received(n); then peek()/pop() until peek() is not `whole`. Before
// the scratch buffer is used for anything else, keep() what was not popped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "net/buffer_pool.h"

namespace odradek {

inline constexpr size_t kFramePrefixBytes = 4;

// What stands at the front of the stream.
enum class FrameStatus : uint8_t {
  whole,       // a frame stands ready
  incomplete,  // more bytes are needed
  refused,     // negative or too large length, or no memory for it: the stream is lost
};

// One stream's decoder. Once it answered `refused` it must not be used any more.
class FrameDecoder {
 public:
  // `pool` must outlive the decoder.
  FrameDecoder(BufferPool& pool, size_t frame_bytes_max);

  // Where the next bytes belong, never empty: the rest of a frame under way, or (part of) the
  // scratch buffer. Only after peek() answered `incomplete`.
  ByteSpan target(ByteSpan scratch);
  // The first `count` bytes of target() were filled.
  void received(size_t count);

  // The frame at the front, without its length prefix. Its bytes may be changed; they stay valid
  // until pop(), or until the scratch buffer is used without keep().
  FrameStatus peek(ByteSpan* frame);
  // Consumes the frame that peek() showed.
  void pop();
  // Moves unconsumed bytes out of the scratch buffer. False if there is no memory for them.
  bool keep();

  // Bytes of memory held between calls.
  size_t held_bytes() const { return body_.size() + kept_.size(); }

 private:
  // Takes a buffer for a frame that does not lie whole in the window. False without memory.
  bool start_body(size_t length);

  BufferPool& pool_;
  const size_t frame_bytes_max_;

  ByteSpan target_;    // as last handed out
  ByteSpan window_;    // received, not consumed: in the scratch buffer or in kept_
  PooledBuffer kept_;  // holds window_ after keep()

  std::array<uint8_t, kFramePrefixBytes> prefix_{};
  size_t prefix_filled_ = 0;  // of a prefix that came in pieces
  PooledBuffer body_;         // of a frame that did not lie whole in one chunk
  size_t body_filled_ = 0;

  ByteSpan front_;  // the frame that peek() showed
  bool front_shown_ = false;
  bool front_in_body_ = false;
  bool last_was_large_ = false;  // the next one probably is too: receive little more than its
                                 // prefix into scratch, so that little is copied
};

}  // namespace odradek
