#include "net/send_queue.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/bytes.h"
#include "net/frame_decoder.h"

namespace odradek {
namespace {

// A byte chunk is closed at this size, so that little is moved when it grows.
constexpr size_t kChunkBytesMax = 64U << 10;
// Memory kept by a drained queue; more is given back.
constexpr size_t kIdleBytesMax = 1024;
// Below this a vector is copied into the chunk before it: one send instead of two pieces.
constexpr size_t kCopyBytesMax = 4096;
static_assert(kIdleBytesMax < kCopyBytesMax && kCopyBytesMax < kChunkBytesMax);

}  // namespace

void SendQueue::begin_frame() {
  ASSERT(!frame_open_);
  const bool fits = head_ < chunks_.size() && !chunks_.back().is_file() &&
                    !chunks_.back().is_taken() && chunks_.back().bytes.size() < kChunkBytesMax;
  if (!fits) {
    forget_sent();
    // A drained queue keeps one empty byte chunk to write into.
    if (chunks_.empty() || chunks_.back().size() > 0) chunks_.emplace_back();
  }
  ASSERT(!chunks_.empty() && !chunks_.back().is_file() && !chunks_.back().is_taken());
  frame_open_ = true;
  frame_chunk_ = chunks_.size() - 1;
  frame_at_ = chunks_.back().bytes.size();
  frame_files_ = 0;
  chunks_.back().bytes.extend(kFramePrefixBytes);
}

ByteBuffer& SendQueue::bytes() {
  ASSERT(frame_open_ && !chunks_.back().is_file());
  return chunks_.back().bytes;
}

void SendQueue::add_file(FileRange range) {
  ASSERT(frame_open_ && range.bytes > 0 && range.descriptor >= 0);
  ASSERT(range.position >= 0 && chunks_.size() > frame_chunk_);
  frame_files_ += range.bytes;
  if (chunks_.back().bytes.empty()) chunks_.pop_back();  // two file ranges in a row
  chunks_.emplace_back().file = std::move(range);
  chunks_.emplace_back();
}

size_t SendQueue::frame_bytes() const {
  ASSERT(frame_open_);
  size_t total = frame_files_;
  for (size_t i = frame_chunk_; i < chunks_.size(); ++i) total += chunks_[i].bytes.size();
  ASSERT(total >= frame_at_ + kFramePrefixBytes);
  return total - frame_at_ - kFramePrefixBytes;
}

void SendQueue::end_frame() {
  const size_t size = frame_bytes();
  ASSERT(size <= INT32_MAX);
  ASSERT(frame_at_ + kFramePrefixBytes <= chunks_[frame_chunk_].bytes.size());
  store_be<int32_t>(chunks_[frame_chunk_].bytes.data() + frame_at_, static_cast<int32_t>(size));
  if (chunks_.back().size() == 0) chunks_.pop_back();
  unsent_bytes_ += size + kFramePrefixBytes;
  frame_open_ = false;
}

void SendQueue::abandon_frame() {
  ASSERT(frame_open_ && frame_chunk_ < chunks_.size());
  chunks_.erase(chunks_.begin() + static_cast<ptrdiff_t>(frame_chunk_) + 1, chunks_.end());
  chunks_.back().bytes.truncate(frame_at_);
  frame_open_ = false;
}

void SendQueue::add_frame(ByteView frame) {
  begin_frame();
  bytes().append(frame);
  end_frame();
}

void SendQueue::add_frame(std::vector<uint8_t> frame) {
  if (frame.size() <= kCopyBytesMax) {
    add_frame(ByteView(frame));
    return;
  }
  ASSERT(frame.size() <= INT32_MAX);
  begin_frame();
  const size_t size = frame.size();
  store_be<int32_t>(chunks_[frame_chunk_].bytes.data() + frame_at_, static_cast<int32_t>(size));
  chunks_.emplace_back().taken = std::move(frame);
  unsent_bytes_ += size + kFramePrefixBytes;
  ASSERT(frame_at_ + kFramePrefixBytes == chunks_[frame_chunk_].bytes.size());
  frame_open_ = false;
}

FlushStatus SendQueue::flush(const Socket& socket, size_t bytes_max, size_t* sent) {
  ASSERT(!frame_open_ && bytes_max > 0);
  size_t share = bytes_max;
  while (unsent_bytes_ > 0) {
    if (share == 0) return FlushStatus::more;
    const Transfer transfer = send_front(socket, share);
    if (transfer.status == TransferStatus::blocked) return FlushStatus::blocked;
    if (transfer.status == TransferStatus::failed) {
      tell_owner();
      return FlushStatus::failed;
    }
    consume(transfer.bytes);
    *sent += transfer.bytes;
    share -= std::min(share, transfer.bytes);
  }
  forget_sent();
  return FlushStatus::drained;
}

// The front could not be sent.
void SendQueue::tell_owner() const {
  const Chunk& front = chunks_[head_];
  if (!front.is_file() || front.file.owner == nullptr) return;
  front.file.owner->send_failed(front.file.position + static_cast<int64_t>(front.sent));
}

// Sends the file range at the front, or the byte chunks up to the next file range.
Transfer SendQueue::send_front(const Socket& socket, size_t bytes_max) {
  ASSERT(head_ < chunks_.size());
  while (chunks_[head_].sent == chunks_[head_].size()) {
    ++head_;
    ASSERT(head_ < chunks_.size());  // unsent bytes are somewhere
  }
  const Chunk& front = chunks_[head_];
  if (front.is_file()) {
    return send_file(socket, front.file.descriptor,
                     front.file.position + static_cast<int64_t>(front.sent),
                     std::min(front.file.bytes - front.sent, bytes_max));
  }
  std::array<SendPiece, kSendPiecesMax> pieces;
  size_t count = 0;
  size_t next = head_;
  for (; next < chunks_.size() && count < kSendPiecesMax && !chunks_[next].is_file(); ++next) {
    const Chunk& chunk = chunks_[next];
    if (chunk.size() > chunk.sent) {
      pieces[count++] = {chunk.data() + chunk.sent, chunk.size() - chunk.sent};
    }
  }
  ASSERT(count > 0 && next <= chunks_.size());
  return send_pieces(socket, pieces.data(), count, next < chunks_.size());
}

void SendQueue::consume(size_t count) {
  ASSERT(count <= unsent_bytes_);
  unsent_bytes_ -= count;
  while (count > 0) {
    ASSERT(head_ < chunks_.size());
    Chunk& front = chunks_[head_];
    const size_t here = std::min(count, front.size() - front.sent);
    ASSERT(front.sent <= front.size());
    front.sent += here;
    count -= here;
    if (front.sent < front.size()) break;
    if (unsent_bytes_ == 0) break;
    front = Chunk{};  // lets go of the file or the memory at once
    ++head_;
  }
}

// Drops chunks that are sent; the last byte chunk stays, emptied, if it is small.
void SendQueue::forget_sent() {
  ASSERT(head_ <= chunks_.size());
  if (unsent_bytes_ > 0) {
    if (head_ > 0) chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<ptrdiff_t>(head_));
    head_ = 0;
    return;
  }
  head_ = 0;
  if (chunks_.size() != 1 || chunks_[0].is_file() || chunks_[0].is_taken()) {
    chunks_.clear();
    return;
  }
  chunks_[0].bytes.clear(kIdleBytesMax);
  chunks_[0].sent = 0;
}

}  // namespace odradek
