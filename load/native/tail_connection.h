// One consuming connection at the end of the log: a fetch session over its share of the partitions.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "options.h"
#include "requests.h"
#include "run.h"
#include "schedule.h"
#include "socket.h"
#include "wire_reader.h"

namespace odradek::bench {

// Belongs to one thread. Asks as a consumer does, one request at a time; what an answer brings has
// arrived when its last byte has. A batch that is not the next of its partition ends the process:
// nothing may be lost, nothing come twice.
class TailConnection {
 public:
  // Connects and opens the session over the partitions number, number + consumers …, or with
  // `fan_out` over all, each from where it ended before the run.
  TailConnection(const Options& options, const RunState& state, int number);

  int fd() const { return socket_.fd(); }
  // Asks for what comes next. None may be unanswered.
  void issue();
  // Reads what has arrived, counts a complete answer and issues the next request.
  void receive(RunState& state, Counts& counts);
  // That have arrived so far, each the records of one request.
  int64_t batches() const { return batches_; }

 private:
  bool receive_some();
  void take_answer(ByteView answer, RunState& state, Counts& counts);
  void take_partition(WireReader& in, RunState& state, Counts& counts);
  void take_batches(int32_t partition, ByteView records, RunState& state, Counts& counts);
  void count(int32_t partition, int64_t base_offset, size_t bytes, RunState& state,
             Counts& counts) const;

  const Options& options_;
  const Schedule schedule_;
  // From one of its partitions to the next.
  const int32_t step_;
  Socket socket_;
  FetchSession session_;
  // By partition / step: where each goes on.
  std::vector<int64_t> next_offsets_;
  // What the next request names: the partitions that have moved on since the last.
  std::vector<FetchPosition> moved_;
  std::vector<uint8_t> input_;
  size_t input_bytes_ = 0;
  int64_t arrived_ns_ = 0;
  int64_t batches_ = 0;
};

}  // namespace odradek::bench
