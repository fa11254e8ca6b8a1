// Which transactions of a partition are not yet visible to read_committed: those without a marker,
// and those whose marker is not yet below the high watermark. Gives the last stable offset.
//
// Not safe for concurrent use: guarded by the log's state lock.
#pragma once

#include <map>

#include "base/ids.h"
#include "log/log_point.h"
#include "log/producer_state.h"

namespace odradek {

class OpenTransactions {
 public:
  // `first` is where the producer's transaction begins; its position may be unknown.
  void begin(ProducerId producer, LogPoint first);
  // The marker of the transaction is stored. Returns the last stable offset as of that marker, high
  // watermark aside: what the aborted index records.
  Offset end(const EndedTransaction& ended);
  // Forgets ended transactions whose marker is below the high watermark.
  void high_watermark_advanced(Offset high_watermark);
  // Everything below is decided; never above the high watermark.
  LogPoint last_stable(const LogPoint& high_watermark) const;

  bool empty() const { return ongoing_.empty() && ended_.empty(); }

 private:
  struct Transaction {
    ProducerId producer;
    LogPoint first;
    Offset last;  // of the marker; -1 while ongoing
  };
  // By first offset: two transactions never begin with the same batch.
  std::map<Offset, Transaction> ongoing_;
  std::map<Offset, Transaction> ended_;
};

}  // namespace odradek
