// A Produce request with batches that must be opened before they may be appended. Rare, so it keeps
// a copy of the whole frame: the connection's buffer is not held meanwhile.
//
// Threads: belongs to its connection's reactor.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "data_path/broker_data_path.h"
#include "data_path/produce_path.h"
#include "data_path/produce_request.h"

namespace odradek {

// Owned by its connection, which starts nothing else meanwhile: a later batch of the same producer
// must not overtake one that is being opened.
class OpeningProduce {
 public:
  // Copies the frame and takes over `work`, whose openings are all still to do. `began_ns`: when
  // the request was taken.
  OpeningProduce(ByteSpan frame, ProduceWork work, int64_t began_ns);

  // Hands every batch to the control plane under a fresh token from `next_token`.
  template <class NextToken>
  void start(ControlPlane& control, NextToken next_token) {
    for (size_t i = 0; i < work_.openings.size(); ++i) {
      const ProduceWork::Opening& opening = work_.openings[i];
      const uint64_t token = next_token();
      waiting_.emplace(token, i);
      control.on_open_batch({token,
                             {opening.batch.begin(), opening.batch.end()},
                             opening.rules,
                             request_.header.api_version});
    }
  }
  // Applies a verdict: appends the batch or notes its error. False if the token is not ours.
  bool settle(uint64_t token, BatchVerdict verdict, std::vector<uint8_t> replacement,
              ProducePath& path);
  bool is_complete() const { return waiting_.empty(); }
  // Those whose verdicts are still to come.
  std::vector<uint64_t> tokens() const;

  const ProduceRequest& request() const { return request_; }
  size_t frame_bytes() const { return frame_.size(); }
  int64_t began_ns() const { return began_ns_; }
  ProduceWork& work() { return work_; }

 private:
  std::vector<uint8_t> frame_;
  ProduceRequest request_;  // views into frame_
  ProduceWork work_;
  const int64_t began_ns_;
  std::unordered_map<uint64_t, size_t> waiting_;  // token -> index into work_.openings
};

}  // namespace odradek
