#include "produce_connection.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cpu_clock.h"
#include "fatal.h"
#include "wire_reader.h"

namespace odradek::bench {

namespace {

// A page holds some answers, however long the topic's name; of 10,000 connections each has one.
constexpr size_t kInputBytesMin = 4 << 10;
constexpr size_t kAnswerBytesUsual = 128;
// Frames handed to one sendmsg; each takes two pieces.
constexpr size_t kFramesPerSend = 64;

}  // namespace

ProduceConnection::ProduceConnection(const Options& options, int number, ByteView body)
    : options_(options),
      number_(number),
      schedule_(options),
      socket_(connect_to(options.host, options.port)),
      body_(body),
      in_flight_(static_cast<uint32_t>(options.in_flight)),
      issued_ns_(in_flight_),
      input_(std::max(kInputBytesMin, in_flight_ * kAnswerBytesUsual)) {
  const int32_t partition = number % options.partitions;
  const ProduceHead head = make_produce_head(options, partition, body.size() - kProduceTailBytes);
  head_bytes_ = head.bytes.size();
  partition_at_ = head.partition_at;
  for (uint32_t i = 0; i < in_flight_; i++) {
    heads_.insert(heads_.end(), head.bytes.begin(), head.bytes.end());
  }
  set_nonblocking(socket_);
}

void ProduceConnection::start_schedule(int64_t now_ns) { begun_ns_ = now_ns; }

int64_t ProduceConnection::next_due_ns() const {
  return exhausted_ || issued_ - answered_ == in_flight_ ? INT64_MAX : due_ns(issued_);
}

void ProduceConnection::issue_and_send(RunState& state, Counts& counts) {
  if (options_.rate != 0) {
    issue_due(state, counts);
  } else {
    const auto batch_bytes = static_cast<int64_t>(body_.size() - kProduceTailBytes);
    int64_t now = 0;
    while (!exhausted_ && issued_ - answered_ < in_flight_) {
      if (!state.take(batch_bytes)) {
        exhausted_ = true;
        break;
      }
      if (now == 0) now = now_ns();
      issue(state, now);
    }
  }
  send_some(state, counts);
}

void ProduceConnection::issue_due(RunState& state, Counts& counts) {
  if (exhausted_) return;
  const int64_t now = now_ns();
  const auto batch_bytes = static_cast<int64_t>(body_.size() - kProduceTailBytes);
  while (issued_ - answered_ < in_flight_ && due_ns(issued_) <= now) {
    const int64_t due = due_ns(issued_);
    if (!state.take(batch_bytes)) break;
    if (is_counted(state, due)) counts.send_lag.record(static_cast<uint64_t>(now - due));
    issue(state, due);
  }
  if (state.phase.load(std::memory_order_relaxed) != Phase::stop && !state.used_up()) return;
  exhausted_ = true;
  for (uint32_t frame = issued_; due_ns(frame) < state.stopped_ns.load(); frame++) counts.behind++;
}

void ProduceConnection::issue(RunState& state, int64_t issued_ns) {
  uint8_t* frame = head(issued_);
  store_be(frame + kCorrelationAt, issued_);
  if (options_.rotate) {
    const uint32_t turn = state.rotated.fetch_add(1, std::memory_order_relaxed);
    store_be(frame + partition_at_,
             static_cast<int32_t>(turn % static_cast<uint32_t>(options_.partitions)));
  } else if (options_.mode == Mode::end_to_end) {
    store_be(frame + partition_at_, schedule_.partition_of(number_, issued_));
  }
  issued_ns_[issued_ % in_flight_] = issued_ns;
  issued_++;
}

void ProduceConnection::send_some(RunState& state, Counts& counts) {
  while (sent_ != issued_) {
    iovec pieces[2 * kFramesPerSend];
    size_t count = 0;
    for (uint32_t f = sent_; f != issued_ && count < 2 * kFramesPerSend; f++) {
      pieces[count++] = {head(f), head_bytes_};
      pieces[count++] = {const_cast<uint8_t*>(body_.data()), body_.size()};
    }
    const size_t from_head = std::min(sent_bytes_, head_bytes_);
    const size_t from_body = sent_bytes_ - from_head;
    pieces[0] = {static_cast<uint8_t*>(pieces[0].iov_base) + from_head, head_bytes_ - from_head};
    pieces[1] = {static_cast<uint8_t*>(pieces[1].iov_base) + from_body, body_.size() - from_body};
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = count;
    const ssize_t sent = sendmsg(fd(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) fatal("sending to the broker failed: %s", std::strerror(errno));
    count_sent(static_cast<size_t>(sent), state, counts);
  }
}

void ProduceConnection::count_sent(size_t bytes, RunState& state, Counts& counts) {
  const size_t frame_bytes = head_bytes_ + body_.size();
  sent_bytes_ += bytes;
  sent_ += static_cast<uint32_t>(sent_bytes_ / frame_bytes);
  sent_bytes_ %= frame_bytes;
  if (options_.acks != 0 || answered_ == sent_) return;
  for (const int64_t now = now_ns(); answered_ != sent_; answered_++) count(state, counts, now);
}

void ProduceConnection::receive(RunState& state, Counts& counts) {
  while (true) {
    const size_t room = input_.size() - input_bytes_;
    const ssize_t got = recv(fd(), input_.data() + input_bytes_, room, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got < 0) fatal("receiving from the broker failed: %s", std::strerror(errno));
    if (got == 0) fatal("the broker closed the connection");
    input_bytes_ += static_cast<size_t>(got);
    take_answers(state, counts);
    // A short read emptied the socket: the poller tells when there is more.
    if (static_cast<size_t>(got) < room) return;
  }
}

void ProduceConnection::take_answers(RunState& state, Counts& counts) {
  const int64_t now = now_ns();
  size_t at = 0;
  while (input_bytes_ - at >= sizeof(int32_t)) {
    const auto size = load_be<uint32_t>(input_.data() + at);
    if (size > input_.size() - sizeof(int32_t)) fatal("a Produce answer has %u bytes", size);
    if (input_bytes_ - at < sizeof(int32_t) + size) break;
    check_answer({input_.data() + at + sizeof(int32_t), size}, state);
    at += sizeof(int32_t) + size;
    count(state, counts, now);
    answered_++;
  }
  input_bytes_ -= at;
  std::memmove(input_.data(), input_.data() + at, input_bytes_);
}

void ProduceConnection::check_answer(ByteView answer, const RunState& state) const {
  WireReader in(answer);
  const auto correlation = in.get<uint32_t>();
  in.skip_tags();
  const uint32_t topics = in.get_compact_length();
  in.skip(in.get_compact_length());  // topic
  const uint32_t partitions = in.get_compact_length();
  in.get<int32_t>();  // partition
  const auto error = in.get<int16_t>();
  const auto base_offset = in.get<int64_t>();
  if (!in.ok() || topics != 1 || partitions != 1) fatal("a Produce answer is malformed");
  if (correlation != answered_ || answered_ == sent_) {
    fatal("an answer has correlation id %u, not %u", correlation, answered_);
  }
  if (error != 0) fatal("a Produce request was answered with error %d", error);
  if (options_.mode != Mode::end_to_end) return;
  const auto partition = static_cast<size_t>(schedule_.partition_of(number_, answered_));
  const int64_t before = schedule_.index_of(number_, answered_) * options_.records;
  if (base_offset != state.first_offsets[partition] + before) {
    fatal("another producer writes to partition %zu of %s", partition, options_.topic.c_str());
  }
}

void ProduceConnection::count(RunState& state, Counts& counts, int64_t now) {
  const int64_t issued_ns = issued_ns_[answered_ % in_flight_];
  if (!is_counted(state, issued_ns)) return;
  counts.requests++;
  counts.records += options_.records;
  counts.batch_bytes += static_cast<int64_t>(body_.size() - kProduceTailBytes);
  counts.latency.record(static_cast<uint64_t>(now - issued_ns));
}

// What is due within the measured time counts even if its answer comes after it: the slowest do.
bool ProduceConnection::is_counted(const RunState& state, int64_t issued_ns) const {
  if (options_.rate != 0) {
    return issued_ns >= state.measured_from_ns.load(std::memory_order_relaxed);
  }
  return state.phase.load(std::memory_order_relaxed) == Phase::measure;
}

}  // namespace odradek::bench
