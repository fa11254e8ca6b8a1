// Rebuilds the producer state of a partition at some offset: the newest snapshot that is not above
// it, and the batches stored since.
#pragma once

#include <string>
#include <vector>

#include "log/log_view.h"
#include "log/open_transactions.h"
#include "log/producer_state.h"

namespace odradek {

// Producers and transactions as replaying the log gives them.
struct ProducerHistory {
  ProducerState producers;
  OpenTransactions transactions;
  Offset snapshot_offset = kNoOffset;  // of the snapshot that it began with; -1 for none
  Offset offset{0};                    // taken in up to here
};

// The history of a log whose producers are known at `offset`; where their transactions lie is not.
ProducerHistory history_of(ProducerState producers, Offset offset);

// The newest valid snapshot among `snapshots` (ascending) at or below `offset`; an empty state
// before all batches if there is none. Files that are not valid snapshots are removed, or, if
// `only_look`, are an error.
LogResult<ProducerHistory> load_producer_snapshot(FileSystem& fs, const std::string& folder,
                                                  const std::vector<Offset>& snapshots,
                                                  Offset offset, bool only_look = false);

// Takes in the batches of one segment, [history.offset, end), whose bytes end at `end_position`.
LogResult<bool> replay_segment(const Segment& segment, Offset end, Position end_position,
                               ProducerHistory* history);

// Takes in one stored batch at `place`.
ProducerChange take_in(const BatchHeader& header, const std::optional<TransactionMarker>& marker,
                       const LogPoint& place, ProducerHistory* history);

}  // namespace odradek
