#include "net/connection.h"

#include "base/assert.h"

namespace odradek {
namespace {

// What one connection may receive, or send, in one event before the others have their turn.
constexpr size_t kReceiveShareBytes = 1U << 20;
constexpr size_t kSendShareBytes = 4U << 20;

}  // namespace

Connection::Connection(ConnectionSet& set, Socket socket, uint64_t id)
    : set_(set),
      socket_(std::move(socket)),
      id_(id),
      decoder_(set.buffers_, set.limits_.frame_bytes_max) {
  ASSERT(socket_.is_open() && id != 0);
}

Connection::~Connection() { ASSERT(is_closed() && !idle_timer_.is_set()); }

bool Connection::open(std::unique_ptr<ConnectionHandler> handler) {
  ASSERT(handler != nullptr && handler_ == nullptr);
  handler_ = std::move(handler);
  interest_ = {.readable = true};
  if (!set_.reactor_.poller().add(socket_.fd(), this, interest_)) {
    socket_.close();
    return false;
  }
  active_ms_ = set_.reactor_.now_ms();
  if (set_.limits_.idle_ms_max > 0) {
    set_.reactor_.timers().set(idle_timer_, active_ms_ + set_.limits_.idle_ms_max);
  }
  return true;
}

void Connection::flush_soon() {
  if (flush_queued_ || is_closed()) return;
  flush_queued_ = true;
  set_.to_flush_.push_back(this);
}

void Connection::resume_soon() {
  if (resume_queued_ || !held_ || is_closed()) return;
  resume_queued_ = true;
  set_.to_resume_.push_back(this);
}

void Connection::close() {
  if (is_closed()) return;
  set_.reactor_.timers().cancel(idle_timer_);
  ASSERT(handler_ != nullptr && !idle_timer_.is_set());
  set_.reactor_.poller().remove(socket_.fd());
  socket_.close();
  handler_->on_closed();
  set_.forget(*this);
}

void Connection::on_poll(const PollEvent& event) {
  ASSERT(set_.reactor_.on_thread());
  if (is_closed()) return;
  if (event.broken) {
    // Both directions are gone: whatever still lies in the socket cannot be answered.
    close();
    return;
  }
  if (event.readable) receive();
  if (event.writable && !is_closed()) flush_soon();
  if (flush_queued_) flush();
}

void Connection::on_idle_timer() {
  const int64_t now = set_.reactor_.now_ms();
  const int64_t idle_max = set_.limits_.idle_ms_max;
  ASSERT(!is_closed() && idle_max > 0);
  ASSERT(now >= active_ms_);
  if (handler_->is_busy()) {
    set_.reactor_.timers().set(idle_timer_, now + idle_max);
  } else if (now - active_ms_ < idle_max) {
    set_.reactor_.timers().set(idle_timer_, active_ms_ + idle_max);
  } else {
    close();
  }
}

void Connection::receive() {
  if (held_) {
    pause_reading();
    return;
  }
  size_t taken = 0;
  bool filled = true;
  // One system call, unless it filled what it was given: then more is probably waiting.
  while (filled && taken < kReceiveShareBytes) {
    const ByteSpan target = decoder_.target(set_.scratch_span_);
    const Transfer transfer = receive_from(socket_, target.data(), target.size());
    if (transfer.status == TransferStatus::blocked) return;
    if (transfer.status == TransferStatus::failed || transfer.bytes == 0) {
      close();
      return;
    }
    ASSERT(transfer.bytes <= target.size());
    decoder_.received(transfer.bytes);
    taken += transfer.bytes;
    filled = transfer.bytes == target.size();
    active_ms_ = set_.reactor_.now_ms();
    ConnectionCounters::add(set_.counters_.bytes_in, transfer.bytes);
    if (!offer_frames()) return;
  }
}

bool Connection::offer_frames() {
  ASSERT(!held_ && !is_closed());
  ByteSpan frame;
  for (;;) {
    const FrameStatus status = decoder_.peek(&frame);
    if (status == FrameStatus::incomplete) return true;
    FrameVerdict verdict = FrameVerdict::close;
    if (status == FrameStatus::whole) {
      const bool full = send_queue_.unsent_bytes() > set_.limits_.unsent_bytes_max;
      verdict = full ? FrameVerdict::hold : handler_->on_frame(frame);
    }
    if (is_closed()) return false;
    switch (verdict) {
      case FrameVerdict::taken:
        decoder_.pop();
        break;
      case FrameVerdict::hold:
        held_ = true;
        if (!decoder_.keep()) close();
        return false;
      case FrameVerdict::close:
        ConnectionCounters::add(set_.counters_.frames_refused, 1);
        flush();  // answers to what came before it, as far as the socket takes them
        close();
        return false;
    }
  }
}

void Connection::resume() {
  ASSERT(resume_queued_);
  resume_queued_ = false;
  if (is_closed() || !held_) return;
  held_ = false;
  if (!offer_frames()) return;
  if (!interest_.readable) watch({.readable = true, .writable = interest_.writable});
}

void Connection::flush() {
  flush_queued_ = false;
  if (is_closed()) return;
  size_t sent = 0;
  const size_t unsent = send_queue_.unsent_bytes();
  const FlushStatus status = send_queue_.flush(socket_, kSendShareBytes, &sent);
  ASSERT(send_queue_.unsent_bytes() + sent == unsent);
  ASSERT(status != FlushStatus::drained || send_queue_.empty());
  if (sent > 0) {
    active_ms_ = set_.reactor_.now_ms();
    ConnectionCounters::add(set_.counters_.bytes_out, sent);
  }
  if (status == FlushStatus::failed) {
    close();
    return;
  }
  const bool waits = status != FlushStatus::drained;
  if (waits != interest_.writable) watch({.readable = interest_.readable, .writable = waits});
  if (send_queue_.unsent_bytes() <= set_.limits_.unsent_bytes_max) resume_soon();
}

// The socket is readable while a frame is held: either the peer left, or it sent ahead. Sent ahead
// means: stop listening to it until the held frame is taken, or the poller reports it for ever.
void Connection::pause_reading() {
  ASSERT(held_);
  if (at_end_of_stream(socket_)) {
    close();
    return;
  }
  watch({.readable = false, .writable = interest_.writable});
}

void Connection::watch(PollInterest interest) {
  if (interest == interest_) return;
  ASSERT(!is_closed());
  interest_ = interest;
  set_.reactor_.poller().change(socket_.fd(), this, interest);
}

}  // namespace odradek
