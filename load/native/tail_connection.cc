#include "tail_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "batch/batch_format.h"
#include "cpu_clock.h"
#include "fatal.h"

namespace odradek::bench {

namespace {

constexpr size_t kInputBytesMin = 256 << 10;

}  // namespace

TailConnection::TailConnection(const Options& options, const RunState& state, int number)
    : options_(options),
      schedule_(options),
      step_(options.fan_out ? 1 : options.consumers),
      socket_(connect_to(options.host, options.port)),
      input_(kInputBytesMin) {
  for (int32_t p = options.fan_out ? 0 : number; p < options.partitions; p += step_) {
    next_offsets_.push_back(state.first_offsets[p]);
    moved_.push_back({p, state.first_offsets[p]});
  }
  // The session opens before the run begins: naming thousands of partitions takes a while.
  const std::vector<uint8_t> answer =
      round_trip(socket_, make_session_fetch_frame(options, session_, moved_, 0));
  moved_.clear();
  WireReader in(answer);
  in.skip(kAnswerCorrelationAt);
  in.skip_tags();
  in.get<int32_t>();  // throttle time
  const auto error = in.get<int16_t>();
  session_.id = in.get<int32_t>();
  session_.epoch = 1;
  if (!in.ok() || error != 0) fatal("a fetch session was answered with error %d", error);
  if (session_.id == 0) fatal("the broker opens no fetch session");
}

void TailConnection::issue() {
  // Waits for room to send: the broker has answered all and will take it.
  send_all(socket_, make_session_fetch_frame(options_, session_, moved_, options_.max_wait_ms));
  moved_.clear();
  session_.epoch = session_.epoch == INT32_MAX ? 1 : session_.epoch + 1;
}

void TailConnection::receive(RunState& state, Counts& counts) {
  while (receive_some()) {
    if (input_bytes_ < sizeof(int32_t)) continue;
    const auto size = load_be<uint32_t>(input_.data());
    if (size > kAnswerBytesMax) fatal("a Fetch answer has %u bytes", size);
    const size_t whole = sizeof(int32_t) + size;
    if (whole > input_.size()) input_.resize(whole);
    if (input_bytes_ > whole) fatal("the broker sent more than one answer");
    if (input_bytes_ < whole) continue;
    arrived_ns_ = now_ns();
    take_answer({input_.data() + sizeof(int32_t), size}, state, counts);
    input_bytes_ = 0;
    issue();
    return;
  }
}

// False when nothing has arrived.
bool TailConnection::receive_some() {
  while (true) {
    const size_t room = input_.size() - input_bytes_;
    const ssize_t got = recv(fd(), input_.data() + input_bytes_, room, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return false;
    if (got < 0) fatal("receiving from the broker failed: %s", std::strerror(errno));
    if (got == 0) fatal("the broker closed the connection");
    input_bytes_ += static_cast<size_t>(got);
    return true;
  }
}

void TailConnection::take_answer(ByteView answer, RunState& state, Counts& counts) {
  WireReader in(answer);
  in.get<uint32_t>();  // correlation id
  in.skip_tags();
  in.get<int32_t>();  // throttle time
  const auto error = in.get<int16_t>();
  if (error != 0) fatal("a Fetch request was answered with error %d", error);
  in.get<int32_t>();  // session id
  const uint32_t topics = in.get_compact_length();
  for (uint32_t t = 0; t < topics; t++) {
    in.skip(in.get_compact_length());  // topic: there is one
    for (uint32_t i = in.get_compact_length(); i > 0 && in.ok(); i--) {
      take_partition(in, state, counts);
    }
    in.skip_tags();
  }
  if (!in.ok()) fatal("a Fetch answer is cut short");
}

void TailConnection::take_partition(WireReader& in, RunState& state, Counts& counts) {
  const auto partition = in.get<int32_t>();
  const auto error = in.get<int16_t>();
  if (error != 0) fatal("a Fetch of partition %d was answered with %d", partition, error);
  in.skip(3 * sizeof(int64_t));  // high watermark, last stable offset, log start offset
  in.skip(in.get_compact_length() * size_t{2 * sizeof(int64_t) + 1});  // aborted transactions
  in.get<int32_t>();                                                   // preferred replica
  const uint32_t size = in.get_compact_length();
  const ByteView records{in.cursor(), size};
  in.skip(size);
  in.skip_tags();
  if (!in.ok()) fatal("a Fetch answer is cut short");
  take_batches(partition, records, state, counts);
}

void TailConnection::take_batches(int32_t partition, ByteView records, RunState& state,
                                  Counts& counts) {
  int64_t& next = next_offsets_.at(static_cast<size_t>(partition / step_));
  const int64_t before = next;
  // The last batch of an answer may be cut.
  while (records.size() >= kBatchHeaderBytes) {
    const auto base_offset = load_be<int64_t>(records.data() + kBaseOffsetAt);
    const size_t bytes = load_be<uint32_t>(records.data() + kLengthAt) + kBatchOverheadBytes;
    if (records.size() < bytes) break;
    if (base_offset != next) {
      fatal("partition %d goes on at %lld, not at %lld", partition,
            static_cast<long long>(base_offset), static_cast<long long>(next));
    }
    next += load_be<int32_t>(records.data() + kLastOffsetDeltaAt) + 1;
    batches_++;
    count(partition, base_offset, bytes, state, counts);
    records = records.subspan(bytes);
  }
  if (next != before) moved_.push_back({partition, next});
}

void TailConnection::count(int32_t partition, int64_t base_offset, size_t bytes, RunState& state,
                           Counts& counts) const {
  const int64_t index =
      (base_offset - state.first_offsets[static_cast<size_t>(partition)]) / options_.records;
  if (options_.rate != 0) {
    const int64_t due_ns = state.begun_ns.load() + schedule_.due_ns_at(partition, index);
    if (due_ns < state.measured_from_ns.load(std::memory_order_relaxed)) return;
    counts.latency.record(static_cast<uint64_t>(arrived_ns_ - due_ns));
  } else if (state.phase.load(std::memory_order_relaxed) != Phase::measure) {
    return;
  }
  counts.requests++;
  counts.records += options_.records;
  counts.batch_bytes += static_cast<int64_t>(bytes);
}

}  // namespace odradek::bench
