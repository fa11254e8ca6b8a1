// The flushes that one thread's appends ask for, until it has done what else it has to do. Flushers
// are woken once then, for all of them; or, where nobody else waits, the thread commits by itself
// and saves two changes of threads.
//
// Belongs to one thread.
#pragma once

#include <memory>
#include <vector>

#include "log/flusher.h"

namespace odradek {

class FlushTurn {
 public:
  FlushTurn() = default;
  ~FlushTurn() { hand_over(); }
  FlushTurn(const FlushTurn&) = delete;
  FlushTurn& operator=(const FlushTurn&) = delete;

  bool empty() const { return flushers_.empty(); }
  // Something was asked of `flusher` by Flusher::note.
  void add(std::shared_ptr<Flusher> flusher);
  // True if one of them gathers (Flusher::gathers).
  bool gathers() const;
  // Has the flushers' threads carry it out.
  void hand_over();
  // Carries it out on this thread, which waits for the disk then; hands over what a flusher does
  // not let it (Flusher::commit_here).
  void carry_out();

 private:
  std::vector<std::shared_ptr<Flusher>> flushers_;  // each once: of few directories
};

}  // namespace odradek
