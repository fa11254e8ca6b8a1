// One partition of a Fetch request under way: what is asked, where it is served from, and what it
// will be answered with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error_code.h"
#include "data_path/fetch_request.h"
#include "data_path/fetch_session.h"
#include "data_path/partition_entry.h"
#include "log/partition_log.h"

namespace odradek {

// A value; lives as long as its request. Evaluating it again overwrites what was found before.
struct FetchItem {
  // Asked.
  std::string topic;  // as the client named it; empty if it named an id
  Uuid topic_id;
  FetchRequest::Partition asked;
  std::shared_ptr<PartitionEntry> entry;  // null: not hosted, `error` says why
  FetchHint hint;                         // where the last answer ended, if that is known
  // Valid as long as the session's epoch is the one that this request got; null without session.
  SessionPartition* cached = nullptr;

  // Found.
  ErrorCode error = ErrorCode::none;
  bool included = true;  // false: nothing new for a session
  bool diverging = false;
  bool is_cold = false;        // stored bytes that are needed are not in the page cache
  bool is_warmed = false;      // a helper has found its batches, and brought them in
  uint32_t entry_changes = 0;  // of the entry, when it was evaluated
  LeaderEpoch diverging_epoch = kNoLeaderEpoch;
  Offset diverging_end = kNoOffset;
  ReadOutcome read;   // numbers, and the stored bytes if there are any
  ReadHint read_end;  // where `read` ends: the next request's hint

  FetchHint next_hint() const { return {hint.entry_serial, read_end}; }
  bool same_topic(const FetchItem& other) const {
    return topic == other.topic && topic_id == other.topic_id;
  }
};

// What a request asks of every partition.
struct FetchTerms {
  bool committed = false;  // read_committed
  bool from_follower = false;

  ReadLimit limit() const {
    return committed ? ReadLimit::last_stable_offset : ReadLimit::high_watermark;
  }
};

// Answers the item with an error, which comes without numbers, as from Apache Kafka.
void refuse_fetch_item(FetchItem* item, ErrorCode code);

// Fills what is found for `item`, looking at most `bytes_max` far; `whole_first_batch`: a first
// batch that is larger comes whole. Looks at the log's own numbers and indexes, waits for nothing
// where a helper can bring in what is not in memory and has not done so: what is found may be cold
// then (ReadOutcome::is_cold).
void evaluate_fetch_item(FetchItem* item, const FetchTerms& terms, size_t bytes_max,
                         bool whole_first_batch);

// True if reading the item's bytes would probably not wait for the disk: samples a byte here and
// there.
bool is_in_page_cache(const ReadOutcome& read);

}  // namespace odradek
