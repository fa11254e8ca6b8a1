#include "net/frame_decoder.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/limits.h"

namespace odradek {
namespace {

// A frame of at least this size makes the decoder expect another one.
constexpr size_t kLargeFrameBytes = 64U << 10;
// What is received ahead of a frame that is expected to be large: enough for a small one.
constexpr size_t kProbeBytes = 2048;
static_assert(kProbeBytes > kFramePrefixBytes && kProbeBytes < kLargeFrameBytes);

}  // namespace

FrameDecoder::FrameDecoder(BufferPool& pool, size_t frame_bytes_max)
    : pool_(pool), frame_bytes_max_(frame_bytes_max) {
  ASSERT(frame_bytes_max > 0 && frame_bytes_max <= kFrameBytesMax);
}

ByteSpan FrameDecoder::target(ByteSpan scratch) {
  ASSERT(window_.empty() && !front_shown_);
  ASSERT(!scratch.empty());
  if (body_) {
    ASSERT(body_filled_ < body_.size());
    target_ = body_.span().subspan(body_filled_);
  } else {
    target_ = last_was_large_ ? scratch.first(std::min(scratch.size(), kProbeBytes)) : scratch;
  }
  ASSERT(!target_.empty());
  return target_;
}

void FrameDecoder::received(size_t count) {
  ASSERT(count <= target_.size() && window_.empty());
  if (body_) {
    body_filled_ += count;
    ASSERT(body_filled_ <= body_.size());
  } else {
    window_ = target_.first(count);
  }
  target_ = {};
}

FrameStatus FrameDecoder::peek(ByteSpan* frame) {
  ASSERT(prefix_filled_ <= kFramePrefixBytes);
  ASSERT(!body_ || window_.empty());
  if (!front_shown_) {
    if (!body_) {
      if (window_.empty()) return FrameStatus::incomplete;
      const size_t wanted = std::min(kFramePrefixBytes - prefix_filled_, window_.size());
      std::memcpy(prefix_.data() + prefix_filled_, window_.data(), wanted);
      prefix_filled_ += wanted;
      window_ = window_.subspan(wanted);
      if (prefix_filled_ < kFramePrefixBytes) return FrameStatus::incomplete;
      const auto length = load_be<int32_t>(prefix_.data());
      if (length < 0 || static_cast<size_t>(length) > frame_bytes_max_) return FrameStatus::refused;
      const auto size = static_cast<size_t>(length);
      if (size <= window_.size()) {
        front_ = window_.first(size);
        front_shown_ = true;
        last_was_large_ = size >= kLargeFrameBytes;
        *frame = front_;
        return FrameStatus::whole;
      }
      if (!start_body(size)) return FrameStatus::refused;
    }
    if (body_filled_ < body_.size()) return FrameStatus::incomplete;
    front_ = body_.span();
    front_shown_ = true;
    front_in_body_ = true;
    last_was_large_ = front_.size() >= kLargeFrameBytes;
  }
  *frame = front_;
  return FrameStatus::whole;
}

void FrameDecoder::pop() {
  ASSERT(front_shown_ && prefix_filled_ == kFramePrefixBytes);
  if (front_in_body_) {
    body_.release();
    body_filled_ = 0;
  } else {
    ASSERT(front_.size() <= window_.size());
    window_ = window_.subspan(front_.size());
  }
  if (window_.empty()) kept_.release();
  front_ = {};
  front_shown_ = false;
  front_in_body_ = false;
  prefix_filled_ = 0;
}

bool FrameDecoder::keep() {
  if (window_.empty() || kept_) return true;
  PooledBuffer copy = pool_.take(window_.size());
  if (!copy) return false;
  std::memcpy(copy.data(), window_.data(), window_.size());
  if (front_shown_ && !front_in_body_) {
    ASSERT(front_.empty() || front_.data() == window_.data());
    ASSERT(front_.size() <= copy.size());
    front_ = copy.span().first(front_.size());
  }
  window_ = copy.span();
  kept_ = std::move(copy);
  return true;
}

bool FrameDecoder::start_body(size_t length) {
  ASSERT(!body_ && length > window_.size());
  ASSERT(length <= frame_bytes_max_ && prefix_filled_ == kFramePrefixBytes);
  body_ = pool_.take(length);
  if (!body_) return false;
  if (!window_.empty()) std::memcpy(body_.data(), window_.data(), window_.size());
  body_filled_ = window_.size();
  window_ = {};
  kept_.release();
  return true;
}

}  // namespace odradek
