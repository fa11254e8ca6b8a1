#include "log/flush_turn.h"

#include <algorithm>

namespace odradek {

void FlushTurn::add(std::shared_ptr<Flusher> flusher) {
  if (std::find(flushers_.begin(), flushers_.end(), flusher) != flushers_.end()) return;
  flushers_.push_back(std::move(flusher));
}

bool FlushTurn::gathers() const {
  return std::any_of(flushers_.begin(), flushers_.end(),
                     [](const auto& flusher) { return flusher->gathers(); });
}

void FlushTurn::hand_over() {
  for (const auto& flusher : flushers_) flusher->wake();
  flushers_.clear();
}

void FlushTurn::carry_out() {
  // One disk at a time: the others have their threads.
  while (flushers_.size() > 1) {
    flushers_.back()->wake();
    flushers_.pop_back();
  }
  if (!flushers_.empty() && flushers_.back()->commit_here()) flushers_.clear();
  hand_over();
}

}  // namespace odradek
