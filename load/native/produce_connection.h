// One producing connection: a window of unanswered Produce requests that all carry the same batch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "options.h"
#include "requests.h"
#include "run.h"
#include "schedule.h"
#include "socket.h"

namespace odradek::bench {

// Belongs to one worker thread. Nothing is allocated after construction.
// A request's latency counts from when it was put into the window, or with --rate from when it was
// due, so that a broker that stalls is not spared the requests that could not be sent meanwhile.
//
// Invariant: answered <= sent <= issued <= answered + in_flight; all count frames since the start.
class ProduceConnection {
 public:
  // `body` is the batch and the frame's tail; it must outlive the connection. `number` is the
  // connection's place in the run and chooses its partition, unless all take turns.
  ProduceConnection(const Options& options, int number, ByteView body);

  int fd() const { return socket_.fd(); }
  // With --rate: requests are due from this time on, the connections' one after the other.
  void start_schedule(int64_t now_ns);
  // With --rate: when the next request is due; INT64_MAX while the window is full, and when nothing
  // more will be issued.
  int64_t next_due_ns() const;
  // Fills the window as far as the budget allows, or with what is due, and sends what the socket
  // takes.
  // With acks=0 a frame counts as answered when the socket has taken it.
  void issue_and_send(RunState& state, Counts& counts);
  // Reads what has arrived and counts the answers; an error in one ends the process.
  void receive(RunState& state, Counts& counts);
  // True while a frame is not fully handed to the socket, or, without answers, while there is
  // another to send: wait for room to send.
  bool wants_output() const { return sent_ != issued_ || (options_.acks == 0 && !exhausted_); }
  // What the poller was last told, kept here for the worker.
  bool watching_output = false;
  // True when nothing more will be issued and every answer is in.
  bool finished() const { return exhausted_ && answered_ == issued_; }
  // Requests answered so far.
  uint32_t answered() const { return answered_; }

 private:
  void issue(RunState& state, int64_t issued_ns);
  void issue_due(RunState& state, Counts& counts);
  int64_t due_ns(uint32_t frame) const { return begun_ns_ + schedule_.due_ns(number_, frame); }
  bool is_counted(const RunState& state, int64_t issued_ns) const;
  void send_some(RunState& state, Counts& counts);
  void count_sent(size_t bytes, RunState& state, Counts& counts);
  void take_answers(RunState& state, Counts& counts);
  void check_answer(ByteView answer, const RunState& state) const;
  uint8_t* head(uint32_t frame) { return heads_.data() + frame % in_flight_ * head_bytes_; }
  void count(RunState& state, Counts& counts, int64_t now);

  const Options& options_;
  const int number_;
  const Schedule schedule_;
  int64_t begun_ns_ = 0;
  Socket socket_;
  ByteView body_;
  uint32_t in_flight_;
  size_t head_bytes_ = 0;
  size_t partition_at_ = 0;
  // One head per place in the window, and when its frame was issued.
  std::vector<uint8_t> heads_;
  std::vector<int64_t> issued_ns_;
  uint32_t issued_ = 0;
  uint32_t sent_ = 0;
  uint32_t answered_ = 0;
  // Bytes of frame `sent_` that the socket has taken.
  size_t sent_bytes_ = 0;
  bool exhausted_ = false;
  std::vector<uint8_t> input_;
  size_t input_bytes_ = 0;
};

}  // namespace odradek::bench
