// One consuming connection: fetches one partition from offset 0 to its high watermark, once or
// again and again, one request at a time as a consumer does.
#pragma once

#include <cstdint>
#include <span>

#include "batch_walker.h"
#include "options.h"
#include "requests.h"
#include "run.h"
#include "socket.h"

namespace odradek::bench {

// Belongs to one worker thread. An answer passes through three states: its head (up to the
// records), the records, and the tail (tagged fields).
class FetchConnection {
 public:
  static constexpr size_t kBufferBytes = 2 << 20;

  // `number` is the connection's place in the run and chooses its partition.
  FetchConnection(const Options& options, int number);

  int fd() const { return socket_.fd(); }
  // Sends the first or next request, if the budget has one and none is unanswered.
  void issue(RunState& state);
  // Reads what has arrived into `buffer` (kBufferBytes, overwritten), counts a complete answer and
  // issues the next request. An error in an answer ends the process.
  void receive(std::span<uint8_t> buffer, RunState& state, Counts& counts);
  // True when nothing more will be issued and every answer is in.
  bool finished() const { return exhausted_ && !waiting_; }

 private:
  enum class Part : uint8_t { head, records, tail };

  // Longest head of an answer for one partition: fixed fields, the topic's name, 8 aborted
  // transactions (there are none).
  static constexpr size_t kHeadBytesMax = 512;

  size_t receive_some(std::span<uint8_t> buffer, bool* more);
  void consume(const uint8_t* data, size_t size, RunState& state, Counts& counts);
  size_t consume_head(const uint8_t* data, size_t size);
  bool parse_head();
  void complete(RunState& state, Counts& counts);

  const Options& options_;
  Socket socket_;
  FetchFrame frame_;
  uint32_t correlation_ = 0;
  int64_t offset_ = 0;
  int64_t issued_ns_ = 0;
  bool waiting_ = false;
  bool exhausted_ = false;

  Part part_ = Part::head;
  uint8_t head_[kHeadBytesMax];
  size_t head_bytes_ = 0;
  // Of the answer, behind its size field.
  size_t answer_left_ = 0;
  size_t records_left_ = 0;
  int64_t high_watermark_ = 0;
  int32_t session_id_ = 0;
  BatchWalker walker_;
};

}  // namespace odradek::bench
