// What a Fetch request asks and what it will be answered with: its terms, its session, its
// partitions and what was found of each. Waits for nothing; see fetch_operation for that.
//
// Threads: belongs to one reactor's thread. The session it holds is shared, and locked where used.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data_path/fetch_item.h"
#include "data_path/fetch_request.h"
#include "data_path/fetch_response.h"
#include "data_path/fetch_session.h"
#include "data_path/fetch_session_cache.h"
#include "data_path/partition_table.h"

namespace odradek {

// Where a plan finds sessions and partitions.
struct FetchSources {
  FetchSessionCache& sessions;
  PartitionView& partitions;
  int64_t fetch_bytes_max;  // fetch.max.bytes
  int64_t now_ms;
};

// Owned by its fetch operation and reused. The order is take(), evaluate() as often as there is
// reason to, choose_included(), note_answered() once the answer is written, clear().
class FetchPlan {
 public:
  // Takes over what `request` asks, and finds or makes its session. Only when empty. A session
  // error is left in head(); there are no items then.
  void take(const FetchRequest& request, const FetchSources& sources);
  // Looks at every partition and shares the answer's size among them.
  void evaluate();
  // Looks again at one partition, for a waiting request: how much there would be.
  void evaluate_one(size_t index);

  // What is asked of every partition.
  const FetchTerms& terms() const { return terms_; }
  // What the answer says before its topics.
  const FetchResponseHead& head() const { return head_; }
  // The request's partitions in the order of the answer.
  std::vector<FetchItem>& items() { return items_; }
  int64_t wait_ms_max() const { return wait_ms_max_; }
  // True if the request may wait and waiting could bring what it asks for.
  bool must_wait() const;
  // True if something must be brought into memory before it is known what there is.
  bool is_cold() const;
  // True if what was found reaches the request's minimum.
  bool has_enough() const { return bytes_found_ >= bytes_min_; }

  // About how many bytes the answer would have.
  size_t answer_bytes() const;
  // The client is to pause: the answer says so and holds nothing. A session that this request
  // began is not begun.
  void throttle(int32_t throttle_ms, FetchSessionCache& sessions);

  // Decides which items are answered. If another connection went on with the session meanwhile, its
  // partitions may be gone: the answer is then an error without items.
  void choose_included();
  // The answer is written: the session and the hints note what the client knows now.
  void note_answered();
  // Empties the plan; hints for the connection's next request stay.
  void clear();

 private:
  void take_terms(const FetchRequest& request, int64_t fetch_bytes_max);
  void take_session(const FetchRequest& request, const FetchSources& sources);
  void take_session_partitions(PartitionView& partitions);
  void take_listed_partitions(const FetchRequest& request, PartitionView& partitions);
  void resolve(FetchItem* item, PartitionView& partitions);

  FetchResponseHead head_;
  FetchTerms terms_;
  int64_t wait_ms_max_ = 0;
  size_t bytes_min_ = 0;
  size_t bytes_max_ = 0;
  std::shared_ptr<FetchSession> session_;  // null without
  int32_t session_epoch_ = 0;              // that the session got with this request
  bool incremental_ = false;               // only news are answered

  std::vector<FetchItem> items_;
  size_t bytes_found_ = 0;
  bool has_error_ = false;        // of a hosted partition, or a diverging epoch
  bool has_partition_ = false;    // at least one item is hosted
  std::vector<FetchHint> hints_;  // of the last request without session, by position
};

}  // namespace odradek
