#include "fetch_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cpu_clock.h"
#include "fatal.h"
#include "wire_reader.h"

namespace odradek::bench {

namespace {

// Dropping unread pays from here on; shorter bodies come along with the next header.
constexpr size_t kDiscardBytesMin = 16 << 10;
// What is copied by one call: stays in the second-level cache.
constexpr size_t kCopyBytesMax = 256 << 10;
static_assert(kCopyBytesMax <= FetchConnection::kBufferBytes);

}  // namespace

FetchConnection::FetchConnection(const Options& options, int number)
    : options_(options),
      socket_(connect_to(options.host, options.port)),
      frame_(make_fetch_frame(options, number % options.partitions)) {
  set_nonblocking(socket_);
}

void FetchConnection::issue(RunState& state) {
  if (waiting_ || exhausted_) return;
  if (!state.take(options_.max_bytes)) {
    exhausted_ = true;
    return;
  }
  uint8_t* bytes = frame_.bytes.data();
  store_be(bytes + kCorrelationAt, ++correlation_);
  store_be(bytes + frame_.offset_at, offset_);
  issued_ns_ = now_ns();
  // A hundred bytes after an answer always fit the socket's empty send buffer.
  const ssize_t sent = send(fd(), bytes, frame_.bytes.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(frame_.bytes.size())) {
    fatal("sending a Fetch failed: %s", std::strerror(errno));
  }
  waiting_ = true;
  part_ = Part::head;
  head_bytes_ = 0;
  walker_.start();
}

void FetchConnection::receive(std::span<uint8_t> buffer, RunState& state, Counts& counts) {
  bool more = true;
  while (more) {
    const size_t got = receive_some(buffer, &more);
    if (got > 0) consume(buffer.data(), got, state, counts);
  }
}

// Sets *more to false when the socket is empty.
size_t FetchConnection::receive_some(std::span<uint8_t> buffer, bool* more) {
  const bool in_body = options_.discard && part_ == Part::records;
  const size_t body = in_body ? std::min(walker_.body_left(), records_left_) : 0;
  const bool discard = body >= kDiscardBytesMin;
  size_t room = kCopyBytesMax;
  if (discard) {
    room = std::min(body, buffer.size());
  } else if (options_.discard) {
    // As little as possible besides the next header, so that the rest can be dropped.
    room = std::max(body, kHeadBytesMax);
  }
  // With MSG_TRUNC TCP drops the bytes and the buffer stays as it is.
  const ssize_t got = recv(fd(), buffer.data(), room, discard ? MSG_TRUNC : 0);
  if (got < 0 && errno == EINTR) return 0;
  if (got < 0 && errno == EAGAIN) {
    *more = false;
    return 0;
  }
  if (got < 0) fatal("receiving from the broker failed: %s", std::strerror(errno));
  if (got == 0) fatal("the broker closed the connection");
  if (static_cast<size_t>(got) < room) *more = false;
  return static_cast<size_t>(got);
}

void FetchConnection::consume(const uint8_t* data, size_t size, RunState& state, Counts& counts) {
  if (!waiting_) fatal("the broker sent an answer that nobody asked for");
  while (size > 0) {
    size_t used = 0;
    if (part_ == Part::head) {
      used = consume_head(data, size);
    } else if (part_ == Part::records) {
      used = std::min(size, records_left_);
      walker_.feed(data, used);
      if (!walker_.ok()) fatal("the broker sent a record batch with a wrong length");
      records_left_ -= used;
      answer_left_ -= used;
      if (records_left_ == 0) part_ = Part::tail;
    } else {
      used = std::min(size, answer_left_);
      answer_left_ -= used;
    }
    data += used;
    size -= used;
    if (part_ == Part::tail && answer_left_ == 0) {
      if (size > 0) fatal("the broker sent more than one answer");
      complete(state, counts);
    }
  }
}

// Takes bytes into the head until it can be parsed; gives back what lies behind it.
size_t FetchConnection::consume_head(const uint8_t* data, size_t size) {
  const size_t before = head_bytes_;
  const size_t taken = std::min(size, kHeadBytesMax - head_bytes_);
  std::memcpy(head_ + head_bytes_, data, taken);
  head_bytes_ += taken;
  if (parse_head()) return head_bytes_ - before;
  if (head_bytes_ == kHeadBytesMax) fatal("the head of a Fetch answer is too long");
  return taken;
}

// True when the head is complete: head_bytes_ is then its length and the part has moved on.
bool FetchConnection::parse_head() {
  WireReader in({head_, head_bytes_});
  const auto size = in.get<uint32_t>();
  const auto correlation = in.get<uint32_t>();
  in.skip_tags();
  in.get<int32_t>();  // throttle time
  const auto error = in.get<int16_t>();
  const auto session_id = in.get<int32_t>();
  const uint32_t topics = in.get_compact_length();
  uint32_t records = 0;
  if (topics > 0) {
    in.skip(in.get_compact_length());  // topic
    in.get_compact_length();           // partitions: one was asked for
    in.get<int32_t>();                 // index
    const auto partition_error = in.get<int16_t>();
    high_watermark_ = in.get<int64_t>();
    in.get<int64_t>();  // last stable offset
    in.get<int64_t>();  // log start offset
    for (uint32_t i = in.get_compact_length(); i > 0 && in.ok(); i--) {
      in.skip(2 * sizeof(int64_t));  // aborted transaction
      in.skip_tags();
    }
    in.get<int32_t>();  // preferred replica
    records = in.get_compact_length();
    if (in.ok() && partition_error != 0) fatal("a Fetch was answered with %d", partition_error);
  }
  if (!in.ok()) return false;
  if (correlation != correlation_) fatal("an answer has correlation id %u", correlation);
  if (error != 0) fatal("a Fetch request was answered with error %d", error);
  session_id_ = session_id;
  head_bytes_ = static_cast<size_t>(in.cursor() - head_);
  const size_t head_in_answer = head_bytes_ - sizeof(int32_t);
  if (size < head_in_answer + records) fatal("a Fetch answer is shorter than its records");
  answer_left_ = size - head_in_answer;
  records_left_ = records;
  part_ = records > 0 ? Part::records : Part::tail;
  return true;
}

void FetchConnection::complete(RunState& state, Counts& counts) {
  waiting_ = false;
  if (state.phase.load(std::memory_order_relaxed) == Phase::measure) {
    counts.requests++;
    counts.records += walker_.records();
    counts.batch_bytes += walker_.batch_bytes();
    counts.latency.record(static_cast<uint64_t>(now_ns() - issued_ns_));
  }
  if (walker_.next_offset() >= 0) offset_ = walker_.next_offset();
  if (high_watermark_ == 0) fatal("partition of %s is empty", options_.topic.c_str());
  if (offset_ >= high_watermark_) {
    offset_ = 0;
    if (options_.once) exhausted_ = true;
  }
  if (options_.session) {
    uint8_t* bytes = frame_.bytes.data();
    const auto epoch = load_be<int32_t>(bytes + frame_.session_epoch_at);
    store_be(bytes + frame_.session_id_at, session_id_);
    store_be(bytes + frame_.session_epoch_at, epoch == INT32_MAX ? 1 : epoch + 1);
  }
  issue(state);
}

}  // namespace odradek::bench
